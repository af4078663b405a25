/** Which file a request path stands for, and as what it is sent. Keeps requests inside the root and out of hidden files. */
import { realpathSync, type Stats, statSync } from 'node:fs';
import { extname, join } from 'node:path';

export interface StaticFile {
  readonly path: string;
  readonly stats: Stats;
  readonly contentType: string;
}

export type Lookup =
  | { readonly status: 200; readonly file: StaticFile }
  | { readonly status: 301; readonly location: string }
  | { readonly status: 400 | 403 | 404 };

const contentTypes: Readonly<Record<string, string>> = {
  '.avif': 'image/avif',
  '.css': 'text/css',
  '.gif': 'image/gif',
  '.htm': 'text/html',
  '.html': 'text/html',
  '.ico': 'image/x-icon',
  '.jpeg': 'image/jpeg',
  '.jpg': 'image/jpeg',
  '.js': 'application/javascript',
  '.json': 'application/json',
  '.md': 'text/markdown',
  '.mjs': 'application/javascript',
  '.mp4': 'video/mp4',
  '.pdf': 'application/pdf',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain',
  '.wasm': 'application/wasm',
  '.webp': 'image/webp',
  '.woff': 'font/woff',
  '.woff2': 'font/woff2',
  '.xml': 'text/xml',
};

export function lookUp(root: string, target: string): Lookup {
  const path = requestPath(target);
  if (path === undefined) return { status: 400 };
  // Version control and editors leave hidden files that are nobody's business.
  if (path.split('/').some((part) => part.startsWith('.') && part !== '.well-known')) return { status: 404 };
  const found = statOf(join(root, path));
  if (!found) return { status: 404 };
  if (found.isDirectory() && !path.endsWith('/')) return { status: 301, location: `${path}/` };
  const file = found.isDirectory() ? join(root, path, 'index.html') : join(root, path);
  const stats = found.isDirectory() ? statOf(file) : found;
  // A directory without an index isn't listed.
  if (!stats?.isFile()) return { status: found.isDirectory() ? 403 : 404 };
  if (!inside(root, file)) return { status: 403 };
  const contentType = contentTypes[extname(file).toLowerCase()] ?? 'application/octet-stream';
  return { status: 200, file: { path: file, stats, contentType } };
}

/** Decoded and without dot segments; undefined for what isn't a path. */
function requestPath(target: string): string | undefined {
  try {
    const decoded = decodeURIComponent(new URL(target, 'http://host').pathname);
    return decoded.includes('\0') || decoded.includes('/../') || decoded.endsWith('/..') ? undefined : decoded;
  } catch (error) {
    if (error instanceof URIError || error instanceof TypeError) return undefined;
    throw error;
  }
}

function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : '';
    if (code === 'ENOTDIR' || code === 'ENAMETOOLONG' || code === 'ELOOP' || code === 'EACCES') return undefined;
    throw error;
  }
}

/** A link in the content may not lead out of the root. */
function inside(root: string, file: string): boolean {
  const base = realpathSync(root);
  const real = realpathSync(file);
  return real === base || real.startsWith(`${base}/`);
}

/** `bytes=a-b` of a file of this size; undefined without a usable range, `unsatisfiable` beyond its end (RFC 9110, 14.2). */
export function byteRange(
  header: string | undefined,
  size: number,
): { start: number; end: number } | 'unsatisfiable' | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? '');
  if (!match || (match[1] === '' && match[2] === '')) return undefined;
  const [, first = '', last = ''] = match;
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  return start > end || start >= size ? 'unsatisfiable' : { start, end };
}
