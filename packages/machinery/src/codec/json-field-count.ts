/**
 * A quick answer to "did any field come twice?": JSON.parse keeps one of each, so fewer fields in the value than in the
 * text mean duplicates. Only then is the exact reader worth its time.
 */
import type { JsonValue } from '../object/json.ts';

const BACKSLASH = 0x5c;
const COLON = 0x3a;
const SPACED_COLON = /"\s+:/;

/** True when the text, which JSON.parse has accepted as `value`, names some field of an object twice. */
export function hasDuplicateFields(text: string, value: JsonValue): boolean {
  const fields = countFieldsInValue(value);
  return !(isCompact(text) && countQuoteColons(text) === fields) && countFieldsInText(text) !== fields;
}

/** True when no space stands between a name and its colon: then no field is without its `":`. */
function isCompact(text: string): boolean {
  return !SPACED_COLON.test(text);
}

/** At least the number of fields in compact text, and more when strings have `":` in them: a quick first look. */
function countQuoteColons(text: string): number {
  let count = 0;
  for (let at = text.indexOf('":'); at >= 0; at = text.indexOf('":', at + 2)) count++;
  return count;
}

/** Strings that a colon follows. */
function countFieldsInText(text: string): number {
  let count = 0;
  for (let open = text.indexOf('"'); open >= 0; ) {
    const close = endOfString(text, open);
    let after = close + 1;
    // JSON.parse has accepted the text: whatever isn't above a space here is white space.
    while (text.charCodeAt(after) <= 0x20) after++;
    if (text.charCodeAt(after) === COLON) count++;
    open = text.indexOf('"', after);
  }
  return count;
}

function endOfString(text: string, open: number): number {
  let at = text.indexOf('"', open + 1);
  while (isEscaped(text, at)) at = text.indexOf('"', at + 1);
  return at < 0 ? text.length : at;
}

/** Whether an odd number of backslashes stands before. */
function isEscaped(text: string, at: number): boolean {
  let first = at;
  while (text.charCodeAt(first - 1) === BACKSLASH) first--;
  return (at - first) % 2 === 1;
}

function countFieldsInValue(value: JsonValue): number {
  if (typeof value !== 'object' || value === null) return 0;
  let count = 0;
  if (Array.isArray(value)) {
    for (const item of value) count += countFieldsInValue(item);
    return count;
  }
  for (const key of Object.keys(value)) count += 1 + countFieldsInValue(value[key] ?? null);
  return count;
}
