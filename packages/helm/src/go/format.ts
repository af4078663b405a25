/**
 * Go's fmt package: Sprint, Sprintln and Sprintf with all verbs and flags, and its notes about wrong arguments
 * (`%!d(string=x)`). See the documentation of package fmt.
 */
import type { Spec } from './format-text.ts';
import { formatValue } from './format-value.ts';
import { floatText } from './number-text.ts';
import { type GoValue, isInt, typeName } from './value.ts';

const PLAIN: Spec = {
  verb: 'v',
  plus: false,
  minus: false,
  sharp: false,
  space: false,
  zero: false,
  width: undefined,
  precision: undefined,
};

/** The value as `%v` prints it. */
export function goText(value: GoValue): string {
  if (typeof value === 'string') return value;
  return typeof value === 'number' ? floatText(value) : formatValue(value, PLAIN);
}

/** fmt.Sprint: spaces only between operands of which neither is a string. */
export function sprint(args: readonly GoValue[]): string {
  let out = '';
  args.forEach((arg, index) => {
    if (index > 0 && typeof arg !== 'string' && typeof args[index - 1] !== 'string') out += ' ';
    out += goText(arg);
  });
  return out;
}

/** fmt.Sprintln: spaces between all operands, and a newline. */
export function sprintln(args: readonly GoValue[]): string {
  return `${args.map(goText).join(' ')}\n`;
}

interface Cursor {
  at: number;
  argument: number;
  /** Some directive chose its argument itself: then none is called superfluous. */
  reordered: boolean;
  badIndex: boolean;
}

/** fmt.Sprintf. */
export function sprintf(format: string, args: readonly GoValue[]): string {
  let out = '';
  const cursor: Cursor = { at: 0, argument: 0, reordered: false, badIndex: false };
  while (cursor.at < format.length) {
    const percent = format.indexOf('%', cursor.at);
    if (percent < 0) {
      out += format.slice(cursor.at);
      break;
    }
    out += format.slice(cursor.at, percent);
    cursor.at = percent + 1;
    out += formatDirective(format, args, cursor);
  }
  if (!cursor.reordered && cursor.argument < args.length) out += extra(args.slice(cursor.argument));
  return out;
}

function extra(args: readonly GoValue[]): string {
  const notes = args.map((arg) => (arg === null || arg === undefined ? '<nil>' : `${typeName(arg)}=${goText(arg)}`));
  return `%!(EXTRA ${notes.join(', ')})`;
}

function formatDirective(format: string, args: readonly GoValue[], cursor: Cursor): string {
  const spec: { -readonly [K in keyof Spec]: Spec[K] } = { ...PLAIN };
  readFlags(format, cursor, spec);
  cursor.badIndex = false;
  let afterIndex = readIndex(format, cursor, args.length);
  let notes = '';
  if (format[cursor.at] === '*') {
    cursor.at++;
    const width = starArgument(args, cursor);
    if (width === undefined) notes += '%!(BADWIDTH)';
    else setWidth(spec, width);
    afterIndex = false;
  } else {
    const width = readNumber(format, cursor);
    if (width !== undefined) {
      spec.width = width;
      // "%[3]2d"
      if (afterIndex) cursor.badIndex = true;
    }
  }
  if (format[cursor.at] === '.') {
    cursor.at++;
    if (afterIndex) cursor.badIndex = true;
    afterIndex = readIndex(format, cursor, args.length);
    if (format[cursor.at] === '*') {
      cursor.at++;
      const precision = starArgument(args, cursor);
      if (precision === undefined || precision < 0) {
        if (precision === undefined) notes += '%!(BADPREC)';
      } else spec.precision = precision;
      afterIndex = false;
    } else {
      spec.precision = readNumber(format, cursor) ?? 0;
    }
  }
  if (!afterIndex) readIndex(format, cursor, args.length);
  const code = format.codePointAt(cursor.at);
  if (code === undefined) return `${notes}%!(NOVERB)`;
  spec.verb = String.fromCodePoint(code);
  cursor.at += spec.verb.length;
  return notes + formatVerb(spec, args, cursor);
}

function formatVerb(spec: Spec, args: readonly GoValue[], cursor: Cursor): string {
  if (spec.verb === '%') return '%';
  if (cursor.badIndex) return `%!${spec.verb}(BADINDEX)`;
  if (cursor.argument >= args.length) return `%!${spec.verb}(MISSING)`;
  const value = args[cursor.argument++];
  return formatValue(value, spec);
}

function readFlags(format: string, cursor: Cursor, spec: { -readonly [K in keyof Spec]: Spec[K] }): void {
  for (; cursor.at < format.length; cursor.at++) {
    const flag = format[cursor.at];
    if (flag === '#') spec.sharp = true;
    else if (flag === '0') spec.zero = !spec.minus;
    else if (flag === '+') spec.plus = true;
    else if (flag === '-') {
      spec.minus = true;
      spec.zero = false;
    } else if (flag === ' ') spec.space = true;
    else return;
  }
}

function setWidth(spec: { -readonly [K in keyof Spec]: Spec[K] }, width: number): void {
  spec.width = Math.abs(width);
  if (width < 0) {
    spec.minus = true;
    spec.zero = false;
  }
}

const MAX_WIDTH = 1_000_000;

function readNumber(format: string, cursor: Cursor): number | undefined {
  const digits = /^\d+/.exec(format.slice(cursor.at, cursor.at + 12))?.[0];
  if (digits === undefined) return undefined;
  cursor.at += digits.length;
  return Number(digits) > MAX_WIDTH ? undefined : Number(digits);
}

function starArgument(args: readonly GoValue[], cursor: Cursor): number | undefined {
  const value = args[cursor.argument];
  if (cursor.argument < args.length) cursor.argument++;
  if (value === undefined || !isInt(value)) return undefined;
  const number = Number(value.value);
  return Math.abs(number) > MAX_WIDTH ? undefined : number;
}

/** Reads `[2]`; true when there was one. */
function readIndex(format: string, cursor: Cursor, count: number): boolean {
  if (format[cursor.at] !== '[') return false;
  cursor.reordered = true;
  const close = format.indexOf(']', cursor.at);
  const digits = close < 0 ? '' : format.slice(cursor.at + 1, close);
  cursor.at = close < 0 ? cursor.at + 1 : close + 1;
  const index = /^\d+$/.test(digits) ? Number(digits) - 1 : -1;
  if (index < 0 || index >= count) {
    cursor.badIndex = true;
    return close >= 0 && /^\d+$/.test(digits);
  }
  cursor.argument = index;
  return true;
}
