/** From the text of a flag to its value, with the messages of Go's strconv and time packages. */
import { quote } from '../../go/quote.ts';
import { parseGoDuration } from '../../time/duration.ts';
import { CommandError } from '../command-error.ts';
import { type Flag, flagTitle } from './flag.ts';
import type { FlagValue } from './flag-values.ts';

/**
 * The value after one more occurrence of the flag.
 *
 * @param before the value of earlier occurrences
 */
export function readFlagValue(flag: Flag, text: string, before: FlagValue | undefined): FlagValue {
  switch (flag.kind) {
    case 'bool':
      return readBool(flag, text);
    case 'string': {
      const problem = flag.check?.(text);
      return problem === undefined ? text : refuse(flag, text, problem);
    }
    case 'int':
      return readInt(flag, text);
    case 'float32':
      return readFloat(flag, text);
    case 'duration':
      return readDuration(flag, text);
    case 'stringArray':
      return [...listOf(before), text];
    case 'strings':
      return [...listOf(before), ...(text === '' ? [] : readCommaList(flag, text))];
    case 'stringToString':
      return readMap(flag, text, before);
  }
}

function refuse(flag: Flag, text: string, problem: string): never {
  throw new CommandError(`invalid argument ${quote(text)} for ${quote(flagTitle(flag))} flag: ${problem}`);
}

function listOf(value: FlagValue | undefined): readonly string[] {
  return Array.isArray(value) ? value : [];
}

const TRUE = new Set(['1', 't', 'T', 'TRUE', 'true', 'True']);
const FALSE = new Set(['0', 'f', 'F', 'FALSE', 'false', 'False']);

/** Go's strconv.ParseBool; undefined when it is none. */
export function parseGoBool(text: string): boolean | undefined {
  if (TRUE.has(text)) return true;
  return FALSE.has(text) ? false : undefined;
}

function readBool(flag: Flag, text: string): boolean {
  return parseGoBool(text) ?? refuse(flag, text, `strconv.ParseBool: parsing ${quote(text)}: invalid syntax`);
}

function readInt(flag: Flag, text: string): number {
  const value = parseGoInt(text);
  if (value === undefined) refuse(flag, text, `strconv.ParseInt: parsing ${quote(text)}: invalid syntax`);
  if (BigInt.asIntN(64, value) !== value) {
    refuse(flag, text, `strconv.ParseInt: parsing ${quote(text)}: value out of range`);
  }
  return Number(value);
}

/** With base prefixes, and a zero in front for octal; undefined when it is no number. */
function parseGoInt(text: string): bigint | undefined {
  const match = /^([+-]?)(0[xX][\da-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|0|[1-9]\d*)$/.exec(text);
  if (match === null) return undefined;
  const digits = (match[2] ?? '').replace(/^0(?=[0-7])/, '0o');
  return match[1] === '-' ? -BigInt(digits) : BigInt(digits);
}

function readFloat(flag: Flag, text: string): number {
  if (/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text)) return Number(text);
  return refuse(flag, text, `strconv.ParseFloat: parsing ${quote(text)}: invalid syntax`);
}

function readDuration(flag: Flag, text: string): number {
  const nanoseconds = parseGoDuration(text);
  if (nanoseconds !== undefined) return Number(nanoseconds) / 1e6;
  const number = /^[+-]?(?:\d+\.?\d*|\.\d+)/.exec(text)?.[0];
  if (number === text) return refuse(flag, text, `time: missing unit in duration ${quote(text)}`);
  const unit = number === undefined ? undefined : /^[^\d.]+/.exec(text.slice(number.length))?.[0];
  if (unit !== undefined && parseGoDuration(`1${unit}`) === undefined) {
    return refuse(flag, text, `time: unknown unit ${quote(unit)} in duration ${quote(text)}`);
  }
  return refuse(flag, text, `time: invalid duration ${quote(text)}`);
}

/** A line of CSV as Go's encoding/csv reads it. */
function readCommaList(flag: Flag, text: string): string[] {
  const fields: string[] = [];
  const field = /(?:"((?:[^"]|"")*)"|([^",]*))(,|$)/y;
  for (let at = 0; at <= text.length; ) {
    field.lastIndex = at;
    const match = field.exec(text);
    if (match === null) {
      const column = text.indexOf('"', at) + 1;
      return refuse(flag, text, `parse error on line 1, column ${column}: bare " in non-quoted-field`);
    }
    fields.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '');
    at = field.lastIndex;
    if (match[3] === '') break;
  }
  return fields;
}

function readMap(flag: Flag, text: string, before: FlagValue | undefined): ReadonlyMap<string, string> {
  const values = new Map(before instanceof Map ? before : []);
  // One pair may hold commas; several are a line of CSV.
  const single = text.split('=').length - 1 === 1;
  const pairs = single ? [text.replace(/^"+|"+$/g, '')] : text === '' ? [] : readCommaList(flag, text);
  for (const pair of pairs) {
    const equals = pair.indexOf('=');
    if (equals < 0) refuse(flag, text, `${pair} must be formatted as key=value`);
    values.set(pair.slice(0, equals), pair.slice(equals + 1));
  }
  return values;
}
