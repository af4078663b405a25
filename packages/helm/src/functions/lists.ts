/** Sprig's functions on lists, each with its `must` variant: ours fail alike. */
import { compareText } from '../go/compare-text.ts';
import { fn, variadic } from '../go/define-function.ts';
import { FunctionError } from '../go/function-error.ts';
import {
  ANY_SLICE,
  type GoFunction,
  type GoValue,
  goSlice,
  kindName,
  nilSlice,
  sliceItems,
  stringSlice,
} from '../go/value.ts';
import { isEmpty, stringOf, stringsOf, toInt64 } from './convert.ts';
import { deepEqual } from './deep-equal.ts';

const NIL = 'runtime error: invalid memory address or nil pointer dereference';

/** The elements; fails in the words of the function that wanted them. */
function itemsOf(list: GoValue, problem: string): GoValue[] {
  if (list === undefined || list === null) throw new FunctionError(NIL);
  const items = sliceItems(list);
  if (items === undefined) throw new FunctionError(`${problem} ${kindName(list)}`);
  return items;
}

function uniq(items: readonly GoValue[]): GoValue[] {
  const result: GoValue[] = [];
  for (const item of items) if (!result.some((known) => deepEqual(known, item))) result.push(item);
  return result;
}

function has(needle: GoValue, haystack: GoValue): boolean {
  if (haystack === undefined || haystack === null) return false;
  return itemsOf(haystack, 'Cannot find has on type').some((item) => deepEqual(needle, item));
}

function slice(indices: readonly GoValue[], list: GoValue): GoValue {
  const items = itemsOf(list, 'list should be type of slice or array but');
  if (items.length === 0) return null;
  const start = indices.length > 0 ? Number(toInt64(indices[0])) : 0;
  const end = indices.length > 1 ? Number(toInt64(indices[1])) : items.length;
  if (start < 0 || end < start || end > items.length) {
    throw new FunctionError('reflect.Value.Slice: slice index out of bounds');
  }
  const part = items.slice(start, end);
  return Array.isArray(list)
    ? part
    : goSlice(typeof list === 'object' && list !== null && 'type' in list ? list.type : '', part);
}

function chunk(size: number, list: GoValue): GoValue {
  const items = itemsOf(list, 'Cannot chunk type');
  const count = Math.floor((items.length - 1) / size) + 1;
  // What sprig makes of sizes below zero: at most one chunk.
  const only = size < 0 && count > 0 ? items.length % size : 1;
  if (size === 0 || count < 0 || only === 0) throw new FunctionError('runtime error: makeslice: len out of range');
  if (size < 0) return goSlice('[][]interface {}', count === 0 ? [] : [items.slice(0, only)]);
  const chunks: GoValue[] = [];
  for (let at = 0; at < items.length; at += size) chunks.push(items.slice(at, at + size));
  return goSlice('[][]interface {}', chunks);
}

function concat(lists: readonly GoValue[]): GoValue {
  const all = lists.flatMap((list) => {
    if (list === undefined || list === null) throw new FunctionError(NIL);
    const items = sliceItems(list);
    if (items === undefined) throw new FunctionError(`Cannot concat type ${kindName(list)} as list`);
    return items;
  });
  return all.length === 0 ? nilSlice(ANY_SLICE) : all;
}

function sortAlpha(list: GoValue): GoValue {
  return stringSlice(sliceItems(list) === undefined ? [stringOf(list)] : stringsOf(list).sort(compareText));
}

const push = fn(['any', 'any'], (list, value) => [...itemsOf(list, 'Cannot push on type'), value]);
const list = variadic([], 'any', (items) => [...items]);

const withMust: Readonly<Record<string, GoFunction>> = {
  append: push,
  push,
  prepend: fn(['any', 'any'], (items, value) => [value, ...itemsOf(items, 'Cannot prepend on type')]),
  first: fn(['any'], (items) => itemsOf(items, 'Cannot find first on type')[0] ?? null),
  last: fn(['any'], (items) => itemsOf(items, 'Cannot find last on type').at(-1) ?? null),
  rest: fn(['any'], (list) => {
    const items = itemsOf(list, 'Cannot find rest on type');
    return items.length === 0 ? nilSlice(ANY_SLICE) : items.slice(1);
  }),
  initial: fn(['any'], (list) => {
    const items = itemsOf(list, 'Cannot find initial on type');
    return items.length === 0 ? nilSlice(ANY_SLICE) : items.slice(0, -1);
  }),
  reverse: fn(['any'], (items) => itemsOf(items, 'Cannot find reverse on type').toReversed()),
  uniq: fn(['any'], (items) => uniq(itemsOf(items, 'Cannot find uniq on type'))),
  compact: fn(['any'], (items) => itemsOf(items, 'Cannot compact on type').filter((item) => !isEmpty(item))),
  without: variadic(['any'], 'any', (omitted, items) =>
    itemsOf(items, 'Cannot find without on type').filter((item) => !omitted.some((each) => deepEqual(each, item))),
  ),
  has: fn(['any', 'any'], has),
  slice: variadic(['any'], 'any', slice),
  chunk: fn(['int', 'any'], chunk),
};

export const listFunctions: Readonly<Record<string, GoFunction>> = {
  ...withMust,
  ...Object.fromEntries(
    Object.entries(withMust).map(([name, each]) => [`must${name.charAt(0).toUpperCase()}${name.slice(1)}`, each]),
  ),
  list,
  tuple: list,
  concat: variadic([], 'any', concat),
  sortAlpha: fn(['any'], sortAlpha),
  join: fn(['string', 'any'], (separator, items) => stringsOf(items).join(separator)),
  toStrings: fn(['any'], (items) => stringSlice(stringsOf(items))),
};
