/**
 * Which field paths a value has: the set that an applied configuration claims, or that a new value adds.
 *
 * Scalars, atomic maps and lists, nulls and empty containers are one path. An element of a list is a path of its own
 * beside what is inside; so is a key of a map of values (a label).
 */
import { isJsonObject, type JsonObject } from '../../object/json.ts';
import type { FieldsV1 } from '../../object/meta.ts';
import type { ListSchema, MapSchema, MergeSchema } from '../merge-schema.ts';
import { LEAF, nodeOf } from './field-set.ts';
import { fieldElement, listElements, SELF } from './path-element.ts';

/**
 * Whether a declared field that is a container is a path by itself. Apply claims only what is inside (`declared`:
 * `spec` does not count, `labels.app` does); a new value adds the container, too, unless it was there from the start.
 */
export type ContainerRule = 'applied' | 'added';

/** For what no schema names. */
export const deduced: MergeSchema = { kind: 'deduced' };

const deducedMap: MapSchema = {
  kind: 'map',
  atomic: false,
  declares: () => false,
  field: () => deduced,
};

/** The schema to walk a map by; undefined when the value is a leaf for the schema. */
export function mapSchemaFor(schema: MergeSchema, value: unknown): MapSchema | undefined {
  if (!isJsonObject(value)) return undefined;
  if (schema.kind === 'deduced') return deducedMap;
  return schema.kind === 'map' && !schema.atomic ? schema : undefined;
}

/** The schema to walk a list by; undefined when the value is a leaf for the schema. */
export function listSchemaFor(schema: MergeSchema, value: unknown): ListSchema | undefined {
  return Array.isArray(value) && schema.kind === 'list' && schema.listType !== 'atomic' ? schema : undefined;
}

/** The set of all paths of an object, without those of its identity: give it what `trackedPart` returns. */
export function fieldSetOfValue(value: JsonObject, schema: MergeSchema, rule: ContainerRule = 'applied'): FieldsV1 {
  return nodeOfValue(value, schema, rule, false);
}

/** The node of a value; `own` says whether the value's own path counts. A leaf's always does. */
export function nodeOfValue(value: unknown, schema: MergeSchema, rule: ContainerRule, own: boolean): FieldsV1 {
  if (typeof value !== 'object' || value === null) return LEAF;
  if (Array.isArray(value)) {
    const listSchema = listSchemaFor(schema, value);
    return listSchema === undefined || value.length === 0 ? LEAF : nodeOfList(value, listSchema, rule, own);
  }
  const mapSchema = mapSchemaFor(schema, value);
  return mapSchema === undefined || !isJsonObject(value) ? LEAF : nodeOfMap(value, mapSchema, rule, own);
}

function nodeOfMap(value: JsonObject, schema: MapSchema, rule: ContainerRule, own: boolean): FieldsV1 {
  const node: FieldsV1 = {};
  const names = Object.keys(value);
  if (own && names.length > 0) node[SELF] = LEAF;
  // Sorted names give sorted elements, which is much faster than sorting the node: this is on the way of each create.
  for (const name of sortNames(names)) {
    const inner = value[name];
    if (inner === undefined) continue;
    const counts = rule === 'applied' ? !schema.declares(name) : schema.alwaysPresent?.(name) !== true;
    node[fieldElement(name)] =
      typeof inner === 'object' && inner !== null
        ? nodeOfValue(inner, schema.field(name) ?? deduced, rule, counts)
        : LEAF;
  }
  return node;
}

/** In place. Few names are sorted faster by hand, and without memory. */
function sortNames(names: string[]): readonly string[] {
  if (names.length > 16) return names.sort();
  for (let end = 1; end < names.length; end++) {
    const name = names[end] ?? '';
    let at = end;
    for (let before = names[at - 1] ?? ''; at > 0 && before > name; before = names[at - 1] ?? '') names[at--] = before;
    names[at] = name;
  }
  return names;
}

function nodeOfList(items: readonly unknown[], schema: ListSchema, rule: ContainerRule, own: boolean): FieldsV1 {
  const elements = listElements(schema, items);
  if (elements === undefined) return LEAF;
  const nodes = new Map<string, FieldsV1>();
  const elementSchema = schema.element();
  for (const [index, element] of elements.entries()) {
    // Items that occur twice have no separate identity: they are owned as one, without what is inside.
    nodes.set(element, nodes.has(element) ? LEAF : nodeOfValue(items[index], elementSchema, rule, true));
  }
  return nodeOf([...nodes], own);
}
