/**
 * Functions of strings (cel-go's `ext` strings): positions count code points.
 */
import { binary, declare, member, type Overload, params, quaternary, ternary, unary } from '../functions/overload.ts';
import { lengthProblem } from '../functions/result-limit.ts';
import { types } from '../types/type.ts';
import { errorValue, type ListValue, list, type Result } from '../values/value.ts';
import type { Library } from './library.ts';
import { formatString } from './string-format.ts';

const { string, int } = params;
const strings = params.list(types.string);

export const stringsLibrary: Library = {
  name: 'strings',
  functions: [
    declare('charAt', member(binary('string_char_at_int', string, int, types.string, charAt))),
    declare('format', member(binary('string_format', string, params.list(types.dyn), types.string, formatString))),
    declare('indexOf', ...positions('string_index_of_string', indexOf)),
    declare('lastIndexOf', ...positions('string_last_index_of_string', lastIndexOf)),
    declare(
      'join',
      member(unary('list_join', strings, types.string, (items) => join(items, ''))),
      member(binary('list_join_string', strings, string, types.string, join)),
    ),
    declare('lowerAscii', member(unary('string_lower_ascii', string, types.string, lowerAscii))),
    declare('upperAscii', member(unary('string_upper_ascii', string, types.string, upperAscii))),
    declare(
      'replace',
      member(
        ternary('string_replace_string_string', [string, string, string], types.string, (text, from, to) =>
          replace(text, from, to, -1n),
        ),
      ),
      member(quaternary('string_replace_string_string_int', [string, string, string, int], types.string, replace)),
    ),
    declare(
      'split',
      member(
        binary('string_split_string', string, string, types.list(types.string), (text, by) => split(text, by, -1n)),
      ),
      member(ternary('string_split_string_int', [string, string, int], types.list(types.string), split)),
    ),
    declare(
      'substring',
      member(
        binary('string_substring_int', string, int, types.string, (text, from) => substring(text, from, undefined)),
      ),
      member(ternary('string_substring_int_int', [string, int, int], types.string, substring)),
    ),
    declare('trim', member(unary('string_trim', string, types.string, trim))),
    declare(
      'reverse',
      member(unary('string_reverse', string, types.string, (text) => Array.from(text).reverse().join(''))),
    ),
    declare('strings.quote', unary('strings_quote', string, types.string, quote)),
  ],
};

function isPlain(text: string): boolean {
  return !/[\ud800-\udfff]/.test(text);
}

function charAt(text: string, at: bigint): Result {
  const characters = isPlain(text) ? text : Array.from(text);
  const index = Number(at);
  if (index === characters.length) return '';
  return characters[index] ?? errorValue(`index out of range: ${at}`);
}

function positions(id: string, find: (text: string, part: string, from: bigint | undefined) => Result): Overload[] {
  return [
    member(binary(id, string, string, types.int, (text, part) => find(text, part, undefined))),
    member(ternary(`${id}_int`, [string, string, int], types.int, find)),
  ];
}

function indexOf(text: string, part: string, from: bigint | undefined): Result {
  const characters = Array.from(text);
  const start = Number(from ?? 0n);
  if (start < 0 || start > characters.length) return errorValue(`index out of range: ${start}`);
  const units = characters.slice(0, start).join('').length;
  const found = text.indexOf(part, units);
  return found < 0 ? -1n : BigInt(Array.from(text.slice(0, found)).length);
}

function lastIndexOf(text: string, part: string, from: bigint | undefined): Result {
  const characters = Array.from(text);
  const last = Number(from ?? BigInt(characters.length));
  if (last < 0 || last > characters.length) return errorValue(`index out of range: ${last}`);
  const units = characters.slice(0, last).join('').length;
  const found = text.lastIndexOf(part, units);
  return found < 0 ? -1n : BigInt(Array.from(text.slice(0, found)).length);
}

function join({ items }: ListValue, separator: string): Result {
  const texts: string[] = [];
  for (const item of items) {
    if (typeof item !== 'string') return errorValue('no such overload');
    texts.push(item);
  }
  const length = texts.reduce((sum, text) => sum + text.length + separator.length, 0);
  return lengthProblem(length) ?? texts.join(separator);
}

function lowerAscii(text: string): string {
  return text.replace(/[A-Z]+/g, (part) => part.toLowerCase());
}

function upperAscii(text: string): string {
  return text.replace(/[a-z]+/g, (part) => part.toUpperCase());
}

/** `limit` replacements; below 0 all. */
function replace(text: string, from: string, to: string, limit: bigint): Result {
  // As if the text were nothing but matches: no more than a guess when it already tells that there is room.
  const matches = from === '' ? text.length + 1 : Math.floor(text.length / from.length);
  if (lengthProblem(text.length + matches * to.length) !== undefined) {
    const count = from === '' ? matches : text.split(from).length - 1;
    const problem = lengthProblem(text.length + (limit < 0n ? count : Math.min(count, Number(limit))) * to.length);
    if (problem !== undefined) return problem;
  }
  if (limit < 0n) return from === '' ? ['', ...Array.from(text), ''].join(to) : text.split(from).join(to);
  const parts = from === '' ? ['', ...Array.from(text)] : text.split(from);
  const count = Math.min(Number(limit), from === '' ? parts.length : parts.length - 1);
  if (from === '') return to.repeat(Math.min(count, 1)) + interleave(Array.from(text), to, count - 1);
  return (
    parts.slice(0, count + 1).join(to) +
    parts
      .slice(count + 1)
      .map((part) => from + part)
      .join('')
  );
}

/** Puts the text behind the first `count` characters. */
function interleave(characters: readonly string[], text: string, count: number): string {
  return characters.map((character, index) => (index < count ? character + text : character)).join('');
}

function split(text: string, by: string, limit: bigint): Result {
  if (limit === 0n) return list([]);
  const parts = by === '' ? Array.from(text) : text.split(by);
  if (limit < 0n || BigInt(parts.length) <= limit) return list(parts);
  const kept = Number(limit) - 1;
  return list([...parts.slice(0, kept), parts.slice(kept).join(by)]);
}

function substring(text: string, from: bigint, to: bigint | undefined): Result {
  const characters = isPlain(text) ? text : Array.from(text);
  const start = Number(from);
  const end = to === undefined ? characters.length : Number(to);
  if (start > end) return errorValue(`invalid substring range. start: ${start}, end: ${end}`);
  if (start < 0 || start > characters.length) return errorValue(`index out of range: ${start}`);
  if (end < 0 || end > characters.length) return errorValue(`index out of range: ${end}`);
  return typeof characters === 'string' ? characters.slice(start, end) : characters.slice(start, end).join('');
}

/** White space as Unicode has it. Walks from both ends: a pattern would be slow on long runs in the middle. */
function trim(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isWhiteSpace(text.charAt(start))) start++;
  while (end > start && isWhiteSpace(text.charAt(end - 1))) end--;
  return text.slice(start, end);
}

function isWhiteSpace(character: string): boolean {
  return /\p{White_Space}/u.test(character);
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\u0007': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '\\': '\\\\',
  '"': '\\"',
};

function quote(text: string): string {
  const escaped = text.replace(/[\p{Cc}\\"]/gu, (character) => ESCAPES[character] ?? character);
  return `"${escaped}"`;
}
