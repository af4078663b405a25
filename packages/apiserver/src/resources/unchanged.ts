/**
 * Whether a write changes anything: what is no different is not written, so that watchers and generations rest. Times of
 * managed fields don't count: they move with every apply (upstream's IgnoreManagedFieldsTimestampsTransformer).
 */
import { deepEqual, type ManagedFieldsEntry, type Unstructured } from '@kindred/machinery';

export function isUnchanged(object: Unstructured, old: Unstructured): boolean {
  if (deepEqual(object, old)) return true;
  const { managedFields, ...metadata } = object.metadata;
  const { managedFields: oldFields, ...oldMetadata } = old.metadata;
  return (
    deepEqual(withoutTimes(managedFields), withoutTimes(oldFields)) &&
    deepEqual({ ...object, metadata }, { ...old, metadata: oldMetadata })
  );
}

function withoutTimes(entries: readonly ManagedFieldsEntry[] = []): ManagedFieldsEntry[] {
  return entries.map((entry) => {
    const timeless = { ...entry };
    delete timeless.time;
    return timeless;
  });
}
