/**
 * Functions of lists: Kubernetes' own (`isSorted`, `sum`, `min`, `max`, `indexOf`, `lastIndexOf`) and those of cel-go's
 * `ext` lists (`slice`, `flatten`, `distinct`, `reverse`, `sort`, `first`, `last`, `lists.range`).
 */
import { checkedInt, checkedUint } from '../functions/arithmetic.ts';
import { compareValues } from '../functions/comparison.ts';
import { binary, declare, member, type Overload, type Param, params, ternary, unary } from '../functions/overload.ts';
import { type Type, types } from '../types/type.ts';
import { canonicalText } from '../values/canonical-text.ts';
import { equalValues } from '../values/equality.ts';
import { durationOf } from '../values/time.ts';
import {
  errorValue,
  isError,
  type ListValue,
  list,
  noneValue,
  optionalOf,
  type Result,
  uint,
  type Value,
} from '../values/value.ts';
import type { Library } from './library.ts';

const listOfA = params.list(types.a);
/** No expression needs a list this long; it protects the memory. */
const maxRange = 100_000n;

const comparable: readonly (readonly [string, Type])[] = [
  ['int', types.int],
  ['uint', types.uint],
  ['double', types.double],
  ['bool', types.bool],
  ['duration', types.duration],
  ['timestamp', types.timestamp],
  ['string', types.string],
  ['bytes', types.bytes],
];

/** An overload for the lists of each type, which don't differ in what they do. */
function forEach(
  name: string,
  elements: readonly (readonly [string, Type])[],
  result: (element: Type) => Type,
  call: (list: ListValue) => Result,
): Overload[] {
  return elements.map(([type, element]) =>
    member(unary(`list_${type}_${name}`, params.list(element), result(element), call)),
  );
}

const summable = comparable.filter(([type]) => ['int', 'uint', 'double', 'duration'].includes(type));

export const listsLibrary: Library = {
  name: 'lists',
  functions: [
    declare('isSorted', ...forEach('is_sorted', comparable, () => types.bool, isSorted)),
    declare(
      'sum',
      ...summable.map(([type, element]) =>
        member(unary(`list_${type}_sum`, params.list(element), element, sumFrom(zeroOf(type)))),
      ),
    ),
    declare(
      'min',
      ...forEach(
        'min',
        comparable,
        (element) => element,
        (items) => extreme(items, 'min'),
      ),
    ),
    declare(
      'max',
      ...forEach(
        'max',
        comparable,
        (element) => element,
        (items) => extreme(items, 'max'),
      ),
    ),
    declare('indexOf', member(binary('list_a_index_of', listOfA, params.a, types.int, indexOf))),
    declare('lastIndexOf', member(binary('list_a_last_index_of', listOfA, params.a, types.int, lastIndexOf))),
    declare('slice', member(ternary('list_slice', [listOfA, params.int, params.int], types.list(types.a), slice))),
    declare(
      'flatten',
      member(
        unary('list_flatten', params.list(types.list(types.a)), types.list(types.a), (items) => flatten(items, 1n)),
      ),
      member(binary('list_flatten_int', params.list(types.dyn), params.int, types.list(types.dyn), flatten)),
    ),
    declare('distinct', member(unary('list_distinct', listOfA, types.list(types.a), distinct))),
    declare(
      'reverse',
      member(unary('list_reverse', listOfA, types.list(types.a), ({ items }) => list([...items].reverse()))),
    ),
    declare(
      'sort',
      ...forEach(
        'sort',
        comparable,
        (element) => types.list(element),
        (items) => sorted(items, items),
      ),
    ),
    declare(
      'lists.@sortByAssociatedKeys',
      ...comparable.map(([type, key]): Overload => sortByKeys(`list_${type}_sortByAssociatedKeys`, params.list(key))),
    ),
    declare(
      'first',
      member(unary('list_first', listOfA, types.optional(types.a), ({ items }) => optionalAt(items, 0))),
    ),
    declare(
      'last',
      member(unary('list_last', listOfA, types.optional(types.a), ({ items }) => optionalAt(items, items.length - 1))),
    ),
    declare('lists.range', unary('lists_range', params.int, types.list(types.int), range)),
  ],
};

