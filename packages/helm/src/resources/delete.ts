/** Deletes the objects of a release, in the given order; whether dependents follow, go first or stay is the cascade. */
import { isStatusError } from '@kindred/machinery';
import { eachByKind, messageOf } from './by-kind.ts';
import type { Cluster } from './cluster.ts';
import type { Resource } from './resource.ts';
import { ResourceError } from './resource-error.ts';

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
  const remove = async (resource: Resource): Promise<void> => {
    const found = await deleteOne(cluster, resource, mode);
    deleted.push(resource);
    cluster.report?.({ type: found ? 'deleted' : 'gone', resource });
  };
  const failures = await eachByKind(resources, remove, cluster.signal);
  for (const { resource, error } of failures) {
    cluster.report?.({ type: 'failed', resource, reason: messageOf(error) });
  }
  return { deleted, errors: failures.map(({ error }) => errorOf(error)) };
}

function errorOf(error: unknown): Error {
  return error instanceof Error ? error : new ResourceError(messageOf(error));
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
