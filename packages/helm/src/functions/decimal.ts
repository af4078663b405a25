/** Decimal arithmetic for the `…f` functions, so that 0.1 + 0.2 is 0.3 (package shopspring/decimal). */
import { FunctionError } from '../go/function-error.ts';

/** coefficient · 10^exponent */
export interface Decimal {
  readonly coefficient: bigint;
  readonly exponent: number;
}

/** Places after the point that a division keeps. */
const DIVISION_PLACES = 16;

export function decimalOf(value: number): Decimal {
  if (!Number.isFinite(value)) {
    throw new FunctionError(
      `Cannot create a Decimal from ${Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf'}`,
    );
  }
  const [mantissa = '0', exponent = '0'] = value.toExponential().split('e');
  const fraction = mantissa.split('.')[1] ?? '';
  return { coefficient: BigInt(mantissa.replace('.', '')), exponent: Number(exponent) - fraction.length };
}

export function decimalToNumber({ coefficient, exponent }: Decimal): number {
  return Number(`${coefficient}e${exponent}`);
}

function aligned(a: Decimal, b: Decimal): [bigint, bigint, number] {
  const exponent = Math.min(a.exponent, b.exponent);
  return [scaled(a, exponent), scaled(b, exponent), exponent];
}

function scaled(value: Decimal, exponent: number): bigint {
  return value.coefficient * 10n ** BigInt(value.exponent - exponent);
}

export function addDecimals(a: Decimal, b: Decimal): Decimal {
  const [left, right, exponent] = aligned(a, b);
  return { coefficient: left + right, exponent };
}

export function subtractDecimals(a: Decimal, b: Decimal): Decimal {
  return addDecimals(a, { ...b, coefficient: -b.coefficient });
}

export function multiplyDecimals(a: Decimal, b: Decimal): Decimal {
  return { coefficient: a.coefficient * b.coefficient, exponent: a.exponent + b.exponent };
}

/** Rounds half away from zero. */
export function divideDecimals(a: Decimal, b: Decimal): Decimal {
  if (b.coefficient === 0n) throw new FunctionError('decimal division by 0');
  const [left, right] = aligned(a, b);
  const scaledUp = left * 10n ** BigInt(DIVISION_PLACES);
  const quotient = scaledUp / right;
  const rest = scaledUp % right;
  const twice = (rest < 0n ? -rest : rest) * 2n;
  const magnitude = right < 0n ? -right : right;
  const away = scaledUp < 0n === right < 0n ? 1n : -1n;
  return { coefficient: twice >= magnitude ? quotient + away : quotient, exponent: -DIVISION_PLACES };
}
