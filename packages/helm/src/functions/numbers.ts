/** Sprig's arithmetic: int64 that wraps around, floats by way of decimals. */
import { fn, variadic } from '../go/define-function.ts';
import { goText } from '../go/format.ts';
import { FunctionError } from '../go/function-error.ts';
import { type GoFunction, type GoInt, type GoValue, goInt, goInt64, goSlice } from '../go/value.ts';
import { toFloat64, toInt64 } from './convert.ts';
import {
  addDecimals,
  type Decimal,
  decimalOf,
  decimalToNumber,
  divideDecimals,
  multiplyDecimals,
  subtractDecimals,
} from './decimal.ts';

/** Lists of numbers may not be longer. */
const MAX_COUNT = 10_000_000;

function untilStep(start: number, stop: number, step: number): GoInt[] {
  const numbers: GoInt[] = [];
  if (step === 0 || stop < start !== step < 0) return numbers;
  if (Math.abs((stop - start) / step) > MAX_COUNT) throw new FunctionError(`more than ${MAX_COUNT} numbers`);
  for (let n = start; step > 0 ? n < stop : n > stop; n += step) numbers.push(goInt(n));
  return numbers;
}

function seq(params: readonly number[]): string {
  const [first = 0, second = 0, third = 0] = params;
  const text = (numbers: readonly GoInt[]): string => numbers.map(goText).join(' ');
  switch (params.length) {
    case 1: {
      const step = first < 1 ? -1 : 1;
      return text(untilStep(1, first + step, step));
    }
    case 2: {
      const step = second < first ? -1 : 1;
      return text(untilStep(first, second + step, step));
    }
    case 3: {
      if (third < first && second > 0) return '';
      return text(untilStep(first, third + (third < first ? -1 : 1), second));
    }
    default:
      return '';
  }
}

function round(options: readonly number[], value: GoValue, places: number): number {
  const roundOn = options[0] ?? 0.5;
  // Powers with negative exponents aren't exact.
  const power = places < 0 ? 1 / 10 ** -places : 10 ** places;
  const digit = power * toFloat64(value);
  const fraction = digit - Math.trunc(digit);
  return (fraction >= roundOn ? Math.ceil(digit) : Math.floor(digit)) / power;
}

function divisor(value: GoValue): bigint {
  const number = toInt64(value);
  if (number === 0n) throw new FunctionError('runtime error: integer divide by zero');
  return number;
}

function decimals(operation: (a: Decimal, b: Decimal) => Decimal, first: GoValue, rest: readonly GoValue[]): number {
  let result = decimalOf(toFloat64(first));
  for (const each of rest) result = operation(result, decimalOf(toFloat64(each)));
  return decimalToNumber(result);
}

function extreme(first: GoValue, rest: readonly GoValue[], better: (a: bigint, b: bigint) => boolean): GoInt {
  return goInt64(rest.map(toInt64).reduce((best, each) => (better(each, best) ? each : best), toInt64(first)));
}

const max = variadic(['any'], 'any', (rest, first) => extreme(first, rest, (a, b) => a > b));
const OCTAL = /^[+-]?[0-7]+$/;

export const numberFunctions: Readonly<Record<string, GoFunction>> = {
  atoi: fn(['string'], (text) => (/^[+-]?\d+$/.test(text) ? goInt(inRange(BigInt(text.replace('+', '')))) : goInt(0))),
  int: fn(['any'], (value) => goInt(toInt64(value))),
  int64: fn(['any'], (value) => goInt64(toInt64(value))),
  float64: fn(['any'], toFloat64),
  toDecimal: fn(['any'], (value) => {
    const text = goText(value);
    if (!OCTAL.test(text)) return goInt64(0);
    const magnitude = BigInt(`0o${text.replace(/^[+-]/, '')}`);
    return goInt64(inRange(text.startsWith('-') ? -magnitude : magnitude));
  }),
  seq: variadic([], 'int', seq),
  until: fn(['int'], (count) => goSlice('[]int', untilStep(0, count, count < 0 ? -1 : 1))),
  untilStep: fn(['int', 'int', 'int'], (start, stop, step) => goSlice('[]int', untilStep(start, stop, step))),
  add1: fn(['any'], (value) => goInt64(toInt64(value) + 1n)),
  add: variadic([], 'any', (values) => goInt64(values.reduce((sum: bigint, each) => sum + toInt64(each), 0n))),
  sub: fn(['any', 'any'], (a, b) => goInt64(toInt64(a) - toInt64(b))),
  div: fn(['any', 'any'], (a, b) => goInt64(toInt64(a) / divisor(b))),
  mod: fn(['any', 'any'], (a, b) => goInt64(toInt64(a) % divisor(b))),
  mul: variadic(['any'], 'any', (rest, first) =>
    goInt64(rest.reduce((product: bigint, each) => BigInt.asIntN(64, product * toInt64(each)), toInt64(first))),
  ),
  add1f: fn(['any'], (value) => decimals(addDecimals, value, [1])),
  addf: variadic([], 'any', (values) => decimals(addDecimals, 0, values)),
  subf: variadic(['any'], 'any', (rest, first) => decimals(subtractDecimals, first, rest)),
  divf: variadic(['any'], 'any', (rest, first) => decimals(divideDecimals, first, rest)),
  mulf: variadic(['any'], 'any', (rest, first) => decimals(multiplyDecimals, first, rest)),
  max,
  biggest: max,
  min: variadic(['any'], 'any', (rest, first) => extreme(first, rest, (a, b) => a < b)),
  maxf: variadic(['any'], 'any', (rest, first) => Math.max(toFloat64(first), ...rest.map(toFloat64))),
  minf: variadic(['any'], 'any', (rest, first) => Math.min(toFloat64(first), ...rest.map(toFloat64))),
  ceil: fn(['any'], (value) => Math.ceil(toFloat64(value))),
  floor: fn(['any'], (value) => Math.floor(toFloat64(value))),
  round: variadic(['any', 'int'], 'float64', round),
};

function inRange(value: bigint): bigint {
  return BigInt.asIntN(64, value) === value ? value : value < 0n ? -(2n ** 63n) : 2n ** 63n - 1n;
}
