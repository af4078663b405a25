/** Floating point numbers as text the way Go's strconv.FormatFloat writes them. */

interface Decimal {
  readonly negative: boolean;
  /** Digits without the point. */
  readonly digits: string;
  /** Decimal exponent of the first digit: 1.5 has 0, 15 has 1. */
  readonly exponent: number;
}

/** Shortest text that reads back as the number; `%v` of a float64. Exponent form below 1e-4 and from 1e6 (or 10^limit). */
export function floatText(value: number, limit = 6): string {
  const special = notFinite(value);
  if (special !== undefined) return special;
  const decimal = shortest(value);
  return decimal.exponent < -4 || decimal.exponent >= limit ? exponentForm(decimal) : plainForm(decimal);
}

/** Go's `%e`, `%f` and `%g` with a precision (`undefined`: as many digits as needed). */
export function formatFloat(value: number, verb: 'e' | 'f' | 'g', precision: number | undefined): string {
  const special = notFinite(value);
  if (special !== undefined) return special;
  if (precision === undefined) {
    if (verb === 'g') return floatText(value);
    return verb === 'f' ? plainForm(shortest(value)) : exponentForm(shortest(value));
  }
  const exact = exactDecimal(value);
  if (verb === 'e') return exponentForm(rounded(exact, precision + 1));
  if (verb === 'f') return withPlaces(rounded(exact, exact.exponent + 1 + precision), precision);
  const significant = precision === 0 ? 1 : precision;
  const decimal = rounded(exact, significant);
  const trimmed = { ...decimal, digits: decimal.digits.replace(/0+$/, '') || '0' };
  return decimal.exponent < -4 || decimal.exponent >= significant ? exponentForm(trimmed) : plainForm(trimmed);
}

/** Every digit of an integer; of other numbers as many as JS gives, which is more than enough. */
function exactDecimal(value: number): Decimal {
  const magnitude = Math.abs(value);
  if (magnitude < 2 ** 64) return parse(magnitude.toExponential(MOST_DIGITS), value);
  const digits = BigInt(magnitude).toString();
  return { negative: value < 0, digits, exponent: digits.length - 1 };
}

/** As many digits as JS gives. */
const MOST_DIGITS = 100;

function sign(value: number): string {
  return value < 0 || Object.is(value, -0) ? '-' : '';
}

/** Cuts to a number of digits; a half goes to the even neighbour, as Go rounds and JS doesn't. */
function rounded(decimal: Decimal, count: number): Decimal {
  if (count < 0) return { ...decimal, digits: '0', exponent: 0 };
  if (count >= decimal.digits.length) return { ...decimal, digits: decimal.digits.padEnd(count, '0') };
  const kept = decimal.digits.slice(0, count);
  const rest = decimal.digits.slice(count);
  const isOdd = Number(kept.at(-1) ?? '0') % 2 === 1;
  const isHalf = /^50*$/.test(rest);
  const up = isHalf ? isOdd : rest >= '5';
  if (!up) return { ...decimal, digits: kept };
  const raised = (BigInt(kept === '' ? '0' : kept) + 1n).toString().padStart(kept.length, '0');
  return raised.length > kept.length
    ? { ...decimal, digits: raised.slice(0, Math.max(1, count)), exponent: decimal.exponent + 1 }
    : { ...decimal, digits: raised };
}

/** Always so many digits after the point. */
function withPlaces(decimal: Decimal, places: number): string {
  const text = plainForm(decimal.digits === '' ? { ...decimal, digits: '0', exponent: 0 } : decimal);
  if (places === 0) return text.replace(/\..*$/, '');
  const [whole = '0', fraction = ''] = text.split('.');
  return `${whole}.${fraction.padEnd(places, '0').slice(0, places)}`;
}

function notFinite(value: number): string | undefined {
  if (Number.isNaN(value)) return 'NaN';
  if (value === Infinity) return '+Inf';
  return value === -Infinity ? '-Inf' : undefined;
}

function shortest(value: number): Decimal {
  return parse(Math.abs(value).toExponential(), value);
}

function parse(exponential: string, value: number): Decimal {
  const [mantissa = '0', exponent = '0'] = exponential.split('e');
  return { negative: sign(value) === '-', digits: mantissa.replace('.', ''), exponent: Number(exponent) };
}

function exponentForm({ negative, digits, exponent }: Decimal): string {
  const fraction = digits.slice(1);
  return twoDigits(
    `${negative ? '-' : ''}${digits[0]}${fraction === '' ? '' : `.${fraction}`}e${exponent < 0 ? '-' : '+'}${Math.abs(exponent)}`,
  );
}

function twoDigits(text: string): string {
  return text.replace(/e([+-])(\d)$/, 'e$10$2');
}

function plainForm({ negative, digits, exponent }: Decimal): string {
  const minus = negative ? '-' : '';
  if (exponent < 0) return `${minus}0.${'0'.repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, '0');
  const fraction = digits.slice(exponent + 1);
  return `${minus}${whole}${fraction === '' ? '' : `.${fraction}`}`;
}

/** `0x1.8p+01`: the bits of the number, which `%x` shows; rounded to so many digits after the point if asked. */
export function hexFloat(value: number, precision?: number): string {
  if (!Number.isFinite(value)) return floatText(value);
  const { mantissa, exponent } = bitsOf(value);
  if (mantissa === 0n) return `${sign(value)}0x0${fraction('', precision)}p+00`;
  // One digit before the point, so many after it.
  let shifted = mantissa << BigInt(53 - mantissa.toString(2).length);
  let power = exponent + 52 - (53 - mantissa.toString(2).length);
  if (precision !== undefined && precision < 13) {
    const unit = 1n << BigInt(52 - 4 * precision);
    const rest = shifted % unit;
    const isUp = rest * 2n > unit || (rest * 2n === unit && (shifted / unit) % 2n === 1n);
    shifted += (isUp ? unit : 0n) - rest;
    if (shifted >= 1n << 53n) {
      shifted >>= 1n;
      power++;
    }
  }
  const digits = (shifted & 0xfffffffffffffn).toString(16).padStart(13, '0').replace(/0+$/, '');
  const sized = `${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
  return `${sign(value)}0x1${fraction(digits, precision)}p${sized}`;
}

function fraction(digits: string, precision: number | undefined): string {
  const shown = precision === undefined ? digits : digits.padEnd(precision, '0').slice(0, precision);
  return shown === '' ? '' : `.${shown}`;
}

/** `4503599627370496p-52`: the integer and the power of two that make it, which `%b` shows. */
export function powerFloat(value: number): string {
  if (!Number.isFinite(value)) return floatText(value);
  const { mantissa, exponent } = bitsOf(value);
  return `${sign(value)}${mantissa}p${exponent < 0 ? '-' : '+'}${Math.abs(exponent)}`;
}

/** The number is mantissa times two to the exponent. */
function bitsOf(value: number): { readonly mantissa: bigint; readonly exponent: number } {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, Math.abs(value));
  const bits = view.getBigUint64(0);
  const exponent = Number(bits >> 52n);
  const low = bits & 0xfffffffffffffn;
  return exponent === 0
    ? { mantissa: low, exponent: -1074 }
    : { mantissa: low | 0x10000000000000n, exponent: exponent - 1075 };
}
