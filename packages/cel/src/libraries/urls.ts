/**
 * URLs: `url('https://…').getHost()` (Kubernetes' URL library). A URL is absolute, or a path that begins with `/`.
 */
import { declare, member, type Overload, params, unary } from '../functions/overload.ts';
import { types } from '../types/type.ts';
import { mapOf } from '../values/map-value.ts';
import { errorValue, list, type OpaqueValue, type Result } from '../values/value.ts';
import type { Library } from './library.ts';

const typeName = 'kubernetes.URL';
const urlType = types.opaque(typeName);
const url = params.opaque<URL>(typeName);
/** Stands in for what a path doesn't have. */
const nowhere = 'relative://nowhere';

function part(id: string, of: (url: URL) => string): Overload {
  return member(unary(id, url, types.string, ({ value }) => of(value)));
}

export const urlsLibrary: Library = {
  name: 'urls',
  typeNames: new Map([[typeName, urlType]]),
  functions: [
    declare('url', unary('string_to_url', params.string, urlType, toUrl)),
    declare(
      'isURL',
      unary('is_url_string', params.string, types.bool, (text) => parseUrl(text) !== undefined),
    ),
    declare(
      'getScheme',
      part('url_get_scheme', (value) => (isRelative(value) ? '' : value.protocol.slice(1, -1))),
    ),
    declare(
      'getHost',
      part('url_get_host', (value) => (isRelative(value) ? '' : value.host)),
    ),
    declare(
      'getHostname',
      part('url_get_hostname', (value) => (isRelative(value) ? '' : value.hostname.replace(/^\[|\]$/g, ''))),
    ),
    declare(
      'getPort',
      part('url_get_port', (value) => value.port),
    ),
    declare(
      'getEscapedPath',
      part('url_get_escaped_path', (value) => value.pathname),
    ),
    declare(
      'getQuery',
      member(
        unary('url_get_query', url, types.map(types.string, types.list(types.string)), ({ value }) =>
          mapOf(
            [...new Set(value.searchParams.keys())].map(
              (name) => [name, list(value.searchParams.getAll(name))] as const,
            ),
          ),
        ),
      ),
    ),
  ],
};

function isRelative({ protocol }: URL): boolean {
  return protocol === 'relative:';
}

function toUrl(text: string): Result {
  const value = parseUrl(text);
  if (value === undefined)
    return errorValue(
      `URL parse error during conversion from string: parse ${JSON.stringify(text)}: invalid URI for request`,
    );
  const made: OpaqueValue<URL> = {
    kind: 'opaque',
    typeName,
    value,
    equals: (other) => other.value instanceof URL && other.value.href === value.href,
  };
  return made;
}

function parseUrl(text: string): URL | undefined {
  // White space and control characters are silently dropped by the parser; here they are faults.
  if (/[\s\p{Cc}]/u.test(text) || /%(?![0-9a-fA-F]{2})/.test(text)) return undefined;
  // Of schemes it knows the parser drops the default port and adds a path: with another scheme it keeps to the text.
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):\/\//.exec(text)?.[1];
  if (!text.startsWith('/') && scheme === undefined) return undefined;
  const plain = scheme === undefined ? nowhere + text : `k${text}`;
  return URL.canParse(plain) ? new URL(plain) : undefined;
}
