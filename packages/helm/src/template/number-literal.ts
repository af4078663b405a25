/** Number literals of templates: Go's integers, floats and characters. Complex numbers aren't supported. */
import { unquote } from '../go/quote.ts';
import type { NumberLiteral } from './node.ts';

/** Undefined when the text is no number. */
export function parseNumber(text: string): NumberLiteral | undefined {
  if (text.startsWith("'")) return parseRune(text);
  const int = parseInteger(text);
  if (int !== undefined) return inRange(int) ? { int, float: Number(int), isInt: true } : undefined;
  // What looks like an integer and is none isn't a float either: 08.
  if (!/[.eEpP]/.test(text)) return undefined;
  const float = parseFloat64(text);
  if (float === undefined) return undefined;
  const isWhole = Number.isInteger(float) && Math.abs(float) < 2 ** 63;
  return { int: isWhole ? BigInt(float) : undefined, float, isInt: false };
}

function parseRune(text: string): NumberLiteral | undefined {
  const value = unquote(text);
  if (value === undefined || Array.from(value).length !== 1) return undefined;
  const code = value.codePointAt(0) ?? 0;
  return { int: BigInt(code), float: code, isInt: true };
}

const INTEGER =
  /^([+-]?)(0[xX]_?[0-9a-fA-F](?:_?[0-9a-fA-F])*|0[bB]_?[01](?:_?[01])*|0[oO]?_?[0-7](?:_?[0-7])*|0|[1-9](?:_?\d)*)$/;

/** Go's strconv.ParseInt with base 0; undefined for anything that is no integer. May be out of range. */
export function parseInteger(text: string): bigint | undefined {
  const match = INTEGER.exec(text);
  if (match === null) return undefined;
  const digits = (match[2] ?? '').replaceAll('_', '').toLowerCase();
  const magnitude = BigInt(/^0[0-7]/.test(digits) ? `0o${digits.slice(1)}` : digits);
  return match[1] === '-' ? -magnitude : magnitude;
}

function inRange(value: bigint): boolean {
  return BigInt.asIntN(64, value) === value;
}

const FLOAT = /^[+-]?(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d+)?$/;
const HEX_FLOAT = /^([+-]?)0[xX]([0-9a-fA-F_]*)\.?([0-9a-fA-F_]*)[pP]([+-]?\d+)$/;

function parseFloat64(text: string): number | undefined {
  const hex = HEX_FLOAT.exec(text);
  if (hex !== null) {
    const [, sign, whole = '', fraction = '', exponent] = hex;
    const digits = (whole + fraction).replaceAll('_', '');
    const value = Number(`0x${digits}`) * 2 ** (Number(exponent) - 4 * fraction.replaceAll('_', '').length);
    return sign === '-' ? -value : value;
  }
  if (!FLOAT.test(text)) return undefined;
  const value = Number(text.replaceAll('_', ''));
  return Number.isFinite(value) ? value : undefined;
}
