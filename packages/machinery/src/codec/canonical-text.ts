/**
 * The quickest proof that a text says nothing but the value that `JSON.parse` made of it: it is as short as a text of that
 * value can be, but for its escapes. Space, fields that came twice and numbers with more digits than a number holds all
 * make a text longer than that. Programs write compact JSON, so nearly every body passes.
 *
 * Such a text is nearly always the very one that `JSON.stringify` writes, too: what isn't escaped needs no escape, since
 * JSON refuses raw control characters and text that was UTF-8 has no lone surrogates. Three things are left: names that
 * are indices, which JavaScript puts first, numbers such as 100, which `1e2` writes just as briefly, and escapes that
 * aren't needed or have another form.
 */
import type { JsonObject, JsonValue } from '../object/json.ts';

/**
 * `verbatim`: what `JSON.stringify` writes of the value, but for one newline at the end. `canonical`: nothing but the
 * value. `unknown`: a closer look is needed.
 */
export type TextForm = 'verbatim' | 'canonical' | 'unknown';

/** White space that Go's encoder puts behind a document. */
const newline = 0x0a;
const nine = 0x39;
const unicode = 0x75;
const slash = 0x2f;
const index = /^\d+$/;

/** What the walk comes to know beside the length. */
interface Walk {
  oneForm: boolean;
}

/**
 * Tells how near the text, which was UTF-8 and which `JSON.parse` made `value` of, is to what `JSON.stringify` writes.
 * Recursive: not for values of any depth.
 */
export function formOfText(text: string, value: JsonValue): TextForm {
  const length = text.charCodeAt(text.length - 1) === newline ? text.length - 1 : text.length;
  const walk: Walk = { oneForm: true };
  const excess = length - shortestLength(value, walk);
  if (excess !== 0 && !isForEscapes(excess, text, walk)) return 'unknown';
  return walk.oneForm ? 'verbatim' : 'canonical';
}

/** Whether the text's escapes are why it has so many characters more than it needs. */
function isForEscapes(excess: number, text: string, walk: Walk): boolean {
  let left = excess;
  for (let at = text.indexOf('\\'); at >= 0 && left > 0; at = text.indexOf('\\', at + 2)) {
    const escape = text.charCodeAt(at + 1);
    left -= escape === unicode ? 5 : 1;
    // These two are the ones that may stand for what needs no escape, or has a shorter one.
    if (escape === unicode || escape === slash) walk.oneForm = false;
  }
  // NaN when the shortest length is not known.
  return left === 0;
}

/** The least characters that stand for the value; NaN when that is not worth finding out. */
function shortestLength(value: JsonValue, walk: Walk): number {
  if (typeof value === 'string') return value.length + 2;
  if (typeof value === 'number') return shortestNumber(value, walk);
  if (typeof value === 'boolean') return value ? 4 : 5;
  if (value === null) return 4;
  if (typeof value === 'bigint') return Number.NaN;
  // Each member brings a comma, but for the first.
  const length = 1 + (Array.isArray(value) ? lengthOfElements(value, walk) : lengthOfMembers(value, walk));
  return length === 1 ? 2 : length;
}

// Most members are strings: not to call for them is a quarter of the whole.

function lengthOfElements(list: readonly JsonValue[], walk: Walk): number {
  let length = 0;
  for (const item of list) length += 1 + (typeof item === 'string' ? item.length + 2 : shortestLength(item, walk));
  return length;
}

function lengthOfMembers(object: JsonObject, walk: Walk): number {
  let length = 0;
  for (const name in object) {
    if (name.charCodeAt(0) <= nine && index.test(name)) walk.oneForm = false;
    const member = object[name] ?? null;
    length += name.length + 4 + (typeof member === 'string' ? member.length + 2 : shortestLength(member, walk));
  }
  return length;
}

/** Digits of an integer. With three zeros at its end, `1e3` would be shorter; fractions have many forms. */
function shortestNumber(value: number, walk: Walk): number {
  const size = Math.abs(value);
  if (!Number.isSafeInteger(value)) return Number.NaN;
  if (size >= 100 && size % 100 === 0) {
    if (size % 1000 === 0) return Number.NaN;
    walk.oneForm = false;
  }
  let digits = value < 0 ? 2 : 1;
  for (let bound = 10; bound <= size; bound *= 10) digits++;
  return digits;
}
