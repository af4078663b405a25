/**
 * Quantities: `quantity('500Mi').isLessThan(quantity('1Gi'))` (Kubernetes' quantity library).
 */
import {
  addQuantities,
  compareQuantities,
  isQuantity,
  parseQuantity,
  type Quantity,
  quantityOf,
  subtractQuantities,
} from '@kindred/machinery';
import { maxInt } from '../functions/arithmetic.ts';
import { binary, declare, member, type Overload, params, unary } from '../functions/overload.ts';
import { types } from '../types/type.ts';
import { errorValue, type OpaqueValue, type Result } from '../values/value.ts';
import type { Library } from './library.ts';

const typeName = 'kubernetes.Quantity';
const quantityType = types.opaque(typeName);
const quantity = params.opaque<Quantity>(typeName);
/** Longer texts than any quantity has only cost time. */
const maxLength = 1000;
const nanoPerUnit = 1_000_000_000n;

function compared(id: string, holds: (order: number) => boolean): Overload {
  return member(binary(id, quantity, quantity, types.bool, (a, b) => holds(compareQuantities(a.value, b.value))));
}

function combined(name: string, combine: (a: Quantity, b: Quantity) => Quantity): Overload[] {
  return [
    member(binary(`quantity_${name}`, quantity, quantity, quantityType, (a, b) => made(combine(a.value, b.value)))),
    member(
      binary(`quantity_${name}_int`, quantity, params.int, quantityType, (a, b) =>
        made(combine(a.value, quantityOf(b))),
      ),
    ),
  ];
}

export const quantityLibrary: Library = {
  name: 'quantity',
  typeNames: new Map([[typeName, quantityType]]),
  functions: [
    declare('quantity', unary('string_to_quantity', params.string, quantityType, toQuantity)),
    declare(
      'isQuantity',
      unary('is_quantity_string', params.string, types.bool, (text) => text.length <= maxLength && isQuantity(text)),
    ),
    declare(
      'sign',
      member(
        unary('quantity_sign', quantity, types.int, ({ value: { nano } }) => (nano > 0n ? 1n : nano < 0n ? -1n : 0n)),
      ),
    ),
    declare(
      'isGreaterThan',
      compared('quantity_is_greater_than', (order) => order > 0),
    ),
    declare(
      'isLessThan',
      compared('quantity_is_less_than', (order) => order < 0),
    ),
    declare(
      'compareTo',
      member(
        binary('quantity_compare_to', quantity, quantity, types.int, (a, b) =>
          BigInt(compareQuantities(a.value, b.value)),
        ),
      ),
    ),
    declare(
      'asApproximateFloat',
      member(unary('quantity_get_float', quantity, types.double, ({ value }) => Number(value.nano) / 1e9)),
    ),
    declare('asInteger', member(unary('quantity_get_int', quantity, types.int, asInteger))),
    declare('isInteger', member(unary('quantity_is_integer', quantity, types.bool, ({ value }) => isWhole(value)))),
    declare('add', ...combined('add', addQuantities)),
    declare('sub', ...combined('sub', subtractQuantities)),
  ],
};

function made(value: Quantity): OpaqueValue<Quantity> {
  return {
    kind: 'opaque',
    typeName,
    value,
    equals: (other) => quantity.is(other) && other.value.nano === value.nano,
  };
}

function toQuantity(text: string): Result {
  return text.length <= maxLength && isQuantity(text)
    ? made(parseQuantity(text))
    : errorValue(`quantity: ${JSON.stringify(text)} is not a quantity`);
}

function isWhole({ nano }: Quantity): boolean {
  return nano % nanoPerUnit === 0n && nano / nanoPerUnit <= maxInt;
}

function asInteger({ value }: OpaqueValue<Quantity>): Result {
  if (!isWhole(value)) return errorValue('cannot convert value to integer');
  return value.nano / nanoPerUnit;
}
