/**
 * JSON as validation sees it: values of charts, and schemas, whose numbers keep their text so that nothing is rounded
 * (Go's json.Number).
 */

import { floatText } from '../go/number-text.ts';
import { quote } from '../go/quote.ts';
import { type GoValue, goObject, isInt, isMap, isObject, sliceItems } from '../go/value.ts';
import { compareDecimals, type Decimal, parseDecimal } from './decimal.ts';

const JSON_NUMBER = 'json.Number';

/** A number of a schema. */
export function jsonNumber(literal: string): GoValue {
  return goObject(JSON_NUMBER, { text: () => literal });
}

/** The number as text; undefined when it is none. */
function numeral(value: GoValue): string | undefined {
  if (typeof value === 'number') return floatText(value);
  if (isInt(value)) return value.value.toString();
  return isObject(value) && value.type === JSON_NUMBER ? value.text?.() : undefined;
}

export function decimalOf(value: GoValue): Decimal | undefined {
  const text = numeral(value);
  return text === undefined ? undefined : parseDecimal(text);
}

export type JsonType = 'null' | 'boolean' | 'number' | 'string' | 'array' | 'object';

/** Undefined for what JSON doesn't have. */
export function jsonType(value: GoValue): JsonType | undefined {
  if (value === undefined || value === null) return 'null';
  if (typeof value === 'boolean') return 'boolean';
  if (typeof value === 'string') return 'string';
  if (isMap(value)) return 'object';
  if (sliceItems(value) !== undefined) return 'array';
  return numeral(value) === undefined ? undefined : 'number';
}

/** Equal as JSON: 1 and 1.0 are the same number. */
export function jsonEqual(a: GoValue, b: GoValue): boolean {
  const type = jsonType(a);
  if (type !== jsonType(b)) return false;
  if (type === 'null') return true;
  if (type === 'number') return sameNumber(a, b);
  if (isMap(a) && isMap(b)) {
    if (a.size !== b.size) return false;
    for (const [key, member] of a) if (!b.has(key) || !jsonEqual(member, b.get(key))) return false;
    return true;
  }
  const left = sliceItems(a);
  const right = sliceItems(b);
  if (left === undefined || right === undefined) return a === b;
  return left.length === right.length && left.every((item, index) => jsonEqual(item, right[index]));
}

function sameNumber(a: GoValue, b: GoValue): boolean {
  const left = decimalOf(a);
  const right = decimalOf(b);
  return left !== undefined && right !== undefined && compareDecimals(left, right) === 0;
}

/** A text that is equal for values that are equal, and only for those. */
export function jsonKey(value: GoValue): string {
  if (isMap(value)) {
    const members = [...value].sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${jsonKey(member)}`).join()}}`;
  }
  const items = sliceItems(value);
  if (items !== undefined) return `[${items.map(jsonKey).join()}]`;
  const decimal = decimalOf(value);
  if (decimal !== undefined) return `${decimal.digits}e${decimal.exponent}`;
  return typeof value === 'string' || typeof value === 'boolean' ? JSON.stringify(value) : 'null';
}

/** The text between single quotes, escaped as messages show it. */
export function quoted(text: string): string {
  return `'${quote(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}

/** How messages show a value. */
export function display(value: GoValue): string {
  if (value === undefined || value === null) return '<nil>';
  if (typeof value === 'string') return quoted(value);
  if (typeof value === 'boolean') return String(value);
  return numeral(value) ?? 'value';
}
