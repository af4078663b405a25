/**
 * The writes of one object, as helm 4 sends them: server-side apply, create, replace, client-side patch. Errors in its words.
 */
import { isStatusError, type Observed, type Unstructured } from '@kindred/machinery';
import { clientSidePatch } from './client-side-patch.ts';
import { type Cluster, FIELD_MANAGER } from './cluster.ts';
import { goKind, type Resource, resourceKey } from './resource.ts';
import { ResourceError, wrapped } from './resource-error.ts';
import { upgradeFieldManager } from './upgrade-field-manager.ts';

/** How objects are written. */
export interface WriteMode {
  /** True: the server merges (SSA). False: objects are created, and patched with what changed from the old manifest. */
  readonly serverSide: boolean;
  /** Server-side apply takes fields over from other managers. */
  readonly forceConflicts?: boolean | undefined;
  /** Keys of single resources (`resourceKey`) for which it does. */
  readonly forced?: ReadonlySet<string> | undefined;
  /** Objects that exist are replaced as a whole. Not with server-side apply. */
  readonly forceReplace?: boolean | undefined;
  /** Nothing is stored. */
  readonly dryRun?: boolean | undefined;
  /** What client-side apply wrote before becomes server-side apply's: for a release that changes over. */
  readonly upgradeFieldManager?: boolean | undefined;
}

/** @throws ResourceError for combinations that helm refuses when it updates. */
export function checkUpdateMode({ serverSide, forceConflicts, forceReplace }: WriteMode): void {
  if (forceConflicts === true && !serverSide) {
    throw new ResourceError('invalid client update option(s): forceConflicts enabled when serverSideApply disabled');
  }
  if (forceReplace === true && serverSide) {
    throw new ResourceError('invalid operation: cannot use server-side apply and force replace together');
  }
}

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
  try {
    return await cluster.client.apply(resource.kind, resource.object, {
      fieldManager: FIELD_MANAGER,
      fieldValidation: 'Strict',
      dryRun: mode.dryRun,
      force: mode.forceConflicts === true || mode.forced?.has(resourceKey(resource)) === true,
      signal: cluster.signal,
    });
  } catch (error) {
    throw applyError(resource, error);
  }
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
