/**
 * Resource quantities: `500m`, `1.5Gi`, `1e3` (`k8s.io/apimachinery/pkg/api/resource`).
 *
 * A quantity is an exact number of billionths and the family of suffixes that it was written with. Finer parts are
 * rounded away from zero; magnitudes beyond 2^63-1 are cut to that, both as upstream.
 */
import { DecodeError } from '../codec/decode-error.ts';

export type QuantityFormat = 'DecimalSI' | 'BinarySI' | 'DecimalExponent';

export interface Quantity {
  /** The value in billionths. */
  readonly nano: bigint;
  readonly format: QuantityFormat;
}

const NANO_PER_UNIT = 1_000_000_000n;
const MAX_NANO = (2n ** 63n - 1n) * NANO_PER_UNIT;
const SYNTAX = /^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$/;
const NUMBER = /^([+-]?)(\d*)(?:\.(\d*))?$/;
const EXPONENT = /^[eE]([+-]?\d{1,4})$/;
const DECIMAL_SUFFIXES: Readonly<Record<string, number>> = {
  n: -9,
  u: -6,
  m: -3,
  '': 0,
  k: 3,
  M: 6,
  G: 9,
  T: 12,
  P: 15,
  E: 18,
};
const BINARY_SUFFIXES = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];

/** Reads a quantity; bare numbers are taken as well. Throws DecodeError in upstream's words. */
export function parseQuantity(text: string | number | bigint): Quantity {
  const [, number = '', suffix = ''] = SYNTAX.exec(String(text)) ?? [];
  if (number === '') throw new DecodeError(`quantities must match the regular expression '${SYNTAX.source}'`);
  const [, sign, whole = '', fraction = ''] = NUMBER.exec(number) ?? [];
  if (whole + fraction === '') throw new DecodeError('unable to parse numeric part of quantity');
  const { base, exponent, format } = parseSuffix(suffix);
  const digits = BigInt(whole + fraction);
  const numerator = digits * NANO_PER_UNIT * (base === 2 ? 2n ** BigInt(exponent) : power10(exponent));
  const denominator = power10(fraction.length) * (base === 10 ? power10(-exponent) : 1n);
  const magnitude = minimum((numerator + denominator - 1n) / denominator, MAX_NANO);
  return { nano: sign === '-' ? -magnitude : magnitude, format };
}

/** True when the text is a quantity. */
export function isQuantity(text: string | number | bigint): boolean {
  try {
    parseQuantity(text);
    return true;
  } catch (error) {
    if (error instanceof DecodeError) return false;
    throw error;
  }
}

function parseSuffix(suffix: string): { base: 2 | 10; exponent: number; format: QuantityFormat } {
  const decimal = DECIMAL_SUFFIXES[suffix];
  if (decimal !== undefined) return { base: 10, exponent: decimal, format: 'DecimalSI' };
  const binary = BINARY_SUFFIXES.indexOf(suffix);
  if (binary > 0) return { base: 2, exponent: binary * 10, format: 'BinarySI' };
  const exponent = EXPONENT.exec(suffix)?.[1];
  if (exponent === undefined) throw new DecodeError("unable to parse quantity's suffix");
  return { base: 10, exponent: Number(exponent), format: 'DecimalExponent' };
}

/** 10 to the power of `exponent`; 1 for negative ones. */
function power10(exponent: number): bigint {
  return exponent > 0 ? 10n ** BigInt(exponent) : 1n;
}

function minimum(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

/** The canonical text: no fraction, the largest suffix that leaves an integer. `0.5Gi` → `512Mi`, `1000m` → `1`. */
export function formatQuantity({ nano, format }: Quantity): string {
  if (nano === 0n) return '0';
  const isWhole = nano % NANO_PER_UNIT === 0n;
  const isSmall = absolute(nano) < 1024n * NANO_PER_UNIT;
  if (format === 'BinarySI' && isWhole && !isSmall) return formatBinary(nano / NANO_PER_UNIT);
  return formatDecimal(nano, format === 'DecimalExponent');
}

function formatBinary(value: bigint): string {
  let rest = value;
  let step = 0;
  while (rest % 1024n === 0n && step < BINARY_SUFFIXES.length - 1) {
    rest /= 1024n;
    step++;
  }
  return `${rest}${BINARY_SUFFIXES[step]}`;
}

function formatDecimal(nano: bigint, asExponent: boolean): string {
  let rest = nano;
  let exponent = -9;
  while (rest % 1000n === 0n && exponent < 18) {
    rest /= 1000n;
    exponent += 3;
  }
  if (asExponent) return exponent === 0 ? `${rest}` : `${rest}e${exponent}`;
  const suffix = Object.keys(DECIMAL_SUFFIXES).find((name) => DECIMAL_SUFFIXES[name] === exponent);
  return `${rest}${suffix}`;
}

function absolute(value: bigint): bigint {
  return value < 0n ? -value : value;
}

/** Negative when `a` is less, positive when it is more. */
export function compareQuantities(a: Quantity, b: Quantity): number {
  return a.nano < b.nano ? -1 : a.nano > b.nano ? 1 : 0;
}

/** The sum, in the format of `a` unless `a` is zero. */
export function addQuantities(a: Quantity, b: Quantity): Quantity {
  return { nano: a.nano + b.nano, format: a.nano === 0n ? b.format : a.format };
}

/** The difference, in the format of `a` unless `a` is zero. */
export function subtractQuantities(a: Quantity, b: Quantity): Quantity {
  return { nano: a.nano - b.nano, format: a.nano === 0n ? b.format : a.format };
}

/** The value as an integer, rounded up: bytes, or whole CPUs. */
export function quantityValue({ nano }: Quantity): number {
  return Number(divideUp(nano, NANO_PER_UNIT));
}

/** The value in thousandths, rounded up: millicores. */
export function milliValue({ nano }: Quantity): number {
  return Number(divideUp(nano, 1_000_000n));
}

function divideUp(value: bigint, divisor: bigint): bigint {
  const quotient = value / divisor;
  return value > 0n && value % divisor !== 0n ? quotient + 1n : quotient;
}

/** A whole number of units: bytes with `BinarySI`, counts with `DecimalSI`. */
export function quantityOf(value: number | bigint, format: QuantityFormat = 'DecimalSI'): Quantity {
  return { nano: BigInt(value) * NANO_PER_UNIT, format };
}

/** A whole number of thousandths, as of CPUs. */
export function milliQuantityOf(value: number | bigint): Quantity {
  return { nano: BigInt(value) * 1_000_000n, format: 'DecimalSI' };
}
