/**
 * Equality of values (cel-spec, "Equality"): numbers by their value on one line, lists by element, maps by entry;
 * values of different types are unequal, never an error.
 */

import { canonicalText } from './canonical-text.ts';
import type { Bytes, ListMerge, ListValue, MapValue, Value } from './value.ts';

export function equalValues(a: Value, b: Value): boolean {
  if (a === b) return true;
  if (a === null || b === null) return false;
  const left = numberOf(a);
  if (left !== undefined) {
    const right = numberOf(b);
    return right !== undefined && compareNumbers(left, right) === 0;
  }
  if (typeof a !== 'object' || typeof b !== 'object') return false;
  return equalObjects(a, b);
}

/** The mathematical value of a number of any type; undefined for everything else. */
export function numberOf(value: Value): bigint | number | undefined {
  if (typeof value === 'bigint' || typeof value === 'number') return value;
  return typeof value === 'object' && value !== null && value.kind === 'uint' ? value.value : undefined;
}

/** Negative, zero or positive; NaN when one is NaN. An integer meets a double as the nearest double, as in cel-go. */
export function compareNumbers(a: bigint | number, b: bigint | number): number {
  if (typeof a === 'bigint' && typeof b === 'bigint') return a < b ? -1 : a > b ? 1 : 0;
  const left = Number(a);
  const right = Number(b);
  return left < right ? -1 : left > right ? 1 : left === right ? 0 : Number.NaN;
}

type ObjectValue = Exclude<Value, null | boolean | bigint | number | string>;

function equalObjects(a: ObjectValue, b: ObjectValue): boolean {
  switch (a.kind) {
    case 'bytes':
      return b.kind === 'bytes' && equalBytes(a, b);
    case 'list':
      return b.kind === 'list' && equalLists(a, b);
    case 'map':
      return b.kind === 'map' && equalMaps(a, b);
    case 'timestamp':
      return b.kind === 'timestamp' && a.nanos === b.nanos;
    case 'duration':
      return b.kind === 'duration' && a.nanos === b.nanos;
    case 'type':
      return b.kind === 'type' && a.name === b.name;
    case 'optional':
      if (b.kind !== 'optional') return false;
      if (a.value === undefined || b.value === undefined) return a.value === b.value;
      return equalValues(a.value, b.value);
    case 'opaque':
      return b.kind === 'opaque' && a.typeName === b.typeName && a.equals(b);
    case 'uint':
      return false;
  }
}

function equalBytes(a: Bytes, b: Bytes): boolean {
  return a.bytes.length === b.bytes.length && a.bytes.every((byte, index) => byte === b.bytes[index]);
}

function equalLists(a: ListValue, b: ListValue): boolean {
  if (a.items.length !== b.items.length) return false;
  const merge = a.merge ?? b.merge;
  if (merge !== undefined) return equalUnordered(a, b, merge);
  return a.items.every((item, index) => equalValues(item, b.items[index] ?? null));
}

function equalUnordered(a: ListValue, b: ListValue, merge: ListMerge): boolean {
  const others = new Map(b.items.map((item) => [elementKey(item, merge), item]));
  return a.items.every((item) => {
    const other = others.get(elementKey(item, merge));
    return other !== undefined && equalValues(item, other);
  });
}

/** What tells an element of a set or map list apart from the others. */
export function elementKey(element: Value, merge: ListMerge): string {
  if (merge.type === 'set') return canonicalText(element);
  if (typeof element !== 'object' || element === null || element.kind !== 'map') return canonicalText(element);
  return merge.keys.map((key) => canonicalText(element.get(key) ?? null)).join(',');
}

function equalMaps(a: MapValue, b: MapValue): boolean {
  if (a.size !== b.size) return false;
  return a.keys().every((key) => {
    const left = a.get(key);
    const right = b.get(key);
    return left !== undefined && right !== undefined && equalValues(left, right);
  });
}
