/**
 * What changed between two values, as sets of field paths: structured-merge-diff's comparison.
 *
 * Equal parts cost one comparison and no memory; a new object costs one walk.
 */

import { deepEqual } from '../../object/copy.ts';
import { isJsonObject, type JsonObject } from '../../object/json.ts';
import type { FieldsV1 } from '../../object/meta.ts';
import { member } from '../json-tools.ts';
import type { ListSchema, MapSchema, MergeSchema } from '../merge-schema.ts';
import { emptyFieldSet, LEAF, nodeOf } from './field-set.ts';
import { listSchemaFor, mapSchemaFor, nodeOfValue } from './field-set-of-value.ts';
import { equalItems, fieldElement, listElements } from './path-element.ts';

export interface Comparison {
  /** Paths that are new or have another value. */
  readonly changed: FieldsV1;
  /** Paths that are gone. */
  readonly removed: FieldsV1;
}

const unchanged: Comparison = { changed: emptyFieldSet, removed: emptyFieldSet };
const replaced: Delta = { changed: LEAF };

/** Compares two objects; the roots themselves are no paths. */
export function compareObjects(before: JsonObject, after: JsonObject, schema: MergeSchema): Comparison {
  const delta = compareValue(before, after, schema);
  return delta === undefined
    ? unchanged
    : { changed: delta.changed ?? emptyFieldSet, removed: delta.removed ?? emptyFieldSet };
}

/** As Comparison, for one node; a set that is absent has no path, not even the node's own. */
interface Delta {
  changed?: FieldsV1;
  removed?: FieldsV1;
}

function compareValue(before: unknown, after: unknown, schema: MergeSchema): Delta | undefined {
  if (before === after) return undefined;
  if (isLeaf(before) && isLeaf(after)) return deepEqual(before, after) ? undefined : replaced;
  const mapSchema = mapSchemaFor(schema, before) ?? mapSchemaFor(schema, after);
  if (mapSchema !== undefined && mayBeMap(before) && mayBeMap(after)) {
    return compareMaps(isJsonObject(before) ? before : {}, isJsonObject(after) ? after : {}, mapSchema);
  }
  const listSchema = listSchemaFor(schema, before) ?? listSchemaFor(schema, after);
  if (listSchema !== undefined && mayBeList(before) && mayBeList(after)) {
    return compareLists(Array.isArray(before) ? before : [], Array.isArray(after) ? after : [], listSchema);
  }
  return deepEqual(before, after) ? undefined : replaced;
}

/** Scalars, and containers without anything inside: `{}` and null differ, though neither has fields. */
function isLeaf(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true;
  for (const _ in value) return false;
  return true;
}

function mayBeMap(value: unknown): boolean {
  return value === null || isJsonObject(value);
}

function mayBeList(value: unknown): boolean {
  return value === null || Array.isArray(value);
}

function compareMaps(before: JsonObject, after: JsonObject, schema: MapSchema): Delta | undefined {
  const sides = new Sides();
  for (const name of Object.keys(after)) {
    const previous = member(before, name);
    const next = after[name];
    if (previous === next || next === undefined) continue;
    const fieldSchema = schema.field(name) ?? { kind: 'deduced' };
    if (previous === undefined) {
      const counts = schema.alwaysPresent?.(name) !== true;
      sides.add(fieldElement(name), nodeOfValue(next, fieldSchema, 'added', counts), undefined);
    } else {
      const delta = compareValue(previous, next, fieldSchema);
      if (delta !== undefined) sides.add(fieldElement(name), delta.changed, delta.removed);
    }
  }
  for (const name of Object.keys(before)) {
    if (before[name] === undefined || member(after, name) !== undefined) continue;
    const gone = nodeOfValue(before[name], schema.field(name) ?? { kind: 'deduced' }, 'added', true);
    sides.add(fieldElement(name), undefined, gone);
  }
  return sides.delta();
}

function compareLists(before: readonly unknown[], after: readonly unknown[], schema: ListSchema): Delta | undefined {
  const previous = itemsByElement(schema, before);
  const next = itemsByElement(schema, after);
  if (previous === undefined || next === undefined) return equalItems(before, after) ? undefined : replaced;
  const sides = new Sides();
  const elementSchema = schema.element();
  for (const [element, items] of next) {
    compareItems(sides, element, previous.get(element) ?? [], items, elementSchema);
  }
  for (const [element, items] of previous) {
    if (!next.has(element)) compareItems(sides, element, items, [], elementSchema);
  }
  return sides.delta();
}

/** One element of a list: normally at most one item on each side; duplicates are compared as one leaf. */
function compareItems(
  sides: Sides,
  element: string,
  before: readonly unknown[],
  after: readonly unknown[],
  schema: MergeSchema,
): void {
  const added = () => (after.length === 0 ? undefined : after.length > 1 ? LEAF : whole(after[0], schema));
  const gone = () => (before.length === 0 ? undefined : before.length > 1 ? LEAF : whole(before[0], schema));
  if (before.length === 1 && after.length === 1) {
    const delta = compareValue(before[0], after[0], schema);
    if (delta !== undefined) sides.add(element, delta.changed, delta.removed);
  } else if (before.length > 1 && after.length > 1) {
    if (!equalItems(before, after)) sides.add(element, LEAF, undefined);
  } else {
    sides.add(element, added(), gone());
  }
}

function whole(value: unknown, schema: MergeSchema): FieldsV1 {
  return nodeOfValue(value, schema, 'added', true);
}

function itemsByElement(schema: ListSchema, items: readonly unknown[]): Map<string, unknown[]> | undefined {
  const elements = listElements(schema, items);
  if (elements === undefined) return undefined;
  const result = new Map<string, unknown[]>();
  for (const [index, element] of elements.entries()) {
    const known = result.get(element);
    if (known === undefined) result.set(element, [items[index]]);
    else known.push(items[index]);
  }
  return result;
}

/** Collects the children of one node, in memory only when there are any. */
class Sides {
  #changed: [string, FieldsV1][] | undefined;
  #removed: [string, FieldsV1][] | undefined;

  add(element: string, changed: FieldsV1 | undefined, removed: FieldsV1 | undefined): void {
    if (changed !== undefined) (this.#changed ??= []).push([element, changed]);
    if (removed !== undefined) (this.#removed ??= []).push([element, removed]);
  }

  delta(): Delta | undefined {
    if (this.#changed === undefined && this.#removed === undefined) return undefined;
    return {
      ...(this.#changed === undefined ? {} : { changed: nodeOf(this.#changed, false) }),
      ...(this.#removed === undefined ? {} : { removed: nodeOf(this.#removed, false) }),
    };
  }
}