function sortByKeys(id: string, keys: Param<ListValue>): Overload {
  return binary(id, listOfA, keys, types.list(types.a), sorted);
}

function isSorted({ items }: ListValue): Result {
  for (let index = 1; index < items.length; index++) {
    const order = compareValues(items[index - 1] ?? null, items[index] ?? null);
    if (order === undefined) return errorValue('no such overload');
    if (order > 0) return false;
  }
  return true;
}

function zeroOf(type: string): Value {
  if (type === 'int') return 0n;
  if (type === 'uint') return uint(0n);
  return type === 'double' ? 0 : { kind: 'duration', nanos: 0n };
}

function sumFrom(zero: Value): (list: ListValue) => Result {
  return ({ items }) => {
    let total: Result = zero;
    for (const item of items) {
      total = plus(total, item);
      if (isError(total)) return total;
    }
    return total;
  };
}

function plus(a: Value, b: Value): Result {
  if (typeof a === 'bigint' && typeof b === 'bigint') return checkedInt(a + b);
  if (typeof a === 'number' && typeof b === 'number') return a + b;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return errorValue('no such overload');
  if (a.kind === 'uint' && b.kind === 'uint') return checkedUint(a.value + b.value);
  if (a.kind === 'duration' && b.kind === 'duration') return durationOf(a.nanos + b.nanos);
  return errorValue('no such overload');
}

function extreme({ items }: ListValue, which: 'min' | 'max'): Result {
  let [best] = items;
  if (best === undefined) return errorValue(`${which} called on empty list`);
  for (const item of items) {
    const order = compareValues(item, best);
    if (order === undefined) return errorValue('no such overload');
    if (which === 'min' ? order < 0 : order > 0) best = item;
  }
  return best;
}

function indexOf({ items }: ListValue, value: Value): Result {
  return BigInt(items.findIndex((item) => equalValues(item, value)));
}

function lastIndexOf({ items }: ListValue, value: Value): Result {
  return BigInt(items.findLastIndex((item) => equalValues(item, value)));
}

function slice({ items }: ListValue, start: bigint, end: bigint): Result {
  if (start < 0n || end < 0n) return errorValue(`cannot slice(${start}, ${end}), negative indexes not supported`);
  if (start > end)
    return errorValue(`cannot slice(${start}, ${end}), start index must be less than or equal to end index`);
  if (end > BigInt(items.length)) return errorValue(`cannot slice(${start}, ${end}), list is length ${items.length}`);
  return list(items.slice(Number(start), Number(end)));
}

function flatten({ items }: ListValue, depth: bigint): Result {
  if (depth < 0n) return errorValue('level must be non-negative');
  return list(flattened(items, Number(depth > 1000n ? 1000n : depth)));
}

function flattened(items: readonly Value[], depth: number): Value[] {
  return items.flatMap((item) =>
    depth > 0 && typeof item === 'object' && item?.kind === 'list' ? flattened(item.items, depth - 1) : [item],
  );
}

function distinct({ items }: ListValue): Result {
  const seen = new Set<string>();
  return list(
    items.filter((item) => {
      const key = canonicalText(item);
      return !seen.has(key) && seen.add(key).has(key);
    }),
  );
}

/** The items in the order of their keys; equal ones stay as they are. */
function sorted({ items }: ListValue, keys: ListValue): Result {
  if (items.length !== keys.items.length) return errorValue('sortBy() expected a list of the same size as the keys');
  const [first = null] = keys.items;
  if (keys.items.some((key) => compareValues(first, key) === undefined))
    return errorValue('list elements must have the same type');
  const order = items.map((_, index) => index);
  order.sort((a, b) => compareValues(keys.items[a] ?? null, keys.items[b] ?? null) ?? 0);
  return list(order.map((index) => items[index] ?? null));
}

function optionalAt(items: readonly Value[], index: number): Result {
  const item = items[index];
  return item === undefined ? noneValue : optionalOf(item);
}

function range(count: bigint): Result {
  if (count > maxRange) return errorValue(`lists.range() is limited to ${maxRange} elements`);
  return list(Array.from({ length: Math.max(Number(count), 0) }, (_, index) => BigInt(index)));
}
