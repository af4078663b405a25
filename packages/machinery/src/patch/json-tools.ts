/**
 * Small tools on JSON values that the patch functions share: own-property access, deep equality, deep copy, size.
 *
 * Documents come from clients, so a member may be called `__proto__`; reading and writing go through here.
 */
import type { JsonObject, JsonValue } from '../object/json.ts';
import { setMember } from '../object/set-member.ts';

/** The member of this name, undefined when the object itself does not have it. */
export function member(object: JsonObject, name: string): JsonValue | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/** Deep equality. Numbers and bigints of equal value are equal; order of members does not matter. */
export function equalJson(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) {
    return isNumeric(a) && isNumeric(b) && a.toString() === b.toString();
  }
  if (Array.isArray(a) || Array.isArray(b)) {
    return (
      Array.isArray(a) &&
      Array.isArray(b) &&
      a.length === b.length &&
      a.every((item, index) => equalJson(item, b[index]))
    );
  }
  return equalMembers(a, b);
}

function equalMembers(a: object, b: object): boolean {
  const names = Object.keys(a);
  if (names.length !== Object.keys(b).length) return false;
  for (const name of names) {
    if (!Object.hasOwn(b, name)) return false;
    if (!equalJson(Reflect.get(a, name), Reflect.get(b, name))) return false;
  }
  return true;
}

function isNumeric(value: unknown): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint';
}

/** A copy that shares no object or array with the original. */
export function cloneJson(value: JsonValue): JsonValue {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(cloneJson);
  const copy: JsonObject = {};
  for (const name of Object.keys(value)) setMember(copy, name, cloneJson(value[name] ?? null));
  return copy;
}

/** Length of the value as compact JSON, in characters. */
export function jsonLength(value: JsonValue): number {
  if (typeof value === 'bigint') return value.toString().length;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value).length;
  if (Array.isArray(value)) return value.reduce((sum: number, item) => sum + jsonLength(item) + 1, 1);
  let length = 1;
  for (const name of Object.keys(value)) length += JSON.stringify(name).length + 2 + jsonLength(value[name] ?? null);
  return length;
}

/** A short word for the value's JSON type, as Go names it in decoding errors. */
export function jsonTypeName(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'boolean') return 'bool';
  return typeof value === 'bigint' ? 'number' : typeof value;
}
