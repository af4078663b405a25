/**
 * Takes a release from its old manifest to the new one: creates what is missing, changes what is there, deletes what only
 * the old one has. One object after the other, as helm does.
 */
import { goQuote, type Observed, type Unstructured } from '@kindred/machinery';
import { messageOf } from './by-kind.ts';
import { type Cluster, findLive } from './cluster.ts';
import { deleteOne } from './delete.ts';
import { isKept } from './keep-policy.ts';
import { difference, type Resource, resourceKey } from './resource.ts';
import { type ResourceChanges, ResourceError, wrapped } from './resource-error.ts';
import { createOne, updateOne } from './write.ts';
import { checkUpdateMode, type WriteMode } from './write-mode.ts';

interface Changes extends ResourceChanges {
  readonly created: Resource[];
  readonly updated: Resource[];
  readonly deleted: Resource[];
}

/**
 * @throws ResourceError when an object can't be looked up or created, at once; when objects can't be changed, after all of
 * them were tried and before anything is deleted (` && ` between the messages)
 */
export async function updateResources(
  cluster: Cluster,
  originals: readonly Resource[],
  targets: readonly Resource[],
  mode: WriteMode,
): Promise<ResourceChanges> {
  checkUpdateMode(mode);
  const changes: Changes = { created: [], updated: [], deleted: [] };
  const failures: unknown[] = [];
  const originalOf = new Map(originals.map((original) => [resourceKey(original), original]));
  for (const target of targets) {
    cluster.signal?.throwIfAborted();
    const live = await lookUp(cluster, target, changes);
    if (live === undefined) {
      await createMissing(cluster, target, mode, changes);
      continue;
    }
    const original = originalOf.get(resourceKey(target)) ?? missingOriginal(target, changes);
    try {
      report(cluster, target, live, await updateOne(cluster, { original, target }, mode));
    } catch (error) {
      fail(cluster, target, error, failures);
    }
    changes.updated.push(target);
  }
  throwFailures(failures, changes);
  for (const resource of difference(originals, targets)) await deleteOld(cluster, resource, mode, changes, failures);
  throwFailures(failures, changes);
  return changes;
}

/** Objects that are taken into the release must be among the originals, as they are wanted. */
function missingOriginal({ kind, name }: Resource, changes: ResourceChanges): never {
  throw new ResourceError(`original object ${kind.kind} with the name ${goQuote(name)} not found`, { changes });
}

async function lookUp(cluster: Cluster, target: Resource, changes: ResourceChanges) {
  try {
    return await findLive(cluster, target);
  } catch (error) {
    cluster.signal?.throwIfAborted();
    const { message } = wrapped('could not get information about the resource', error);
    throw new ResourceError(message, { cause: error, changes });
  }
}

async function createMissing(cluster: Cluster, target: Resource, mode: WriteMode, changes: Changes): Promise<void> {
  changes.created.push(target);
  try {
    await createOne(cluster, target, mode);
    cluster.report?.({ type: 'created', resource: target });
  } catch (error) {
    cluster.signal?.throwIfAborted();
    cluster.report?.({ type: 'failed', resource: target, reason: messageOf(error) });
    throw new ResourceError(`failed to create resource: ${messageOf(error)}`, { cause: error, changes });
  }
}

function report(cluster: Cluster, resource: Resource, live: Observed<Unstructured>, now: Observed<Unstructured>): void {
  const same = live.metadata.resourceVersion === now.metadata.resourceVersion;
  cluster.report?.({ type: same ? 'unchanged' : 'configured', resource });
}

async function deleteOld(
  cluster: Cluster,
  resource: Resource,
  mode: WriteMode,
  changes: Changes,
  failures: unknown[],
): Promise<void> {
  cluster.signal?.throwIfAborted();
  const live = await findLive(cluster, resource).catch(() => undefined); // Helm goes on: it can't be seen, so it stays.
  if (live === undefined) return;
  if (isKept(live)) {
    cluster.report?.({ type: 'kept', resource });
    return;
  }
  try {
    const found = await deleteOne(cluster, resource, { dryRun: mode.dryRun });
    if (!found) return;
    cluster.report?.({ type: 'deleted', resource });
    changes.deleted.push(resource);
  } catch (error) {
    fail(cluster, resource, wrapped(`failed to delete resource ${resource.name}`, error), failures);
  }
}

function fail(cluster: Cluster, resource: Resource, error: unknown, failures: unknown[]): void {
  cluster.signal?.throwIfAborted();
  cluster.report?.({ type: 'failed', resource, reason: messageOf(error) });
  failures.push(error);
}

function throwFailures(failures: readonly unknown[], changes: ResourceChanges): void {
  if (failures.length === 0) return;
  throw new ResourceError(failures.map(messageOf).join(' && '), { cause: failures[0], changes });
}
