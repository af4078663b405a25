/**
 * Small tools on JSON values that the patch functions share.
 */
import type { JsonObject, JsonValue } from '../object/json.ts';

/** The member of this name, undefined when the object itself does not have it (`__proto__`, `constructor`). */
export function member(object: JsonObject, name: string): JsonValue | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/** A short word for the value's JSON type, as Go names it in decoding errors. */
export function jsonTypeName(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'boolean') return 'bool';
  return typeof value === 'bigint' ? 'number' : typeof value;
}
