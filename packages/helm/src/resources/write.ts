/**
 * The writes of one object, as helm 4 sends them: server-side apply, create, replace, client-side patch. Errors in its words.
 */
import { isStatusError, type Observed, type Unstructured } from '@kindred/machinery';
import { clientSidePatch } from './client-side-patch.ts';
import { type Cluster, FIELD_MANAGER } from './cluster.ts';
import { goKind, type Resource, resourceKey } from './resource.ts';
import { wrapped } from './resource-error.ts';
import { upgradeFieldManager } from './upgrade-field-manager.ts';
import type { WriteMode } from './write-mode.ts';

/** Creates an object, or applies it where server-side apply is on. */
export async function createOne(
  cluster: Cluster,
  resource: Resource,
  mode: WriteMode,
): Promise<Observed<Unstructured>> {
  if (mode.serverSide) return applyOne(cluster, resource, mode);
  return cluster.client.create(resource.kind, resource.object, {
    fieldManager: FIELD_MANAGER,
    dryRun: mode.dryRun,
    signal: cluster.signal,
  });
}

/** Brings an object that exists from its old manifest to the new one. */
export async function updateOne(
  cluster: Cluster,
  { original, target }: { readonly original: Resource; readonly target: Resource },
  mode: WriteMode,
): Promise<Observed<Unstructured>> {
  if (mode.forceReplace === true) return replaceOne(cluster, target, mode);
  if (!mode.serverSide) return patchOne(cluster, original, target, mode);
  if (mode.upgradeFieldManager === true) await upgradeFieldManager(cluster, target, mode);
  return applyOne(cluster, target, mode);
}

export async function applyOne(cluster: Cluster, resource: Resource, mode: WriteMode): Promise<Observed<Unstructured>> {
  const force = mode.forceConflicts === true || mode.forced?.has(resourceKey(resource)) === true;
  try {
    return await sendApply(cluster, resource, mode, force);
  } catch (error) {
    if (!isStatusError(error, 'Conflict') || mode.resolveConflict === undefined) throw applyError(resource, error);
    const resolved = await mode.resolveConflict(resource);
    if (resolved === undefined) throw applyError(resource, error);
    return applyOne(cluster, resolved.resource, {
      ...mode,
      forceConflicts: resolved.force,
      resolveConflict: undefined,
    });
  }
}

function sendApply(
  { client, signal }: Cluster,
  { kind, object }: Resource,
  { dryRun }: WriteMode,
  force: boolean,
): Promise<Observed<Unstructured>> {
  const options = { fieldManager: FIELD_MANAGER, fieldValidation: 'Strict', dryRun, force, signal } as const;
  return client.apply(kind, object, options);
}

function applyError(resource: Resource, error: unknown): unknown {
  if (!isStatusError(error)) return error;
  if (error.code === 415) return wrapped('server-side apply not available on the server', error);
  if (!isStatusError(error, 'Conflict')) return error;
  const object = `object ${resource.namespace}/${resource.name} ${goKind(resource.kind)}`;
  return wrapped(`conflict occurred while applying ${object}`, error);
}

async function replaceOne(cluster: Cluster, target: Resource, mode: WriteMode): Promise<Observed<Unstructured>> {
  try {
    const live = await cluster.client.get(target.kind, target, { signal: cluster.signal });
    const { resourceVersion } = live.metadata;
    const object = { ...target.object, metadata: { ...target.object.metadata, resourceVersion } };
    return await cluster.client.update(target.kind, object, {
      fieldManager: FIELD_MANAGER,
      fieldValidation: 'Strict',
      dryRun: mode.dryRun,
      signal: cluster.signal,
    });
  } catch (error) {
    throw wrapped('failed to replace object', error);
  }
}

async function patchOne(
  cluster: Cluster,
  original: Resource,
  target: Resource,
  mode: WriteMode,
): Promise<Observed<Unstructured>> {
  const { client, signal } = cluster;
  const live = await client.get(target.kind, target, { signal });
  const patch = clientSidePatch(original.object, target, live);
  if (patch === undefined) return live;
  const write = { fieldManager: FIELD_MANAGER, dryRun: mode.dryRun, signal };
  try {
    return patch.type === 'strategic'
      ? await client.strategicPatch(target.kind, target, patch.value, write)
      : await client.mergePatch(target.kind, target, patch.value, write);
  } catch (error) {
    throw wrapped(`cannot patch ${JSON.stringify(target.name)} with kind ${target.kind.kind}`, error);
  }
}
