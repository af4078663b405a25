/**
 * `sets.contains`, `sets.equivalent`, `sets.intersects`: lists taken as sets (cel-go's `ext` sets).
 */
import { binary, declare, params } from '../functions/overload.ts';
import { types } from '../types/type.ts';
import { canonicalText } from '../values/canonical-text.ts';
import type { ListValue } from '../values/value.ts';
import type { Library } from './library.ts';

const listOfA = params.list(types.a);

export const setsLibrary: Library = {
  name: 'sets',
  functions: [
    declare('sets.contains', binary('list_sets_contains_list', listOfA, listOfA, types.bool, contains)),
    declare(
      'sets.equivalent',
      binary('list_sets_equivalent_list', listOfA, listOfA, types.bool, (a, b) => contains(a, b) && contains(b, a)),
    ),
    declare('sets.intersects', binary('list_sets_intersects_list', listOfA, listOfA, types.bool, intersects)),
  ],
};

function keysOf({ items }: ListValue): Set<string> {
  return new Set(items.map(canonicalText));
}

function contains(all: ListValue, some: ListValue): boolean {
  const keys = keysOf(all);
  return some.items.every((item) => keys.has(canonicalText(item)));
}

function intersects(a: ListValue, b: ListValue): boolean {
  const keys = keysOf(a);
  return b.items.some((item) => keys.has(canonicalText(item)));
}
