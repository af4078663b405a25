/**
 * How large a value is for the cost of working on it: the length of strings, bytes and lists, the entries of maps, 1 for
 * everything else.
 */
import type { Value } from '../values/value.ts';

export function sizeOf(value: Value): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 1;
  switch (value.kind) {
    case 'bytes':
      return value.bytes.length;
    case 'list':
      return value.items.length;
    case 'map':
      return value.size;
    default:
      return 1;
  }
}
