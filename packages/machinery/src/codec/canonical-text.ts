/**
 * The quickest proof that a text says nothing but the value that `JSON.parse` made of it: it is as short as a text of that
 * value can be. Space, escapes, fields that came twice and numbers with more digits than a number holds all make a text
 * longer than that. Programs write compact JSON, so nearly every body passes.
 */
import type { JsonValue } from '../object/json.ts';

/** White space that Go's encoder puts behind a document. */
const newline = 0x0a;

/** False only means that a closer look is needed. Recursive: not for values of any depth. */
export function isCanonicalText(text: string, value: JsonValue): boolean {
  const length = text.charCodeAt(text.length - 1) === newline ? text.length - 1 : text.length;
  return shortestLength(value) === length;
}

/** The least characters that stand for the value; NaN when that is not worth finding out. */
function shortestLength(value: JsonValue): number {
  if (typeof value === 'string') return value.length + 2;
  if (typeof value === 'number') return shortestNumber(value);
  if (typeof value === 'boolean') return value ? 4 : 5;
  if (value === null) return 4;
  if (typeof value === 'bigint') return Number.NaN;
  // Each member brings a comma, but for the first.
  let length = 1;
  if (Array.isArray(value)) {
    for (const item of value) length += 1 + shortestLength(item);
  } else {
    for (const name in value) length += name.length + 4 + shortestLength(value[name] ?? null);
  }
  return length === 1 ? 2 : length;
}

/** Digits of an integer. With three zeros at its end, `1e3` would be shorter; fractions have many forms. */
function shortestNumber(value: number): number {
  const size = Math.abs(value);
  if (!Number.isSafeInteger(value) || (size >= 1000 && size % 1000 === 0)) return Number.NaN;
  let digits = value < 0 ? 2 : 1;
  for (let bound = 10; bound <= size; bound *= 10) digits++;
  return digits;
}
