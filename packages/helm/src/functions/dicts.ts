/** Sprig's functions on dictionaries. Maps are shared and changed in place, as in Go. */
import { compareText } from '../go/compare-text.ts';
import { fn, variadic } from '../go/define-function.ts';
import { FunctionError } from '../go/function-error.ts';
import {
  type GoFunction,
  GoMap,
  type GoValue,
  goSlice,
  isMap,
  NilGoMap,
  sliceItems,
  stringSlice,
  typeName,
} from '../go/value.ts';
import { stringOf } from './convert.ts';
import { mergeInto } from './merge.ts';

function dict(args: readonly GoValue[]): GoMap {
  const map = new GoMap();
  for (let at = 0; at < args.length; at += 2) {
    map.set(stringOf(args[at]), at + 1 < args.length ? args[at + 1] : '');
  }
  return map;
}

/** Go's assertion that a value is a map, with its message. */
function asMap(value: GoValue): GoMap {
  if (isMap(value) && value.type === 'map[string]interface {}') return value;
  const found = value === null || value === undefined ? 'nil' : typeName(value);
  throw new FunctionError(`interface conversion: interface {} is ${found}, not map[string]interface {}`);
}

function dig(args: readonly GoValue[]): GoValue {
  if (args.length < 3) throw new FunctionError('dig needs at least three arguments');
  let map = asMap(args.at(-1));
  const keys = args.slice(0, -2).map((key) => {
    if (typeof key === 'string') return key;
    const found = key === null || key === undefined ? 'nil' : typeName(key);
    throw new FunctionError(`interface conversion: interface {} is ${found}, not string`);
  });
  for (const [index, key] of keys.entries()) {
    if (!map.has(key)) return args.at(-2);
    const step = map.get(key);
    if (index === keys.length - 1) return step;
    map = asMap(step);
  }
  return args.at(-2);
}

/** A copy that shares nothing with the original. */
export function deepCopy(value: GoValue): GoValue {
  if (isMap(value)) {
    const copy = new GoMap(null, value.type, value.methods);
    for (const [key, member] of value) copy.set(key, deepCopy(member));
    return copy;
  }
  const items = sliceItems(value);
  if (items === undefined) return value;
  const copies = items.map(deepCopy);
  return Array.isArray(value) ? copies : goSlice(typeName(value), copies);
}

function merge(sources: readonly GoMap[], first: GoMap, overwrite: boolean): GoMap {
  const target = first instanceof NilGoMap ? new GoMap() : first;
  for (const source of sources) mergeInto(target, source, overwrite);
  return target;
}

const mergeKeeping = variadic(['map'], 'map', (sources, target) => merge(sources, target, false));
const mergeOverwriting = variadic(['map'], 'map', (sources, target) => merge(sources, target, true));
const copy = fn(['any'], (value) => {
  if (value === null || value === undefined) {
    throw new FunctionError('reflect: call of reflect.Value.Type on zero Value');
  }
  return deepCopy(value);
});

/** Go gives keys in random order; sorted is one of those, and the same each time. */
function sortedEntries(map: GoMap): [string, GoValue][] {
  return [...map].sort(([a], [b]) => compareText(a, b));
}

export const dictFunctions: Readonly<Record<string, GoFunction>> = {
  dict: variadic([], 'any', dict),
  get: fn(['map', 'string'], (map, key) => (map.has(key) ? map.get(key) : '')),
  set: fn(['map', 'string', 'any'], (map, key, value) => map.set(key, value) as GoMap),
  unset: fn(['map', 'string'], (map, key) => {
    map.delete(key);
    return map;
  }),
  hasKey: fn(['map', 'string'], (map, key) => map.has(key)),
  pluck: variadic(['string'], 'map', (maps, key) => maps.filter((map) => map.has(key)).map((map) => map.get(key))),
  keys: variadic([], 'map', (maps) => stringSlice(maps.flatMap((map) => sortedEntries(map).map(([key]) => key)))),
  values: fn(['map'], (map) => sortedEntries(map).map(([, value]) => value)),
  pick: variadic(['map'], 'string', (keys, map) => {
    const picked = new GoMap();
    for (const key of keys) if (map.has(key)) picked.set(key, map.get(key));
    return picked;
  }),
  omit: variadic(['map'], 'string', (keys, map) => new GoMap([...map].filter(([key]) => !keys.includes(key)))),
  dig: variadic([], 'any', dig),
  merge: mergeKeeping,
  mustMerge: mergeKeeping,
  mergeOverwrite: mergeOverwriting,
  mustMergeOverwrite: mergeOverwriting,
  deepCopy: copy,
  mustDeepCopy: copy,
};
