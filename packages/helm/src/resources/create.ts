/** Creates the objects of a release: one kind after the other in the given order, the objects of a kind at the same time. */
import type { Cluster } from './cluster.ts';
import { type Resource, resourceKey } from './resource.ts';
import { NO_CHANGES, type ResourceChanges, ResourceError } from './resource-error.ts';
import { checkMode, createOne, type WriteMode } from './write.ts';

/**
 * Creates all resources. A failure doesn't keep the others from being created, as with helm.
 *
 * @throws ResourceError with the messages of all failures, a line each; all resources are in its `changes.created`
 */
export async function createResources(
  cluster: Cluster,
  resources: readonly Resource[],
  mode: WriteMode,
): Promise<ResourceChanges> {
  checkMode(mode);
  if (resources.length === 0) throw new ResourceError('no objects visited');
  const failures: unknown[] = [];
  for (const group of byKind(resources)) {
    cluster.signal?.throwIfAborted();
    const done = await Promise.allSettled(group.map((resource) => create(cluster, resource, mode)));
    for (const result of done) if (result.status === 'rejected') failures.push(result.reason);
  }
  cluster.signal?.throwIfAborted();
  const changes = { ...NO_CHANGES, created: resources };
  if (failures.length === 0) return changes;
  throw new ResourceError(failures.map(messageOf).join('\n'), { cause: failures[0], changes });
}

async function create(cluster: Cluster, resource: Resource, mode: WriteMode): Promise<void> {
  try {
    await createOne(cluster, resource, mode);
    cluster.report?.({ type: 'created', resource });
  } catch (error) {
    cluster.report?.({ type: 'failed', resource, reason: messageOf(error) });
    throw error;
  }
}

/** Runs of one kind. An object that comes twice isn't written twice at the same time: it starts a run of its own. */
function byKind(resources: readonly Resource[]): Resource[][] {
  const groups: Resource[][] = [];
  let keys = new Set<string>();
  for (const resource of resources) {
    const last = groups.at(-1);
    const key = resourceKey(resource);
    if (last === undefined || last[0]?.kind.kind !== resource.kind.kind || keys.has(key)) {
      groups.push([resource]);
      keys = new Set([key]);
    } else {
      last.push(resource);
      keys.add(key);
    }
  }
  return groups;
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
