/** Exact decimal numbers, so that 0.3 is a multiple of 0.1 and large integers compare digit by digit. */

/** `digits` × 10^`exponent`; digits don't end with a zero, unless they are zero. */
export interface Decimal {
  readonly digits: bigint;
  readonly exponent: number;
}

/** Larger exponents would make numbers of many megabytes. */
const MAX_EXPONENT = 10_000;

/** Undefined when the text is no decimal number, or one of a size that nobody can mean. */
export function parseDecimal(text: string): Decimal | undefined {
  const [, sign, whole = '', fraction = '', power = '0'] =
    /^([-+]?)(\d+)(?:\.(\d*))?(?:[eE]([-+]?\d+))?$/.exec(text) ?? [];
  if (sign === undefined) return undefined;
  const significant = (whole + fraction).replace(/^0+(?=\d)/, '');
  const trimmed = significant.replace(/(?<=\d)0+$/, '');
  const exponent = Number(power) - fraction.length + (significant.length - trimmed.length);
  if (trimmed === '0') return { digits: 0n, exponent: 0 };
  if (Math.abs(exponent) > MAX_EXPONENT) return undefined;
  return { digits: BigInt(sign + trimmed), exponent };
}

/** Negative when `a` is the smaller one. */
export function compareDecimals(a: Decimal, b: Decimal): number {
  const [left, right] = atOneScale(a, b);
  return left === right ? 0 : left < right ? -1 : 1;
}

export function isInteger({ exponent }: Decimal): boolean {
  return exponent >= 0;
}

/** Whether the quotient is an integer; nothing is a multiple of zero. */
export function isMultipleOf(value: Decimal, divisor: Decimal): boolean {
  const [left, right] = atOneScale(value, divisor);
  return right !== 0n && left % right === 0n;
}

export function toNumber({ digits, exponent }: Decimal): number {
  return Number(`${digits}e${exponent}`);
}

function atOneScale(a: Decimal, b: Decimal): [bigint, bigint] {
  const scale = Math.min(a.exponent, b.exponent);
  return [a.digits * 10n ** BigInt(a.exponent - scale), b.digits * 10n ** BigInt(b.exponent - scale)];
}
