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
  for (const key in value) {
    const member: unknown = membersOf(value)[key];
    if (member !== undefined) setMember(copy, key, copyValue(member));
  }
  return copy;
}

/** True when both stand for the same JSON: order of fields doesn't matter, nor do members that are undefined. */
export function deepEqual(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return equalNumbers(a, b);
  if (Array.isArray(a) || Array.isArray(b)) return equalLists(a, b);
  return equalObjects(membersOf(a), membersOf(b));
}

/** JSON objects inherit nothing that is enumerable: `for in` meets their members alone, faster than lists of them. */
function membersOf(object: object): Readonly<Record<string, unknown>> {
  return object as Readonly<Record<string, unknown>>;
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

function equalObjects(a: Readonly<Record<string, unknown>>, b: Readonly<Record<string, unknown>>): boolean {
  let surplus = 0;
  for (const key in a) {
    const value = a[key];
    if (value === undefined) continue;
    // All else that objects inherit are functions, which equal no JSON.
    if (key === '__proto__' && !Object.hasOwn(b, key)) return false;
    if (!deepEqual(value, b[key])) return false;
    surplus++;
  }
  for (const key in b) if (b[key] !== undefined) surplus--;
  return surplus === 0;
}
