/**
 * Equality of JSON values, as `reflect.DeepEqual` sees decoded objects: key order does not matter, list order does.
 *
 * Works with a stack of its own, so that deeply nested values cannot overflow the call stack.
 */
import { isJsonObject } from '@kindred/machinery';

/** True when both values are the same JSON. A field that is `undefined` counts as absent; 1 equals 1n. */
export function deepEqual(left: unknown, right: unknown): boolean {
  if (isScalar(left) || isScalar(right)) return scalarEqual(left, right);
  const pending: unknown[] = [left, right];
  while (pending.length > 0) {
    const a = pending.pop();
    const b = pending.pop();
    if (a === b) continue;
    if (Array.isArray(a) && Array.isArray(b)) {
      if (a.length !== b.length) return false;
      for (let i = 0; i < a.length; i++) pending.push(a[i], b[i]);
    } else if (isJsonObject(a) && isJsonObject(b)) {
      if (!pushFields(a, b, pending)) return false;
    } else if (!scalarEqual(a, b)) {
      return false;
    }
  }
  return true;
}

function pushFields(a: Record<string, unknown>, b: Record<string, unknown>, pending: unknown[]): boolean {
  let count = 0;
  for (const key of Object.keys(a)) {
    if (a[key] === undefined) continue;
    if (!Object.hasOwn(b, key)) return false;
    pending.push(a[key], b[key]);
    count++;
  }
  for (const key of Object.keys(b)) if (b[key] !== undefined) count--;
  return count === 0;
}

function isScalar(value: unknown): boolean {
  return typeof value !== 'object' || value === null;
}

function scalarEqual(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a === 'bigint' && typeof b === 'number') return Number.isInteger(b) && a === BigInt(b);
  if (typeof b === 'bigint' && typeof a === 'number') return Number.isInteger(a) && b === BigInt(a);
  return false;
}
