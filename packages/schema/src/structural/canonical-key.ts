/**
 * A string that is equal for two JSON values exactly when the values are equal: how sets and maps in lists find
 * duplicates in linear time.
 */
import { isJsonObject } from '@kindred/machinery';

/** Values nested deeper than this compare by their outer levels only; parsers reject such bodies long before. */
const maxDepth = 500;

/** The canonical key of a value: object keys sorted, strings and numbers told apart. */
export function canonicalKey(value: unknown, depth = 0): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (Array.isArray(value)) {
    if (depth > maxDepth) return '[…]';
    return `[${value.map((element) => canonicalKey(element, depth + 1)).join(',')}]`;
  }
  if (isJsonObject(value)) {
    if (depth > maxDepth) return '{…}';
    const members = Object.keys(value)
      .filter((key) => value[key] !== undefined)
      .sort()
      .map((key) => `${JSON.stringify(key)}:${canonicalKey(value[key], depth + 1)}`);
    return `{${members.join(',')}}`;
  }
  return String(value);
}
