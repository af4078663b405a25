/**
 * The JSON reader and writer for request bodies and stored objects (RFC 8259).
 *
 * 64-bit integers survive: an integer literal that a number can't hold exactly becomes a bigint, and is written back
 * as it came. Nearly every document takes the fast path, `JSON.parse`; a look at the text beforehand tells when the
 * exact reader of `json-reader.ts` is needed.
 */
import { isAscii, isUtf8 } from 'node:buffer';
import type { JsonValue } from '../object/json.ts';
import { formOfText } from './canonical-text.ts';
import { DecodeError } from './decode-error.ts';
import { hasDuplicateFields } from './json-field-count.ts';
import { readJsonText } from './json-reader.ts';
import { writeJsonText } from './json-writer.ts';

/**
 * Objects nested deeper than this are refused. Upstream stops at 10000; no real object comes near 100, and every
 * later walk over the value is recursive, so the limit keeps a hostile body from exhausting the stack there.
 */
export const DEFAULT_MAX_DEPTH = 1000;

export interface DecodeJsonOptions {
  /** How deep objects and arrays may be nested; `DEFAULT_MAX_DEPTH` when absent. */
  readonly maxDepth?: number;
  /** Look for fields that are given twice: costs about half as much again. */
  readonly duplicates?: boolean;
}

export interface Decoded {
  readonly value: JsonValue;
  /** Paths of fields that came more than once (`spec.y`, `spec.containers[0].name`); the last one wins. */
  readonly duplicateFields: readonly string[];
  /**
   * The bytes are, but for one newline at their end, those that `encodeJson` writes of the value: whoever needs these may
   * take them. Looked for only together with duplicates, and false when it isn't certain.
   */
  readonly verbatim: boolean;
}

/**
 * Reads one JSON document. Throws DecodeError for invalid UTF-8, broken syntax, a second document, too deep nesting.
 *
 * @example decodeJson(Buffer.from('{"spec":{"y":1,"y":2}}'), { duplicates: true }).duplicateFields // ['spec.y']
 */
export function decodeJson(bytes: Uint8Array, options: DecodeJsonOptions = {}): Decoded {
  const text = decodeUtf8(bytes);
  const maxDepth = options.maxDepth ?? DEFAULT_MAX_DEPTH;
  const { duplicates = false } = options;
  // Counting fields is recursive, so only the exact reader may look into deeper values.
  const isDeep = duplicates && maxDepth > DEFAULT_MAX_DEPTH;
  if (isDeep || mayBeDeeper(text, maxDepth)) return readExactly(text, maxDepth);
  const value = parseText(text);
  // The exact reader finds the same fault and says where it is.
  if (value === undefined) return readExactly(text, maxDepth);
  const form = duplicates ? formOfText(text, value) : 'unknown';
  if (form === 'unknown' && (mayLoseDigits(text) || (duplicates && hasDuplicateFields(text, value)))) {
    return readExactly(text, maxDepth);
  }
  return { value, duplicateFields: [], verbatim: form === 'verbatim' };
}

function readExactly(text: string, maxDepth: number): Decoded {
  const { value, duplicateFields } = readJsonText(text, maxDepth);
  return { value, duplicateFields, verbatim: false };
}

function parseText(text: string): JsonValue | undefined {
  try {
    // JSON.parse gives nothing but JSON values.
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
}

/** Writes a value as compact JSON; members that are undefined are left out, bigints become integer literals. */
export function encodeJson(value: unknown): Buffer {
  return Buffer.from(encodeJsonText(value), 'utf8');
}

/** Like `encodeJson`, as text. */
export function encodeJsonText(value: unknown): string {
  try {
    return JSON.stringify(value) ?? 'null';
  } catch (error) {
    // The one value that JSON.stringify refuses and we have is a bigint.
    if (error instanceof TypeError && error.message.includes('BigInt')) return writeJsonText(value);
    throw error;
  }
}

/** Bytes to text; throws DecodeError when they aren't UTF-8. */
export function decodeUtf8(bytes: Uint8Array): string {
  const view = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // Most texts are ASCII, which is made in two thirds of the time when nothing else is looked for.
  if (isAscii(view)) return view.toString('latin1');
  if (!isUtf8(view)) {
    const offset = firstInvalidUtf8(view);
    throw new DecodeError(`the body is not valid UTF-8 (offset ${offset})`, { offset });
  }
  return view.toString('utf8');
}

/** The reader puts U+FFFD where bytes are wrong; the first one that doesn't stand in the bytes themselves is the place. */
function firstInvalidUtf8(bytes: Buffer): number {
  const text = bytes.toString('utf8');
  let offset = 0;
  let from = 0;
  for (let at = text.indexOf('\ufffd'); at >= 0; at = text.indexOf('\ufffd', from)) {
    offset += Buffer.byteLength(text.slice(from, at));
    if (bytes[offset] !== 0xef || bytes[offset + 1] !== 0xbf || bytes[offset + 2] !== 0xbd) return offset;
    offset += 3;
    from = at + 1;
  }
  return offset;
}

// Numbers that JSON.parse might round or turn into Infinity. Matching inside a string only costs the slow path. The
// first, looser look is the cheaper one.
const LONG_DIGITS = /[\d.]{16}|\d[eE]\+?\d{3}/;
const RISKY_NUMBER = /(?:^|[\s:,[])-?(?:\d[\d.]{15}|[\d.]+[eE]\+?\d{3})/;

function mayLoseDigits(text: string): boolean {
  return LONG_DIGITS.test(text) && RISKY_NUMBER.test(text);
}

/** Each level takes two characters in a list and five in a map (`{"":}`), so short texts need not be looked at. */
function mayBeDeeper(text: string, maxDepth: number): boolean {
  if (text.length <= 2 * maxDepth) return false;
  const lists = count(text, '[');
  if (text.length + 3 * lists <= 5 * maxDepth) return false;
  return lists + count(text, '{') > maxDepth && bracketDepth(text) > maxDepth;
}

function count(text: string, bracket: string): number {
  let found = 0;
  for (let at = text.indexOf(bracket); at >= 0; at = text.indexOf(bracket, at + 1)) found++;
  return found;
}

function bracketDepth(text: string): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (inString) {
      if (code === 0x5c) at++;
      else if (code === 0x22) inString = false;
    } else if (code === 0x22) inString = true;
    else if (code === 0x7b || code === 0x5b) deepest = Math.max(deepest, ++depth);
    else if (code === 0x7d || code === 0x5d) depth--;
  }
  return deepest;
}
