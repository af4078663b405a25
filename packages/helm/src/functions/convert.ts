/** Conversions between types that never fail, as sprig makes them (package spf13/cast): what isn't a number is 0. */
import { fromBytes } from '../go/bytes.ts';
import { goText } from '../go/format.ts';
import { type GoValue, isInt, isMap, isObject, sliceItems, typeName } from '../go/value.ts';
import { parseInteger } from '../template/number-literal.ts';

const MIN_INT64 = -(2n ** 63n);

/** A number, bool or text as int64. Text is read with Go's prefixes (`0x1F`, `017`); floats are cut. */
export function toInt64(value: GoValue): bigint {
  if (isInt(value)) return value.value;
  if (typeof value === 'boolean') return value ? 1n : 0n;
  if (typeof value === 'number') return floatToInt(value);
  if (typeof value !== 'string') return 0n;
  const parsed = parseInteger(value.replace(/^([^.]+)\.0+$/, '$1'));
  return parsed !== undefined && BigInt.asIntN(64, parsed) === parsed ? parsed : 0n;
}

function floatToInt(value: number): bigint {
  // What the processor gives when the float doesn't fit.
  if (!Number.isFinite(value) || Math.abs(value) >= 2 ** 63) return MIN_INT64;
  return BigInt(Math.trunc(value));
}

export function toFloat64(value: GoValue): number {
  if (typeof value === 'number') return value;
  if (isInt(value)) return Number(value.value);
  if (typeof value === 'boolean') return value ? 1 : 0;
  return typeof value === 'string' ? parseFloat64(value) : 0;
}

const FLOAT = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const INFINITE = /^([+-]?)inf(?:inity)?$/i;

function parseFloat64(text: string): number {
  if (FLOAT.test(text)) {
    const value = Number(text);
    return Number.isFinite(value) ? value : 0;
  }
  const infinite = INFINITE.exec(text);
  if (infinite !== null) return infinite[1] === '-' ? -Infinity : Infinity;
  return /^[+-]?nan$/i.test(text) ? Number.NaN : 0;
}

/** The text of any value, as sprig's toString gives it. */
export function stringOf(value: GoValue): string {
  if (typeof value === 'string') return value;
  const items = sliceItems(value);
  if (items !== undefined && typeName(value) === '[]uint8') {
    return fromBytes(Uint8Array.from(items.map((item) => (isInt(item) ? Number(item.value) : 0))));
  }
  return goText(value);
}

/** The elements as texts; nil ones are left out. Anything but a list is one element. */
export function stringsOf(value: GoValue): string[] {
  const items = sliceItems(value);
  if (items !== undefined) return items.filter((item) => item !== null && item !== undefined).map(stringOf);
  return value === null || value === undefined ? [] : [stringOf(value)];
}

/** What sprig's `empty` asks: nil, zero, false or without elements. */
export function isEmpty(value: GoValue): boolean {
  if (value === undefined || value === null) return true;
  if (isObject(value)) return false;
  if (isMap(value)) return value.size === 0;
  if (isInt(value)) return value.value === 0n;
  const items = sliceItems(value);
  return items === undefined ? value === '' || value === 0 || value === false : items.length === 0;
}
