/** Sprig's functions on text. Lengths and positions count bytes, as Go's do. */
import { byteLength, byteSlice } from '../go/bytes.ts';
import { fn, variadic } from '../go/define-function.ts';
import { goText } from '../go/format.ts';
import { FunctionError } from '../go/function-error.ts';
import { simpleCase } from '../go/letter-case.ts';
import { quote } from '../go/quote.ts';
import { type GoFunction, GoMap, type GoValue, stringSlice } from '../go/value.ts';
import { stringOf } from './convert.ts';
import {
  abbreviate,
  bytesAsCharacters,
  capitalizeWords,
  initials,
  swapCase,
  toPascalCase,
  toSeparated,
  uncapitalizeWords,
  wrapText,
} from './words.ts';

/** Texts made by repeating may not be longer, in characters. */
const MAX_REPEATED = 64 * 1024 * 1024;

function repeat(count: number, text: string): string {
  if (count < 0) throw new FunctionError('strings: negative Repeat count');
  if (count * text.length > MAX_REPEATED) throw new FunctionError('strings: Repeat output length overflow');
  return text.repeat(count);
}

function indent(spaces: number, text: string): string {
  const pad = repeat(spaces, ' ');
  return pad + text.replaceAll('\n', `\n${pad}`);
}

function truncate(count: number, text: string): string {
  const length = byteLength(text);
  if (count < 0 && length + count > 0) return byteSlice(text, length + count);
  return count >= 0 && length > count ? byteSlice(text, 0, count) : text;
}

function substring(start: number, end: number, text: string): string {
  const length = byteLength(text);
  if (start < 0) return checkedSlice(text, 0, end, length);
  return checkedSlice(text, start, end < 0 || end > length ? length : end, length);
}

function checkedSlice(text: string, start: number, end: number, length: number): string {
  if (end < 0 || end > length) {
    const bound = end < 0 ? `[:${end}]` : `[:${end}] with length ${length}`;
    throw new FunctionError(`runtime error: slice bounds out of range ${bound}`);
  }
  if (start > end) throw new FunctionError(`runtime error: slice bounds out of range [${start}:${end}]`);
  return byteSlice(text, start, end);
}

function escapeSet(characters: string): string {
  return Array.from(characters)
    .map((each) => each.replace(/[\\\]^-]/, '\\$&'))
    .join('');
}

function trimAll(cutset: string, text: string): string {
  if (cutset === '') return text;
  const set = `[${escapeSet(cutset)}]+`;
  return text.replace(new RegExp(`^${set}`, 'u'), '').replace(new RegExp(`${set}$`, 'u'), '');
}

/** Go's strings.Split: an empty separator gives the characters. */
function split(text: string, separator: string): string[] {
  return separator === '' ? Array.from(text) : text.split(separator);
}

function splitAtMost(text: string, separator: string, count: number): string[] {
  if (count === 0) return [];
  const parts = split(text, separator);
  if (count < 0 || parts.length <= count) return parts;
  return [...parts.slice(0, count - 1), parts.slice(count - 1).join(separator)];
}

function numbered(parts: readonly string[]): GoMap {
  return new GoMap(
    parts.map((part, index) => [`_${index}`, part]),
    'map[string]string',
  );
}

/** What Go's unicode.IsSpace and strings.TrimSpace take for white space. */
const SPACE = '\\t\\n\\v\\f\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';
const LEADING = new RegExp(`^[${SPACE}]+`);
const TRAILING = new RegExp(`[${SPACE}]+$`);
const ANY_SPACE = new RegExp(`[${SPACE}]`, 'g');

/** A text without white space comes back whole; another one goes through its bytes. */
function withoutSpace(text: string): string {
  const characters = bytesAsCharacters(text);
  const without = characters.replace(ANY_SPACE, '');
  return without.length === characters.length ? text : without;
}

const present = (values: readonly GoValue[]): GoValue[] =>
  values.filter((value) => value !== null && value !== undefined);
const trim = fn(['string', 'string'], trimAll);

export const stringFunctions: Readonly<Record<string, GoFunction>> = {
  trim: fn(['string'], (text) => text.replace(LEADING, '').replace(TRAILING, '')),
  trimall: trim,
  trimAll: trim,
  trimSuffix: fn(['string', 'string'], (suffix, text) =>
    suffix !== '' && text.endsWith(suffix) ? text.slice(0, -suffix.length) : text,
  ),
  trimPrefix: fn(['string', 'string'], (prefix, text) => (text.startsWith(prefix) ? text.slice(prefix.length) : text)),
  upper: fn(['string'], (text) => simpleCase(text, 'upper')),
  lower: fn(['string'], (text) => simpleCase(text, 'lower')),
  title: fn(['string'], capitalizeWords),
  untitle: fn(['string'], uncapitalizeWords),
  substr: fn(['int', 'int', 'string'], substring),
  repeat: fn(['int', 'string'], repeat),
  nospace: fn(['string'], withoutSpace),
  initials: fn(['string'], initials),
  swapcase: fn(['string'], swapCase),
  snakecase: fn(['string'], (text) => toSeparated(text, '_')),
  kebabcase: fn(['string'], (text) => toSeparated(text, '-')),
  camelcase: fn(['string'], toPascalCase),
  wrap: fn(['int', 'string'], (width, text) => wrapText(text, width, '\n', false)),
  wrapWith: fn(['int', 'string', 'string'], (width, separator, text) => wrapText(text, width, separator, true)),
  contains: fn(['string', 'string'], (part, text) => text.includes(part)),
  hasPrefix: fn(['string', 'string'], (prefix, text) => text.startsWith(prefix)),
  hasSuffix: fn(['string', 'string'], (suffix, text) => text.endsWith(suffix)),
  quote: variadic([], 'any', (values) =>
    present(values)
      .map((value) => quote(stringOf(value)))
      .join(' '),
  ),
  squote: variadic([], 'any', (values) =>
    present(values)
      .map((value) => `'${goText(value)}'`)
      .join(' '),
  ),
  cat: variadic([], 'any', (values) => present(values).map(goText).join(' ')),
  indent: fn(['int', 'string'], indent),
  nindent: fn(['int', 'string'], (spaces, text) => `\n${indent(spaces, text)}`),
  replace: fn(['string', 'string', 'string'], (old, replacement, text) =>
    old === ''
      ? replacement +
        Array.from(text)
          .map((each) => each + replacement)
          .join('')
      : text.replaceAll(old, () => replacement),
  ),
  plural: fn(['string', 'string', 'int'], (one, many, count) => (count === 1 ? one : many)),
  toString: fn(['any'], stringOf),
  trunc: fn(['int', 'string'], truncate),
  abbrev: fn(['int', 'string'], (width, text) => (width < 4 ? text : abbreviate(text, 0, width))),
  abbrevboth: fn(['int', 'int', 'string'], (left, right, text) =>
    right < 4 || (left > 0 && right < 7) ? text : abbreviate(text, left, right),
  ),
  split: fn(['string', 'string'], (separator, text) => numbered(split(text, separator))),
  splitn: fn(['string', 'int', 'string'], (separator, count, text) => numbered(splitAtMost(text, separator, count))),
  splitList: fn(['string', 'string'], (separator, text) => stringSlice(split(text, separator))),
};
