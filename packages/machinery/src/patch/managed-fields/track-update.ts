/**
 * Field management for writes that are no apply (KEP-555): whoever changes a field owns it from then on.
 */
import type { ManagedFieldsEntry, Unstructured } from '../../object/meta.ts';
import type { MergeSchema } from '../merge-schema.ts';
import { capUpdateManagers } from './cap-managers.ts';
import type { Comparison } from './compare-values.ts';
import type { FieldFilter } from './field-filter.ts';
import { differenceOf, emptyFieldSet, isEmptyFieldSet, unionOf } from './field-set.ts';
import { fieldsOfNewObject } from './fields-of-new-object.ts';
import {
  encodeManagedFields,
  type FieldManager,
  type FieldManagers,
  managerKey,
  managersBeforeWrite,
  sentManagedFields,
} from './managers.ts';
import { managersOfNewObject } from './managers-of-new-object.ts';
import { reconcileManagers } from './schema-change.ts';
import { trackedPart } from './tracked-part.ts';
import { type ConvertVersion, comparisonsByVersion } from './version-views.ts';

export interface TrackUpdateOptions {
  /** The object before the write; undefined for a create. */
  readonly live: Unstructured | undefined;
  /** The object that is about to be stored, after admission and defaulting. */
  readonly updated: Unstructured;
  readonly schema: MergeSchema;
  /** fieldManager of the request, or what its User-Agent has before the first slash. */
  readonly manager: string;
  /** The version of the request. */
  readonly apiVersion: string;
  /** `status`, `scale`, …; absent for the main resource. */
  readonly subresource?: string;
  /** RFC 3339, in seconds. */
  readonly now: string;
  /** Fields that this endpoint cannot write: see `exceptStatus` and `onlyStatus`. */
  readonly filter?: FieldFilter | undefined;
  readonly convert?: ConvertVersion;
}

/**
 * The managedFields to store with `updated`: the writer gets what it changed, everybody else loses that.
 *
 * An entry's time moves only when its manager took fields. When nothing changed the live entries come back as they
 * are. Objects without managers, other than new ones, stay so; a request that sends `managedFields: [{}]` clears them.
 */
export function trackUpdate(options: TrackUpdateOptions): ManagedFieldsEntry[] {
  const { live, updated, subresource = '' } = options;
  const stored = live?.metadata.managedFields;
  const sent = sentManagedFields(live, updated, subresource);
  if (live === undefined && sent === undefined) {
    return managersOfNewObject(fieldsOfNewObject(updated, options), updater(options));
  }
  const managers = managersBeforeWrite(live, sent);
  if (managers === undefined || (live !== undefined && managers.size === 0)) return [];
  const comparisonIn = comparisonsByVersion(live, updated, options);
  const own = comparisonIn(options.apiVersion);
  if (stored !== undefined && sent === undefined && isUnchanged(own)) return stored;
  const reconciled = reconcileManagers(managers, trackedPart(live), options.schema);
  const writer = updater(options);
  const key = managerKey(writer);
  const after = withWriter(takeFrom(reconciled, comparisonIn, key), own, key, writer);
  return encodeManagedFields(capUpdateManagers(after));
}

function isUnchanged(comparison: Comparison | undefined): boolean {
  return comparison === undefined || (isEmptyFieldSet(comparison.changed) && isEmptyFieldSet(comparison.removed));
}

/**
 * Every manager without what has changed or gone in its own version; without those whose version is gone. The writer,
 * when there is one among them, would get back what it has changed: it keeps that.
 */
export function takeFrom(
  managers: FieldManagers,
  comparisonIn: (apiVersion: string) => Comparison | undefined,
  writer?: string,
): Map<string, FieldManager> {
  const result = new Map<string, FieldManager>();
  for (const [key, manager] of managers) {
    const comparison = comparisonIn(manager.apiVersion);
    if (comparison === undefined) continue;
    const kept = key === writer ? manager.fields : differenceOf(manager.fields, comparison.changed);
    const fields = differenceOf(kept, comparison.removed);
    result.set(key, fields === manager.fields ? manager : { ...manager, fields });
  }
  return result;
}

function withWriter(
  managers: Map<string, FieldManager>,
  comparison: Comparison | undefined,
  key: string,
  writer: Omit<FieldManager, 'fields'>,
): FieldManagers {
  const taken = comparison?.changed ?? emptyFieldSet;
  if (isEmptyFieldSet(taken)) return managers;
  managers.set(key, { ...writer, fields: unionOf(managers.get(key)?.fields ?? emptyFieldSet, taken) });
  return managers;
}

function updater({
  manager,
  apiVersion,
  subresource = '',
  now,
}: Pick<TrackUpdateOptions, 'manager' | 'apiVersion' | 'subresource' | 'now'>): Omit<FieldManager, 'fields'> {
  return { name: manager === '' ? 'unknown' : manager, operation: 'Update', apiVersion, subresource, time: now };
}

/** The managers of a live object that had none, before it is applied to for the first time. */
export function managersBeforeFirstApply(
  live: Unstructured,
  options: Pick<TrackUpdateOptions, 'schema' | 'apiVersion' | 'now' | 'filter' | 'convert'>,
): FieldManagers {
  const own = comparisonsByVersion(undefined, live, options)(options.apiVersion);
  const writer = updater({ ...options, manager: 'before-first-apply' });
  return withWriter(new Map(), own, managerKey(writer), writer);
}
