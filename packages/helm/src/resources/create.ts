/** Creates the objects of a release: one kind after the other in the given order, the objects of a kind at the same time. */
import { eachByKind, messageOf } from './by-kind.ts';
import type { Cluster } from './cluster.ts';
import type { Resource } from './resource.ts';
import { NO_CHANGES, type ResourceChanges, ResourceError } from './resource-error.ts';
import { createOne } from './write.ts';
import { type WriteMode } from './write-mode.ts';

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
  const changes = { ...NO_CHANGES, created: resources };
  const create = async (resource: Resource): Promise<void> => {
    await createOne(cluster, resource, mode);
    cluster.report?.({ type: 'created', resource });
  };
  const failures = await eachByKind(resources, create, cluster.signal);
  for (const { resource, error } of failures) {
    cluster.report?.({ type: 'failed', resource, reason: messageOf(error) });
  }
  const [first] = failures;
  if (first === undefined) return changes;
  const message = failures.map(({ error }) => messageOf(error)).join('\n');
  throw new ResourceError(message, { cause: first.error, changes });
}
