/**
 * Reads of values whose shape isn't known: one step at a time, undefined as soon as there is nothing.
 */
import { isJsonObject } from './json.ts';

/** Splits a dotted path; fields that hold dots themselves are given as a list instead. */
function segments(path: string | readonly string[]): readonly string[] {
  return typeof path === 'string' ? path.split('.') : path;
}

/**
 * The value under a path of field names; list items by number.
 *
 * @example getPath(deployment, 'spec.template.spec.containers.0.image')
 */
export function getPath(value: unknown, path: string | readonly string[]): unknown {
  let current = value;
  for (const segment of segments(path)) {
    if (Array.isArray(current)) current = current[Number(segment)];
    else if (isJsonObject(current) && Object.hasOwn(current, segment)) current = current[segment];
    else return undefined;
  }
  return current;
}

/** The text under a path, or undefined when there is none or it is something else. */
export function getString(value: unknown, path: string | readonly string[]): string | undefined {
  const found = getPath(value, path);
  return typeof found === 'string' ? found : undefined;
}

/** The number under a path, or undefined when there is none or it is something else. */
export function getNumber(value: unknown, path: string | readonly string[]): number | undefined {
  const found = getPath(value, path);
  return typeof found === 'number' ? found : undefined;
}

/** The list under a path; empty when there is none or it is something else. */
export function getList(value: unknown, path: string | readonly string[]): readonly unknown[] {
  const found = getPath(value, path);
  return Array.isArray(found) ? found : [];
}

/** The map of texts under a path (labels, matchLabels); members that aren't texts are left out. */
export function getStringMap(value: unknown, path: string | readonly string[]): Readonly<Record<string, string>> {
  const found = getPath(value, path);
  if (!isJsonObject(found)) return {};
  const texts = Object.entries(found).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  return Object.fromEntries(texts);
}
