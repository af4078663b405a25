/** Addresses of repositories and of the charts in them (RFC 3986 references, as helm resolves them). */
import { ChartError } from '../chart/chart.ts';

const ABSOLUTE = /^[A-Za-z][A-Za-z0-9+.-]*:/;

export function isOciReference(text: string): boolean {
  return text.startsWith('oci://');
}

/** Throws ChartError for what is no URL. */
export function parseUrl(text: string): URL {
  try {
    // Go refuses such escapes, where the browsers' rules let them be.
    if (/%(?![0-9A-Fa-f]{2})/.test(text)) throw new TypeError('invalid URL escape');
    return new URL(text);
  } catch (error) {
    throw new ChartError(`invalid chart URL format: ${text}`, { cause: error });
  }
}

/** The address of something that a repository names: relative ones are inside the repository, with its query. */
export function resolveReference(base: string, reference: string): string {
  if (ABSOLUTE.test(reference)) return reference;
  const root = parseUrl(base);
  const { search } = root;
  if (!root.pathname.endsWith('/')) root.pathname += '/';
  root.search = '';
  try {
    const resolved = new URL(reference, root);
    resolved.search = search;
    return resolved.href;
  } catch (error) {
    throw new ChartError(`failed to parse ${reference} as URL`, { cause: error });
  }
}

/** Equal but for a slash at the end, and the case of scheme and host. */
export function isSameUrl(a: string, b: string): boolean {
  try {
    return comparable(a) === comparable(b);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return a.replace(/\/+$/, '') === b.replace(/\/+$/, '');
  }
}

function comparable(text: string): string {
  const url = new URL(text);
  return `${url.protocol}//${url.host}${url.pathname.replace(/\/+$/, '')}${url.search}`;
}

/** The same scheme, host and port: where credentials for one may go to the other. */
export function isSameOrigin(a: string, b: string): boolean {
  const [left, right] = [parseUrl(a), parseUrl(b)];
  return left.protocol === right.protocol && left.host === right.host;
}
