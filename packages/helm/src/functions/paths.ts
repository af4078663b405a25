/** Go's package path, which sprig offers twice: as itself and as filepath of a Unix system. */
import { fn } from '../go/define-function.ts';
import type { GoFunction } from '../go/value.ts';

function cleanPath(path: string): string {
  if (path === '') return '.';
  const rooted = path.startsWith('/');
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else if (!rooted) parts.push('..');
  }
  const joined = parts.join('/');
  if (rooted) return `/${joined}`;
  return joined === '' ? '.' : joined;
}

export function basePath(path: string): string {
  if (path === '') return '.';
  const trimmed = path.replace(/\/+$/, '');
  if (trimmed === '') return '/';
  return trimmed.slice(trimmed.lastIndexOf('/') + 1);
}

export function joinPath(...parts: readonly string[]): string {
  const present = parts.filter((part) => part !== '');
  return present.length === 0 ? '' : cleanPath(present.join('/'));
}

function extension(path: string): string {
  const base = path.slice(path.lastIndexOf('/') + 1);
  const dot = base.lastIndexOf('.');
  return dot < 0 ? '' : base.slice(dot);
}

const plain: Readonly<Record<string, GoFunction>> = {
  base: fn(['string'], basePath),
  dir: fn(['string'], (path) => cleanPath(path.slice(0, path.lastIndexOf('/') + 1))),
  clean: fn(['string'], cleanPath),
  ext: fn(['string'], extension),
  isAbs: fn(['string'], (path) => path.startsWith('/')),
};

export const pathFunctions: Readonly<Record<string, GoFunction>> = {
  ...plain,
  ...Object.fromEntries(
    Object.entries(plain).map(([name, each]) => [`os${name.charAt(0).toUpperCase()}${name.slice(1)}`, each]),
  ),
};
