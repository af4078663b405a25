/**
 * The fields that belong to whoever creates an object: all that it has, but for its identity.
 *
 * Objects of a kind look alike. So the set of the last one is kept for each schema, and a walk that takes no memory tells
 * whether it is the next one's set, too; sets are immutable and may be shared.
 */
import { isJsonObject } from '../../object/json.ts';
import type { FieldsV1, Unstructured } from '../../object/meta.ts';
import type { MapSchema, MergeSchema } from '../merge-schema.ts';
import { exceptStatus } from './field-filter.ts';
import { emptyFieldSet, equalFieldSets, isEmptyFieldSet } from './field-set.ts';
import { deduced, listSchemaFor, mapSchemaFor, nodeOfValue } from './field-set-of-value.ts';
import { fieldElement, SELF } from './path-element.ts';
import { isUntrackedMetadata } from './tracked-part.ts';
import { comparisonsByVersion, type VersionContext } from './version-views.ts';

const lastOfSchema = new WeakMap<MergeSchema, FieldsV1>();

/** The set of a new object, as the context's version and filter have it. */
export function fieldsOfNewObject(object: Unstructured, context: VersionContext): FieldsV1 {
  const { schema, filter, apiVersion } = context;
  const isWhole = filter === undefined || (filter === exceptStatus && object['status'] === undefined);
  const last = isWhole ? lastOfSchema.get(schema) : undefined;
  if (last !== undefined && isSetOf(last, object, schema)) return last;
  const fields = comparisonsByVersion(undefined, object, context)(apiVersion)?.changed ?? emptyFieldSet;
  if (isWhole) lastOfSchema.set(schema, fields);
  return fields;
}

function isSetOf(set: FieldsV1, object: Unstructured, schema: MergeSchema): boolean {
  if (schema.kind !== 'map' || schema.atomic) return false;
  let matched = 0;
  for (const name in object) {
    const value = object[name];
    if (value === undefined || name === 'apiVersion' || name === 'kind') continue;
    const node = set[fieldElement(name)];
    if (name === 'metadata') {
      if (!isSetOfMetadata(node ?? emptyFieldSet, value, schema.field(name))) return false;
      if (node !== undefined) matched++;
    } else if (node === undefined || !isNodeOfField(node, name, value, schema)) return false;
    else matched++;
  }
  return matched === sizeOf(set);
}

function isSetOfMetadata(node: FieldsV1, metadata: unknown, schema: MergeSchema | undefined): boolean {
  if (schema?.kind !== 'map' || !isJsonObject(metadata)) return false;
  let matched = 0;
  for (const name in metadata) {
    const value = metadata[name];
    if (value === undefined || isUntrackedMetadata(name)) continue;
    const child = node[fieldElement(name)];
    if (child === undefined || !isNodeOfField(child, name, value, schema)) return false;
    matched++;
  }
  return matched === sizeOf(node);
}

function isNodeOfField(node: FieldsV1, name: string, value: unknown, schema: MapSchema): boolean {
  return isNodeOf(node, value, schema.field(name) ?? deduced, schema.alwaysPresent?.(name) !== true);
}

/** Whether the node is what `nodeOfValue` would make of an added value. */
function isNodeOf(node: FieldsV1, value: unknown, schema: MergeSchema, own: boolean): boolean {
  if (typeof value !== 'object' || value === null) return isEmptyFieldSet(node);
  if (Array.isArray(value)) {
    const isLeaf = value.length === 0 || listSchemaFor(schema, value) === undefined;
    return isLeaf ? isEmptyFieldSet(node) : equalFieldSets(nodeOfValue(value, schema, 'added', own), node);
  }
  const map = mapSchemaFor(schema, value);
  return map === undefined || !isJsonObject(value) ? isEmptyFieldSet(node) : isNodeOfMap(node, value, map, own);
}

function isNodeOfMap(
  node: FieldsV1,
  value: Readonly<Record<string, unknown>>,
  schema: MapSchema,
  own: boolean,
): boolean {
  let matched = 0;
  for (const name in value) {
    const inner = value[name];
    // A member without a value counts for the map's own path, and else for nothing: too rare to be told apart here.
    if (inner === undefined) return false;
    const child = node[fieldElement(name)];
    if (child === undefined || !isNodeOfField(child, name, inner, schema)) return false;
    matched++;
  }
  if (matched === 0 || !own) return matched === sizeOf(node);
  return node[SELF] !== undefined && matched + 1 === sizeOf(node);
}

function sizeOf(node: FieldsV1): number {
  let size = 0;
  for (const _ in node) size++;
  return size;
}
