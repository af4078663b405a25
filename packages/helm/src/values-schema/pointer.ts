/** JSON pointers (RFC 6901) and the URLs whose fragments they are. */
import { type GoValue, isMap, sliceItems } from '../go/value.ts';
import { SchemaError } from './schema-error.ts';

export function escapeToken(token: string): string {
  return token.replaceAll('~', '~0').replaceAll('/', '~1');
}

export function pointerText(tokens: readonly string[]): string {
  return tokens.map((token) => `/${escapeToken(token)}`).join('');
}

/** A place in a document as messages name it. */
export function locationText(url: string, fragment: string): string {
  return `${url}#${fragment.split('/').map(encodeToken).join('/')}`;
}

function encodeToken(token: string): string {
  return encodeURIComponent(token)
    .replace(/%(?:24|26|2B|3D|3A|40)/g, decodeURIComponent)
    .replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** The value at a pointer. Throws SchemaError when there is none. */
export function lookUp(document: GoValue, url: string, pointer: string): GoValue {
  let value = document;
  for (const escaped of pointer.split('/').slice(1)) {
    if (/~(?![01])/.test(escaped)) throw new SchemaError(`invalid json-pointer "${locationText(url, pointer)}"`);
    const token = escaped.replaceAll('~1', '/').replaceAll('~0', '~');
    const items = sliceItems(value);
    const index = /^\d+$/.test(token) ? Number(token) : -1;
    if (isMap(value) && value.has(token)) value = value.get(token);
    else if (items !== undefined && index >= 0 && index < items.length) value = items[index];
    else throw new SchemaError(`json-pointer in "${locationText(url, pointer)}" not found`);
  }
  return value;
}

export interface Reference {
  readonly url: string;
  /** Without `#`, unescaped: a pointer, or the name of an anchor. */
  readonly fragment: string;
}

/** A reference against the URL of what it stands in. Throws SchemaError. */
export function resolveReference(base: string, reference: string): Reference {
  const hash = reference.indexOf('#');
  const target = hash < 0 ? reference : reference.slice(0, hash);
  const fragment = hash < 0 ? '' : decode(reference, reference.slice(hash + 1));
  if (target === '') return { url: base, fragment };
  if (/^[a-z][a-z0-9+.-]*:/i.test(target)) return { url: target, fragment };
  return { url: parseUrl(target, base).href, fragment };
}

function parseUrl(target: string, base: string): URL {
  try {
    return new URL(target, base);
  } catch (error) {
    throw new SchemaError(`error in parsing "${target}": invalid URL`, { cause: error });
  }
}

function decode(reference: string, fragment: string): string {
  try {
    return decodeURIComponent(fragment);
  } catch (error) {
    const wrong = /%(?![0-9a-fA-F]{2}).{0,2}/.exec(fragment)?.[0] ?? fragment;
    throw new SchemaError(`error in parsing "${reference}": invalid URL escape "${wrong}"`, { cause: error });
  }
}
