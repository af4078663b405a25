/**
 * `math.greatest`, `math.ceil`, `math.bitAnd` and so on (cel-go's `ext` math).
 */
import { checkedInt, maxUint } from '../functions/arithmetic.ts';
import { compareValues } from '../functions/comparison.ts';
import {
  binary,
  declare,
  type FunctionDeclaration,
  type Overload,
  type Param,
  params,
  unary,
} from '../functions/overload.ts';
import { type Type, types } from '../types/type.ts';
import { errorValue, type Result, type UintValue, uint, type Value } from '../values/value.ts';
import type { Library } from './library.ts';

const { int, uint: uintParam, double } = params;

const numbers: readonly { readonly name: string; readonly param: Param<Value>; readonly type: Type }[] = [
  { name: 'double', param: double, type: types.double },
  { name: 'int', param: int, type: types.int },
  { name: 'uint', param: uintParam, type: types.uint },
];

/** `@max` and `@min`: of one number, of two of any types, of a list. */
function extremum(name: string, isBetter: (order: number) => boolean): FunctionDeclaration {
  const better = (a: Value, b: Value): Value => (isBetter(compareValues(b, a) ?? 0) ? b : a);
  const overloads: Overload[] = numbers.map(({ name: type, param, type: result }) =>
    unary(`math_${name}_${type}`, param, result, (value) => value),
  );
  for (const a of numbers) {
    for (const b of numbers) {
      const result = a === b ? a.type : types.dyn;
      overloads.push(binary(`math_${name}_${a.name}_${b.name}`, a.param, b.param, result, better));
    }
  }
  for (const { name: type, type: element } of numbers) {
    overloads.push(
      unary(`math_${name}_list_${type}`, params.list(element), element, ({ items }) => best(items, better, name)),
    );
  }
  return declare(`math.${name}`, ...overloads);
}

function best(items: readonly Value[], better: (a: Value, b: Value) => Value, name: string): Result {
  let [found] = items;
  if (found === undefined) return errorValue(`math.${name}(list) argument must not be empty`);
  for (const item of items) {
    if (!numbers.some(({ param }) => param.is(item))) return errorValue('no such overload');
    found = better(found, item);
  }
  return found;
}

function doubles(name: string, result: Type, call: (value: number) => Result): FunctionDeclaration {
  return declare(`math.${name}`, unary(`math_${name}_double`, double, result, call));
}

function bits(name: string, call: (a: bigint, b: bigint) => bigint): FunctionDeclaration {
  return declare(
    `math.bit${name}`,
    binary(`math_bit${name}_int_int`, int, int, types.int, (a, b) => BigInt.asIntN(64, call(a, b))),
    binary(`math_bit${name}_uint_uint`, uintParam, uintParam, types.uint, (a, b) =>
      uint(BigInt.asUintN(64, call(a.value, b.value))),
    ),
  );
}

function shift(name: string, call: (value: bigint, by: bigint) => bigint): FunctionDeclaration {
  const guard = (by: bigint, shifted: (by: bigint) => Result): Result => {
    if (by < 0n) return errorValue(`math.bitShift${name}() negative offset: ${by}`);
    return shifted(by > 64n ? 64n : by);
  };
  return declare(
    `math.bitShift${name}`,
    binary(`math_bitShift${name}_int_int`, int, int, types.int, (a, by) =>
      // Shifting right fills with zeros, as if there were no sign.
      guard(by, (n) => BigInt.asIntN(64, call(BigInt.asUintN(64, a), n))),
    ),
    binary(`math_bitShift${name}_uint_int`, uintParam, int, types.uint, (a, by) =>
      guard(by, (n) => uint(BigInt.asUintN(64, call(a.value, n)))),
    ),
  );
}

function roundAway(value: number): number {
  return Number.isFinite(value) ? Math.sign(value) * Math.round(Math.abs(value)) : value;
}

export const mathLibrary: Library = {
  name: 'math',
  functions: [
    extremum('@max', (order) => order > 0),
    extremum('@min', (order) => order < 0),
    doubles('ceil', types.double, Math.ceil),
    doubles('floor', types.double, Math.floor),
    doubles('round', types.double, roundAway),
    doubles('trunc', types.double, Math.trunc),
    doubles('isNaN', types.bool, Number.isNaN),
    doubles('isInf', types.bool, (value) => !Number.isFinite(value) && !Number.isNaN(value)),
    doubles('isFinite', types.bool, Number.isFinite),
    declare(
      'math.sqrt',
      unary('math_sqrt_double', double, types.double, Math.sqrt),
      unary('math_sqrt_int', int, types.double, (value) => Math.sqrt(Number(value))),
      unary('math_sqrt_uint', uintParam, types.double, ({ value }) => Math.sqrt(Number(value))),
    ),
    declare(
      'math.abs',
      unary('math_abs_double', double, types.double, Math.abs),
      unary('math_abs_int', int, types.int, (value) => checkedInt(value < 0n ? -value : value)),
      unary('math_abs_uint', uintParam, types.uint, (value) => value),
    ),
    declare(
      'math.sign',
      unary('math_sign_double', double, types.double, Math.sign),
      unary('math_sign_int', int, types.int, (value) => (value > 0n ? 1n : value < 0n ? -1n : 0n)),
      unary('math_sign_uint', uintParam, types.uint, ({ value }) => uint(value > 0n ? 1n : 0n)),
    ),
    bits('And', (a, b) => a & b),
    bits('Or', (a, b) => a | b),
    bits('Xor', (a, b) => a ^ b),
    declare(
      'math.bitNot',
      unary('math_bitNot_int_int', int, types.int, (value) => ~value),
      unary('math_bitNot_uint_uint', uintParam, types.uint, ({ value }): UintValue => uint(value ^ maxUint)),
    ),
    shift('Left', (value, by) => value << by),
    shift('Right', (value, by) => value >> by),
  ],
};
