/**
 * The fields that belong to whoever creates an object: all that it has, but for its identity.
 *
 * Objects of a kind look alike. So the set of the last one is kept for each schema, and given to the next one that has
 * the same shape; sets are immutable and may be shared.
 */
import type { FieldsV1, ManagedFieldsEntry, Unstructured } from '../../object/meta.ts';
import type { MergeSchema } from '../merge-schema.ts';
import { exceptStatus } from './field-filter.ts';
import { emptyFieldSet, equalFieldSets } from './field-set.ts';
import { hasShape, type ObjectShape, shapeOfObject } from './object-shape.ts';
import { comparisonsByVersion, type VersionContext } from './version-views.ts';

export interface NewFields {
  readonly fields: FieldsV1;
  /** What `managersOfNewObject` has last made of these fields. */
  entries: ManagedFieldsEntry[] | undefined;
}

interface KnownFields extends NewFields {
  /** Of the last object with these fields, from the second on: some kinds have fields of another name in each object. */
  shape: ObjectShape | undefined;
}

const lastOfSchema = new WeakMap<MergeSchema, KnownFields>();

/** The set of a new object, as the context's version and filter have it. */
export function fieldsOfNewObject(object: Unstructured, context: VersionContext): NewFields {
  const { schema, filter, apiVersion } = context;
  const isWhole = filter === undefined || (filter === exceptStatus && object['status'] === undefined);
  const last = isWhole ? lastOfSchema.get(schema) : undefined;
  if (last?.shape !== undefined && hasShape(object, last.shape)) return last;
  const fields = comparisonsByVersion(undefined, object, context)(apiVersion)?.changed ?? emptyFieldSet;
  if (last !== undefined && equalFieldSets(last.fields, fields)) {
    last.shape = shapeOfObject(object, last.fields, schema);
    return last;
  }
  const known: KnownFields = { fields, entries: undefined, shape: undefined };
  if (isWhole) lastOfSchema.set(schema, known);
  return known;
}
