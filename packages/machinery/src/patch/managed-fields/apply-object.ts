/**
 * Server-side apply (KEP-555): lays a configuration over the live object and keeps account of who owns what.
 */
import { deepEqual } from '../../object/copy.ts';
import { isJsonObject } from '../../object/json.ts';
import type { FieldsV1, ManagedFieldsEntry, Unstructured } from '../../object/meta.ts';
import type { MergeSchema } from '../merge-schema.ts';
import { type ApplyConflict, conflictsWith } from './conflicts.ts';
import { type FieldFilter, filterFieldSet } from './field-filter.ts';
import { differenceOf, emptyFieldSet, equalFieldSets, intersectionOf, isEmptyFieldSet } from './field-set.ts';
import { fieldSetOfValue } from './field-set-of-value.ts';
import { lastAppliedByKubectl, withLastApplied } from './last-applied.ts';
import {
  decodeStoredManagedFields,
  encodeManagedFields,
  type FieldManager,
  type FieldManagers,
  managerKey,
} from './managers.ts';
import { mergeApplied } from './merge-applied.ts';
import { pruneApplied } from './prune-applied.ts';
import { reconcileManagers } from './schema-change.ts';
import { managersBeforeFirstApply, takeFrom } from './track-update.ts';
import { trackedPart, withoutUntracked } from './tracked-part.ts';
import { validateApplied } from './validate-applied.ts';
import { type ConvertVersion, comparisonsByVersion, isUnstructured } from './version-views.ts';

export interface ApplyOptions {
  /** The object as stored, in the version of the request; undefined when the apply creates it. */
  readonly live: Unstructured | undefined;
  /** What the client sends, without managedFields. */
  readonly applied: Unstructured;
  readonly schema: MergeSchema;
  readonly manager: string;
  /** Takes conflicting fields over. */
  readonly force?: boolean;
  /** The version of the request. */
  readonly apiVersion: string;
  /** `status`, …; absent for the main resource. */
  readonly subresource?: string;
  /** RFC 3339, in seconds. */
  readonly now: string;
  /** Fields that this endpoint cannot write: see `exceptStatus` and `onlyStatus`. */
  readonly filter?: FieldFilter;
  readonly convert?: ConvertVersion;
}

export type ApplyResult =
  /** `changed` is false when the apply does nothing: then managedFields are the live ones, times included. */
  | { readonly kind: 'applied'; readonly object: Unstructured; readonly changed: boolean }
  /** Other managers own fields that would change. */
  | { readonly kind: 'conflict'; readonly conflicts: readonly ApplyConflict[] }
  /** The configuration does not fit the schema: one text each, with its path in front. */
  | { readonly kind: 'invalid'; readonly errors: readonly string[] };

/**
 * Applies a configuration. Pure: neither object is changed, the result shares parts with both.
 *
 * @example applyObject({ live, applied, schema, manager: 'helm', apiVersion: 'v1', now: '2026-01-01T00:00:00Z' })
 */
export function applyObject(options: ApplyOptions): ApplyResult {
  const { live, applied, schema } = options;
  const errors = isJsonObject(applied) ? validateApplied(applied, schema) : [];
  if (errors.length > 0) return { kind: 'invalid', errors };
  const before = managersOf(live, options);
  const own = applier(options);
  const managers = new Map(before).set(managerKey(own), own);
  const merged = mergeObjects(live, applied, schema);
  const object = pruneApplied(merged, managers, before.get(managerKey(own)), options);
  return settle({ before, managers, own, object }, options);
}

interface Applying {
  readonly before: FieldManagers;
  readonly managers: FieldManagers;
  readonly own: FieldManager;
  readonly object: Unstructured;
}

function settle({ before, managers, own, object }: Applying, options: ApplyOptions): ApplyResult {
  const ownKey = managerKey(own);
  const comparisonIn = comparisonsByVersion(options.live, object, options);
  const others = new Map([...managers].filter(([key]) => key !== ownKey));
  if (!options.force) {
    const changedIn = (apiVersion: string) => comparisonIn(apiVersion)?.changed ?? emptyFieldSet;
    const conflicts = findConflicts(others, changedIn, options);
    if (conflicts.length > 0) return { kind: 'conflict', conflicts };
  }
  const after = takeFrom(others, comparisonIn).set(ownKey, own);
  const changed = !sameObject(options.live, object) || !sameManagers(before, after);
  const stored = options.live?.metadata.managedFields;
  const managedFields = changed || stored === undefined ? encodeManagedFields(after) : stored;
  const result = withManagedFields(object, managedFields);
  const synced = changed ? withLastApplied(result, options.applied, options.manager) : result;
  return { kind: 'applied', changed, object: synced };
}

function managersOf(live: Unstructured | undefined, options: ApplyOptions): FieldManagers {
  if (live === undefined) return new Map();
  const stored = decodeStoredManagedFields(live.metadata.managedFields);
  if (stored.size === 0) return managersBeforeFirstApply(live, options);
  return reconcileManagers(stored, trackedPart(live), options.schema);
}

function applier({ applied, schema, manager, apiVersion, subresource = '', now, filter }: ApplyOptions): FieldManager {
  const fields = filterFieldSet(withoutUntracked(fieldSetOfValue(trackedPart(applied), schema)), filter);
  return { name: manager, operation: 'Apply', apiVersion, subresource, time: now, fields };
}

function mergeObjects(live: Unstructured | undefined, applied: Unstructured, schema: MergeSchema): Unstructured {
  if (live === undefined || !isJsonObject(live) || !isJsonObject(applied)) return applied;
  const merged = mergeApplied(live, applied, schema);
  return isUnstructured(merged) ? merged : applied;
}

function findConflicts(
  others: FieldManagers,
  changedIn: (apiVersion: string) => FieldsV1,
  options: ApplyOptions,
): ApplyConflict[] {
  const allowed =
    options.live === undefined ? emptyFieldSet : lastAppliedByKubectl(options.live, options.manager, options);
  return [...others.values()].flatMap((manager) => {
    const conflicting = intersectionOf(manager.fields, changedIn(manager.apiVersion));
    return conflictsWith(manager, differenceOf(conflicting, allowed));
  });
}

function sameObject(live: Unstructured | undefined, object: Unstructured): boolean {
  return live !== undefined && deepEqual(trackedPart(live), trackedPart(object));
}

function sameManagers(before: FieldManagers, after: FieldManagers): boolean {
  const living = [...after].filter(([, manager]) => !isEmptyFieldSet(manager.fields));
  return (
    living.length === before.size &&
    living.every(([key, manager]) => {
      const known = before.get(key);
      return known?.apiVersion === manager.apiVersion && equalFieldSets(known.fields, manager.fields);
    })
  );
}

function withManagedFields(object: Unstructured, managedFields: ManagedFieldsEntry[]): Unstructured {
  const { managedFields: _, ...metadata } = object.metadata;
  return { ...object, metadata: managedFields.length === 0 ? metadata : { ...metadata, managedFields } };
}
