/**
 * How Go's fmt writes one text, number or boolean: flags, width and precision of a directive (the file format.go of package
 * fmt). Which of these a value is written by, `format-value.ts` decides.
 */
import { toBytes } from './bytes.ts';
import { formatFloat, hexFloat, powerFloat } from './number-text.ts';
import { isPrintable, quote, quoteRune } from './quote.ts';

/** A directive: the letter and what stood between it and the percent sign. */
export interface Spec {
  readonly verb: string;
  readonly plus: boolean;
  readonly minus: boolean;
  readonly sharp: boolean;
  readonly space: boolean;
  readonly zero: boolean;
  readonly width: number | undefined;
  readonly precision: number | undefined;
}

/** Pads to the width, counted in characters. Go pads strings with zeros too when asked. */
export function pad(text: string, spec: Spec): string {
  if (spec.width === undefined) return text;
  const missing = spec.width - Array.from(text).length;
  if (missing <= 0) return text;
  return spec.minus ? text + padding(missing, spec) : padding(missing, spec) + text;
}

function padding(count: number, { zero, minus }: Spec): string {
  return (zero && !minus ? '0' : ' ').repeat(Math.max(0, count));
}

/** Numbers have their zeros already, or don't want any. */
function padPlain(text: string, spec: Spec): string {
  return pad(text, { ...spec, zero: false });
}

export function plainString(text: string, spec: Spec): string {
  return pad(truncated(text, spec), spec);
}

function truncated(text: string, { precision }: Spec): string {
  return precision === undefined ? text : Array.from(text).slice(0, precision).join('');
}

export function quotedString(text: string, spec: Spec): string {
  const cut = truncated(text, spec);
  // oxlint-disable-next-line no-control-regex -- what a raw string literal can't hold
  const isRaw = spec.sharp && !/[`\x00-\x08\x0a-\x1f\x7f\ufeff\udc80-\udcff]/.test(cut);
  return pad(isRaw ? `\`${cut}\`` : quote(cut, spec.plus), spec);
}

export function hexString(text: string, spec: Spec): string {
  const bytes = [...toBytes(text)].slice(0, spec.precision);
  const digits = bytes.map((byte) => byte.toString(16).padStart(2, '0'));
  if (digits.length === 0) return padding(spec.width ?? 0, spec);
  const prefix = spec.sharp ? '0x' : '';
  const joined = spec.space ? digits.map((each) => prefix + each).join(' ') : prefix + digits.join('');
  return pad(spec.verb === 'X' ? joined.toUpperCase() : joined, spec);
}

const BASES: Readonly<Record<string, number>> = { b: 2, o: 8, O: 8, x: 16, X: 16 };
const PREFIXES: Readonly<Record<string, string>> = { b: '0b', o: '0', O: '0', x: '0x', X: '0X' };

/** In the base that the verb stands for; 10 for those that stand for none. */
export function integer(value: bigint, spec: Spec): string {
  const { verb, precision, width } = spec;
  const magnitude = value < 0n ? -value : value;
  if (precision === 0 && magnitude === 0n) return ' '.repeat(width ?? 0);
  const sign = value < 0n ? '-' : spec.plus ? '+' : spec.space ? ' ' : '';
  let digits = magnitude.toString(BASES[verb] ?? 10);
  if (verb === 'X') digits = digits.toUpperCase();
  const isZeroPadded = precision === undefined && spec.zero && !spec.minus && width !== undefined;
  digits = digits.padStart(precision ?? (isZeroPadded ? width - sign.length : 0), '0');
  const prefix = spec.sharp ? (PREFIXES[verb] ?? '') : '';
  const base = prefix === '0' && digits.startsWith('0') ? '' : prefix;
  return padPlain(`${sign}${verb === 'O' ? '0o' : ''}${base}${digits}`, spec);
}

export function character(value: bigint, spec: Spec): string {
  return pad(String.fromCodePoint(codePoint(value)), spec);
}

export function quotedCharacter(value: bigint, spec: Spec): string {
  return pad(quoteRune(codePoint(value), spec.plus), spec);
}

/** What is no character becomes the one that stands for such. */
function codePoint(value: bigint): number {
  const isCharacter = value >= 0n && value <= 0x10ffffn && !(value >= 0xd800n && value <= 0xdfffn);
  return isCharacter ? Number(value) : 0xfffd;
}

export function unicode(value: bigint, spec: Spec): string {
  const unsigned = BigInt.asUintN(64, value);
  const digits = unsigned.toString(16).toUpperCase();
  const shown = unsigned <= 0x10ffffn ? String.fromCodePoint(Number(unsigned)) : '';
  const text = `U+${digits.padStart(Math.max(4, spec.precision ?? 0), '0')}`;
  return padPlain(spec.sharp && isPrintable(shown) ? `${text} '${shown}'` : text, spec);
}

/** @param verb one of `b e f g x`, in either case */
export function float(value: number, verb: string, spec: Spec): string {
  const letter = verb.toLowerCase();
  const precision = spec.precision ?? ('ef'.includes(letter) ? 6 : undefined);
  let text = floatDigits(Math.abs(value), letter, precision);
  if (verb !== letter && verb !== 'F') text = text.toUpperCase();
  const isNegative = value < 0 || Object.is(value, -0);
  if (!Number.isFinite(value)) return notFinite(value, spec);
  if (spec.sharp && letter !== 'b') text = withPoint(text, verb, precision);
  const sign = isNegative ? '-' : spec.plus ? '+' : spec.space ? ' ' : '';
  const isZeroPadded = spec.zero && !spec.minus && spec.width !== undefined;
  if (!isZeroPadded) return pad(sign + text, spec);
  return sign + text.padStart(spec.width - sign.length, '0');
}

function floatDigits(magnitude: number, letter: string, precision: number | undefined): string {
  if (letter === 'x') return hexFloat(magnitude, precision);
  if (letter === 'b') return powerFloat(magnitude);
  return formatFloat(magnitude, letter === 'e' || letter === 'f' ? letter : 'g', precision);
}

function notFinite(value: number, spec: Spec): string {
  const sign = value < 0 ? '-' : spec.plus ? '+' : spec.space ? ' ' : '';
  const text = Number.isNaN(value) ? 'NaN' : 'Inf';
  return padPlain(Number.isNaN(value) || sign !== '' ? sign + text : `+${text}`, spec);
}

/** `%#g` and its kin: always a point, and for `g` all the digits that the precision asks for. */
function withPoint(text: string, verb: string, precision: number | undefined): string {
  const at = text.search(verb === 'x' || verb === 'X' ? /p/i : /e/i);
  const [number, tail] = at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at)];
  const significant = number.replace('.', '').replace(/^0+/, '').length;
  const wanted = 'gGx'.includes(verb) ? (precision ?? 6) : 0;
  const isZero = number === '0';
  const missing = wanted - significant - (isZero ? 1 : 0);
  return `${number}${number.includes('.') ? '' : '.'}${'0'.repeat(Math.max(0, missing))}${tail}`;
}
