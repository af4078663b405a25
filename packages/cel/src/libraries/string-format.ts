/**
 * `'%s has %d'.format([name, n])`: the clauses s, d, f, e, b, o, x and X (cel-go's `ext` strings).
 */
import { lengthProblem } from '../functions/result-limit.ts';
import { plainDouble } from '../values/number-text.ts';
import { formatDurationText, formatTimestamp } from '../values/time.ts';
import {
  type ErrorValue,
  errorValue,
  isError,
  type ListValue,
  type Result,
  typeNameOf,
  type Value,
} from '../values/value.ts';

const defaultPrecision = 6;
const maxPrecision = 1000;
const CLAUSE = /%(?:\.(\d+))?(.)?/gsu;

/** The text with each clause replaced by its argument. */
export function formatString(format: string, { items }: ListValue): Result {
  let out = '';
  let from = 0;
  let next = 0;
  for (const match of format.matchAll(CLAUSE)) {
    const [clause, precision, verb] = match;
    out += format.slice(from, match.index);
    from = match.index + clause.length;
    if (clause === '%%') {
      out += '%';
      continue;
    }
    if (verb === undefined) return errorValue('could not parse formatting clause: unexpected end of string');
    const formatted = formatClause(verb, precision, items[next], next);
    if (typeof formatted !== 'string') return formatted;
    const problem = lengthProblem(out.length + formatted.length);
    if (problem !== undefined) return problem;
    out += formatted;
    next++;
  }
  return out + format.slice(from);
}

function formatClause(
  verb: string,
  precision: string | undefined,
  value: Value | undefined,
  index: number,
): string | ErrorValue {
  const format = clauses[verb];
  if (format === undefined)
    return errorValue(`could not parse formatting clause: unrecognized formatting clause "${verb}"`);
  const digits = precision === undefined ? defaultPrecision : Number(precision);
  if (digits > maxPrecision) return errorValue(`could not parse formatting clause: precision ${digits} is too large`);
  if (value === undefined) return errorValue(`index ${index} out of range`);
  const text = format(value, digits);
  return isError(text) ? errorValue(`error during formatting: ${text.message}`) : text;
}

type Clause = (value: Value, precision: number) => string | ErrorValue;

const clauses: Readonly<Record<string, Clause>> = {
  s: stringClause,
  d: decimalClause,
  f: (value, precision) => realClause(value, 'fixed-point', (number) => fixed(number, precision)),
  e: (value, precision) => realClause(value, 'scientific', (number) => scientific(number, precision)),
  b: binaryClause,
  o: octalClause,
  x: (value) => hexClause(value),
  X: (value) => upper(hexClause(value)),
};

function given(clause: string, value: Value): ErrorValue {
  return errorValue(`${clause}, was given ${typeNameOf(value)}`);
}

function stringClause(value: Value): string | ErrorValue {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return special(value) ?? plainDouble(value);
  if (typeof value !== 'object' || value === null) return String(value);
  switch (value.kind) {
    case 'uint':
      return String(value.value);
    case 'bytes':
      return Buffer.from(value.bytes).toString('utf8');
    case 'timestamp':
      return formatTimestamp(value);
    case 'duration':
      return formatDurationText(value);
    case 'type':
      return value.name;
    case 'list':
      return joined(value.items.map(stringClause), '[', ']');
    case 'map':
      if (value.typeName !== undefined) break;
      return joined(
        mapEntries(value.keys(), (key) => value.get(key) ?? null),
        '{',
        '}',
      );
    default:
  }
  return given(
    'string clause can only be used on strings, bools, bytes, ints, doubles, maps, lists, types, durations, and timestamps',
    value,
  );
}

/** Entries in the order of their keys' texts. */
function mapEntries(keys: readonly Value[], valueOf: (key: Value) => Value): (string | ErrorValue)[] {
  const entries = keys.map((key): { key: string; text: string | ErrorValue } => {
    const name = stringClause(key);
    return typeof name === 'string' ? { key: name, text: stringClause(valueOf(key)) } : { key: '', text: name };
  });
  return entries
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ key, text }) => (typeof text === 'string' ? `${key}: ${text}` : text));
}

function joined(parts: readonly (string | ErrorValue)[], open: string, close: string): string | ErrorValue {
  const texts: string[] = [];
  for (const part of parts) {
    if (typeof part !== 'string') return part;
    texts.push(part);
  }
  return `${open}${texts.join(', ')}${close}`;
}

function integerOf(value: Value): bigint | undefined {
  if (typeof value === 'bigint') return value;
  return typeof value === 'object' && value?.kind === 'uint' ? value.value : undefined;
}

function decimalClause(value: Value): string | ErrorValue {
  if (typeof value === 'number') return special(value) ?? plainDouble(value);
  const integer = integerOf(value);
  return integer?.toString() ?? given('decimal clause can only be used on ints, uints, and doubles', value);
}

function special(value: number): string | undefined {
  if (Number.isNaN(value)) return 'NaN';
  if (Number.isFinite(value)) return undefined;
  return value > 0 ? 'Infinity' : '-Infinity';
}

function realClause(value: Value, name: string, format: (value: number) => string): string | ErrorValue {
  const number = typeof value === 'number' ? value : integerOf(value);
  if (number === undefined) return given(`${name} clause can only be used on ints, uints, and doubles`, value);
  const double = Number(number);
  return special(double) ?? format(double);
}

/** Halves go to the even neighbour, as in Go. */
function fixed(value: number, precision: number): string {
  const digits = Math.min(precision, 100);
  const text = value.toFixed(digits);
  const exact = value.toFixed(Math.min(digits + 30, 100));
  const rest = exact.slice(exact.indexOf('.') + 1 + digits);
  if (!/^50*$/.test(rest) || Number(text.at(-1)) % 2 === 0) return text;
  const cut = exact.slice(0, exact.indexOf('.') + (digits === 0 ? 0 : 1 + digits));
  return Number(cut.at(-1)) % 2 === 0 ? cut : text;
}

function scientific(value: number, precision: number): string {
  const [digits = '', exponent = '+0'] = value.toExponential(Math.min(precision, 100)).split('e');
  return `${digits}e${exponent.charAt(0)}${exponent.slice(1).padStart(2, '0')}`;
}

function binaryClause(value: Value): string | ErrorValue {
  if (typeof value === 'boolean') return value ? '1' : '0';
  return integerOf(value)?.toString(2) ?? given('only ints, uints, and bools can be formatted as binary', value);
}

function octalClause(value: Value): string | ErrorValue {
  return integerOf(value)?.toString(8) ?? given('octal clause can only be used on ints and uints', value);
}

function hexClause(value: Value): string | ErrorValue {
  if (typeof value === 'string') return Buffer.from(value, 'utf8').toString('hex');
  if (typeof value === 'object' && value?.kind === 'bytes') return Buffer.from(value.bytes).toString('hex');
  return integerOf(value)?.toString(16) ?? given('only ints, uints, bytes, and strings can be formatted as hex', value);
}

function upper(text: string | ErrorValue): string | ErrorValue {
  return isError(text) ? text : text.toUpperCase();
}
