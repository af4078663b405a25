/**
 * The same object in the versions that its managers use: sets of field paths are only comparable within one version.
 */
import { isJsonObject, type JsonObject } from '../../object/json.ts';
import type { FieldsV1, Unstructured } from '../../object/meta.ts';
import type { MergeSchema } from '../merge-schema.ts';
import { type Comparison, compareObjects } from './compare-values.ts';
import { type FieldFilter, filterFieldSet } from './field-filter.ts';
import { trackedPart } from './tracked-part.ts';

export interface VersionedObject {
  readonly object: Unstructured;
  readonly schema: MergeSchema;
}

/** Gives an object in another version, with that version's schema; undefined when the version is not served any more. */
export type ConvertVersion = (object: Unstructured, apiVersion: string) => VersionedObject | undefined;

export interface VersionContext {
  readonly apiVersion: string;
  readonly schema: MergeSchema;
  /** Absent: all versions of the kind have one shape, as with the CRD conversion strategy None. */
  readonly convert?: ConvertVersion;
  readonly filter?: FieldFilter | undefined;
}

/** The object as managers of `apiVersion` see it; undefined when it cannot be had in that version. */
export function inVersion(
  object: Unstructured,
  apiVersion: string,
  context: VersionContext,
): VersionedObject | undefined {
  const asIs = apiVersion === context.apiVersion && object.apiVersion === apiVersion;
  if (asIs || context.convert === undefined) return { object, schema: context.schema };
  return context.convert(object, apiVersion);
}

/** Compares two states of an object in each version asked for, once. */
export function comparisonsByVersion(
  before: Unstructured | undefined,
  after: Unstructured,
  context: VersionContext,
): (apiVersion: string) => Comparison | undefined {
  const own = compare(trackedPart(before), trackedPart(after), context.schema, context.filter);
  const others = new Map<string, Comparison | undefined>();
  return (apiVersion) => {
    if (apiVersion === context.apiVersion || context.convert === undefined) return own;
    if (!others.has(apiVersion)) others.set(apiVersion, compareIn(apiVersion, before, after, context));
    return others.get(apiVersion);
  };
}

function compareIn(
  apiVersion: string,
  before: Unstructured | undefined,
  after: Unstructured,
  context: VersionContext,
): Comparison | undefined {
  const next = inVersion(after, apiVersion, context);
  if (next === undefined) return undefined;
  if (before === undefined) return compare({}, trackedPart(next.object), next.schema, context.filter);
  const previous = inVersion(before, apiVersion, context);
  if (previous === undefined) return undefined;
  return compare(trackedPart(previous.object), trackedPart(next.object), next.schema, context.filter);
}

function compare(before: JsonObject, after: JsonObject, schema: MergeSchema, filter?: FieldFilter): Comparison {
  const { changed, removed } = compareObjects(before, after, schema);
  return { changed: filterFieldSet(withoutMetadataItself(changed), filter), removed: filterFieldSet(removed, filter) };
}

/** Nobody owns `metadata` as such, not even who adds the first label. */
function withoutMetadataItself(set: FieldsV1): FieldsV1 {
  const metadata = set['f:metadata'];
  if (metadata?.['.'] === undefined) return set;
  const { '.': _, ...children } = metadata;
  return { ...set, 'f:metadata': children };
}

/** True for a decoded document that has what every object has. */
export function isUnstructured(value: unknown): value is Unstructured {
  return (
    isJsonObject(value) &&
    typeof value['apiVersion'] === 'string' &&
    typeof value['kind'] === 'string' &&
    isJsonObject(value['metadata'])
  );
}
