/**
 * Copies and compares JSON values. bigints count as the numbers they are.
 */
import { setMember } from './set-member.ts';

/** A copy that shares nothing with the original. Takes JSON values; members that are undefined are left out. */
export function deepCopy<T>(value: T): T {
  // The copy has the original's shape, which the compiler can't follow through the recursion.
  return copyValue(value) as T;
}

function copyValue(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(copyValue);
  const copy: Record<string, unknown> = {};
  for (const [key, member] of Object.entries(value)) {
    if (member !== undefined) setMember(copy, key, copyValue(member));
  }
  return copy;
}

/** True when both stand for the same JSON: order of fields doesn't matter, nor do members that are undefined. */
export function deepEqual(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return equalNumbers(a, b);
  if (Array.isArray(a) || Array.isArray(b)) return equalLists(a, b);
  return equalObjects(a, b);
}

function equalNumbers(a: unknown, b: unknown): boolean {
  const mixed = (typeof a === 'bigint' && typeof b === 'number') || (typeof a === 'number' && typeof b === 'bigint');
  // Comparing is exact across the two types, where BigInt(1.5) would throw.
  return mixed && !(a < b) && !(a > b);
}

function equalLists(a: unknown, b: unknown): boolean {
  if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
  return a.every((item, index) => deepEqual(item, b[index]));
}

function equalObjects(a: object, b: object): boolean {
  let count = 0;
  for (const key of Object.keys(a)) {
    const value: unknown = Reflect.get(a, key);
    if (value === undefined) continue;
    if (!Object.hasOwn(b, key) || !deepEqual(value, Reflect.get(b, key))) return false;
    count++;
  }
  for (const key of Object.keys(b)) if (Reflect.get(b, key) !== undefined) count--;
  return count === 0;
}
