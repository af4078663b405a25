/**
 * Changing over from client-side to server-side apply: what the manager `helm` owns by Update becomes owned by Apply, so
 * that fields which the new manifest drops are removed (client-go's csaupgrade).
 */
import { type FieldsV1, isJsonObject, isStatusError, type ManagedFieldsEntry } from '@kindred/machinery';
import { type Cluster, FIELD_MANAGER } from './cluster.ts';
import type { Resource } from './resource.ts';
import type { WriteMode } from './write-mode.ts';

/** As client-go's DefaultRetry: tries when somebody else wrote in between. */
const ATTEMPTS = 5;

/** Rewrites the owners of a live object; nothing is sent when there is nothing to change. */
export async function upgradeFieldManager(cluster: Cluster, resource: Resource, mode: WriteMode): Promise<void> {
  const { client, signal } = cluster;
  for (let attempt = 1; ; attempt++) {
    const live = await client.get(resource.kind, resource, { signal });
    const { managedFields, resourceVersion } = live.metadata;
    const upgraded = upgradeManagedFields(managedFields ?? [], FIELD_MANAGER);
    if (upgraded === undefined) return;
    try {
      await client.jsonPatch(
        resource.kind,
        resource,
        [
          { op: 'replace', path: '/metadata/managedFields', value: upgraded },
          // Replaced, not tested: a version that is too old is answered with a conflict then.
          { op: 'replace', path: '/metadata/resourceVersion', value: resourceVersion },
        ],
        { fieldManager: FIELD_MANAGER, fieldValidation: 'Strict', dryRun: mode.dryRun, signal },
      );
      return;
    } catch (error) {
      if (isStatusError(error, 'Conflict') && attempt < ATTEMPTS) continue;
      throw error;
    }
  }
}

/** The entries with `manager`'s Update turned into Apply; undefined when it has none. */
export function upgradeManagedFields(
  entries: readonly ManagedFieldsEntry[],
  manager: string,
): ManagedFieldsEntry[] | undefined {
  const ofManager = (entry: ManagedFieldsEntry, operation: string): boolean =>
    entry.manager === manager && entry.operation === operation && (entry.subresource ?? '') === '';
  const isUpdate = (entry: ManagedFieldsEntry): boolean => ofManager(entry, 'Update');
  if (!entries.some(isUpdate)) return undefined;
  const applied = entries.find((entry) => ofManager(entry, 'Apply'));
  const target = applied ?? entries.find(isUpdate);
  const source = entries.find((entry) => isUpdate(entry) && entry.apiVersion === target?.apiVersion);
  return entries.flatMap((entry): ManagedFieldsEntry[] => {
    if (entry !== target) return isUpdate(entry) ? [] : [entry];
    const fieldsV1 = union(entry.fieldsV1 ?? {}, source?.fieldsV1 ?? {});
    return [{ ...entry, operation: 'Apply', fieldsV1 }];
  });
}

function union(a: FieldsV1, b: FieldsV1): FieldsV1 {
  const merged: FieldsV1 = { ...a };
  for (const [element, fields] of Object.entries(b)) {
    const known = Object.hasOwn(merged, element) ? merged[element] : undefined;
    merged[element] = isJsonObject(known) ? union(known, fields) : fields;
  }
  return merged;
}
