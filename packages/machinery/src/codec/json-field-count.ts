/**
 * A quick answer to "did any field come twice?": JSON.parse keeps one of each, so fewer fields in the value than in the
 * text mean duplicates. Only then is the exact reader worth its time.
 */
import type { JsonValue } from '../object/json.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;

/** True when the text, which JSON.parse has accepted as `value`, names some field of an object twice. */
export function hasDuplicateFields(text: string, value: JsonValue): boolean {
  return countFieldsInText(text) !== countFieldsInValue(value);
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
  for (let at = open + 1; ; at++) {
    const code = text.charCodeAt(at);
    if (code === BACKSLASH) at++;
    else if (code === QUOTE || Number.isNaN(code)) return at;
  }
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
