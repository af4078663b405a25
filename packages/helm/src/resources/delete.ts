/** Deletes the objects of a release, in the given order; whether dependents follow, stay or go first is the cascade. */
import { isStatusError } from '@kindred/machinery';
import type { Cluster } from './cluster.ts';
import { messageOf } from './create.ts';
import type { Resource } from './resource.ts';

/** Values of `--cascade`. */
export type Cascade = 'background' | 'foreground' | 'orphan';

export interface DeleteResult {
  /** Those that are deleted, or were gone already. */
  readonly deleted: readonly Resource[];
  readonly errors: readonly Error[];
}

const propagation = { background: 'Background', foreground: 'Foreground', orphan: 'Orphan' } as const;

export interface DeleteMode {
  readonly cascade?: Cascade | undefined;
  readonly dryRun?: boolean | undefined;
}

/** Deletes all resources, one kind after the other; what fails is told and doesn't stop the rest. */
export async function deleteResources(
  cluster: Cluster,
  resources: readonly Resource[],
  mode: DeleteMode = {},
): Promise<DeleteResult> {
  const deleted: Resource[] = [];
  const errors: Error[] = [];
  for (const resource of resources) {
    cluster.signal?.throwIfAborted();
    try {
      const found = await deleteOne(cluster, resource, mode);
      deleted.push(resource);
      cluster.report?.({ type: found ? 'deleted' : 'gone', resource });
    } catch (error) {
      cluster.signal?.throwIfAborted();
      cluster.report?.({ type: 'failed', resource, reason: messageOf(error) });
      errors.push(error instanceof Error ? error : new TypeError(String(error)));
    }
  }
  return { deleted, errors };
}

/** False when there was nothing to delete. */
export async function deleteOne(cluster: Cluster, resource: Resource, mode: DeleteMode = {}): Promise<boolean> {
  const { client, signal } = cluster;
  const propagationPolicy = propagation[mode.cascade ?? 'background'];
  try {
    await client.delete(resource.kind, resource, { propagationPolicy, dryRun: mode.dryRun, signal });
    return true;
  } catch (error) {
    if (isStatusError(error, 'NotFound')) return false;
    throw error;
  }
}
