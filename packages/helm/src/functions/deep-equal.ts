/** Go's reflect.DeepEqual: types count too, so the int 1 differs from the float 1. */
import { type GoValue, isInt, isMap, isNilSlice, isObject, sliceItems, typeName } from '../go/value.ts';

export function deepEqual(a: GoValue, b: GoValue): boolean {
  if (a === b) return true;
  if (a === undefined || a === null || b === undefined || b === null) return (a ?? null) === (b ?? null);
  if (typeName(a) !== typeName(b)) return false;
  if (isInt(a) && isInt(b)) return a.value === b.value;
  if (isMap(a) && isMap(b)) return sameMembers(a, b);
  if (isObject(a) && isObject(b)) return sameMembers(a.fields, b.fields);
  const left = sliceItems(a);
  const right = sliceItems(b);
  if (left === undefined || right === undefined || left.length !== right.length) return false;
  if (isNilSlice(a) !== isNilSlice(b)) return false;
  return left.every((item, index) => deepEqual(item, right[index]));
}

function sameMembers(a: ReadonlyMap<string, GoValue>, b: ReadonlyMap<string, GoValue>): boolean {
  if (a.size !== b.size) return false;
  for (const [key, value] of a) if (!b.has(key) || !deepEqual(value, b.get(key))) return false;
  return true;
}
