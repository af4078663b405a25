/**
 * Values whose leaves remember their origin. A leaf is put into a Go object that means nothing to the rules of merging, so
 * the very code that merges plain values merges these too, and every rule of helm (globals, aliases, import-values) holds
 * for origins without being written twice. Nil stays nil, because it means "delete"; it has no origin here.
 */
import { type GoMap, type GoObject, type GoValue, goObject, isMap, isObject, GoMap as Table } from '../go/value.ts';
import { type PlaceTable, placeFinder } from '../yaml/places.ts';
import { readYamlDocuments } from '../yaml/read.ts';
import { coalesceTables } from './coalesce-tables.ts';
import type { MemberPlace, Origin } from './origin.ts';
import { type ValuePath, valuePathText } from './value-path.ts';

const MARK = 'kindred.mark';

interface Mark {
  readonly value: GoValue;
  readonly origin: Origin;
}

/** Origins of all members of one source, tables and lists included, by the text of their path. */
export type OriginIndex = Map<string, Origin>;

/** The marked copy of a text of YAML; fills the index. Throws YamlError. */
export function markYaml(text: string, toOrigin: (place: MemberPlace) => Origin, index: OriginIndex): GoMap {
  const places: PlaceTable = new WeakMap();
  const find = placeFinder(text.replace(/^\ufeff/, ''));
  let merged = new Table();
  for (const document of readYamlDocuments(text, { places })) {
    if (!isMap(document)) continue;
    const visit: Marking['visit'] = (value, path, origin) => {
      const members = isMap(value) || Array.isArray(value) ? places.get(value) : undefined;
      const originOf = (key: string | number): Origin | undefined => {
        const offsets = members?.get(key);
        if (offsets === undefined) return origin;
        return toOrigin({ ...find(offsets.key), valueLine: find(offsets.value).line });
      };
      return markMembers(value, path, { origin, index, originOf, visit });
    };
    const marked = visit(document, [], undefined);
    if (isMap(marked)) merged = coalesceTables(marked, merged, { keepNulls: true });
  }
  return merged;
}

/** A marked copy of values that have no text: everything in them has the same origin. Marks inside stay. */
export function markValues(values: GoValue, toOrigin: (path: ValuePath) => Origin, index: OriginIndex): GoValue {
  const visit: Marking['visit'] = (value, path, origin) =>
    markMembers(value, path, { origin, index, originOf: (key) => toOrigin([...path, key]), visit });
  return visit(values, [], undefined);
}

interface Marking {
  /** Of the value itself; the outermost table has none. */
  readonly origin: Origin | undefined;
  readonly index: OriginIndex;
  readonly originOf: (key: string | number) => Origin | undefined;
  readonly visit: (value: GoValue, path: ValuePath, origin: Origin | undefined) => GoValue;
}

function markMembers(value: GoValue, path: ValuePath, { origin, index, originOf, visit }: Marking): GoValue {
  if (isMark(value)) return value;
  if (origin !== undefined) index.set(valuePathText(path), origin);
  if (isMap(value)) {
    const copy = new Table(null, value.type, value.methods);
    for (const [key, member] of value) copy.set(key, visit(member, [...path, key], originOf(key)));
    return copy;
  }
  if (Array.isArray(value)) return value.map((item, at) => visit(item, [...path, at], originOf(at)));
  return value === null || value === undefined || origin === undefined ? value : mark(value, origin);
}

function mark(value: GoValue, origin: Origin): GoObject {
  const content: Mark = { value, origin };
  return goObject(MARK, { data: content });
}

function isMark(value: GoValue): value is GoObject {
  return isObject(value) && value.type === MARK;
}

/** What was marked; undefined for what has no mark. */
export function markOf(value: GoValue): Mark | undefined {
  if (!isMark(value)) return undefined;
  // Only `mark` makes objects of this type.
  return value.data as Mark;
}

/** The values without their marks. */
export function unmarked(value: GoValue): GoValue {
  if (isMap(value))
    return new Table(
      [...value].map(([key, member]) => [key, unmarked(member)] as const),
      value.type,
    );
  if (Array.isArray(value)) return value.map(unmarked);
  return isMark(value) ? markOf(value)?.value : value;
}
