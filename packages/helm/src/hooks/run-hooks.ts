/**
 * Runs the hooks of an event, one after the other: deletes what an earlier run left, creates, waits, deletes by policy. Each
 * is in the record as Running before anything of it is created.
 */
import { errorText } from '@kindred/machinery';
import type { ReleaseHook } from '../release/release.ts';
import { ReleaseError } from '../release/release-error.ts';
import { buildResources } from '../resources/build.ts';
import { type Cluster, findLive } from '../resources/cluster.ts';
import { createResources } from '../resources/create.ts';
import { deleteResources } from '../resources/delete.ts';
import type { Resource } from '../resources/resource.ts';
import { waitForDeletion, waitForHook } from '../resources/wait/wait.ts';
import type { HookHost } from './hook-host.ts';
import { outputHookLogs } from './hook-logs.ts';
import { hooksOf, type IndexedHook } from './hook-order.ts';

/** The note of a hook that is done. */
function hookStep(event: string, index: number): string {
  return `hook ${event} ${index}`;
}

/** @throws ReleaseError, ResourceError of the hook that failed; the record says so then, but isn't saved */
export async function runHooks(host: HookHost, event: string): Promise<void> {
  const hooks = hooksOf(host.record.release.hooks, event);
  const due = hooks.filter(({ index }) => !host.record.isDone(hookStep(event, index)));
  for (const each of due) await runHook(host, event, each, () => deleteSucceeded(host, event, due, each));
  // Once its object is deleted nothing else tells that a hook has run.
  if (due.some(({ hook }) => hook.deletePolicies.includes('hook-succeeded'))) await host.record.note();
  for (const { index } of hooks.toReversed()) {
    const hook = host.record.setHook(index, {});
    const resources = await buildHook(host, hook, 'for deleting hook', false);
    await outputLogs(host, hook, resources, 'hook-succeeded');
    await deleteByPolicy(host, event, hook, resources, 'hook-succeeded');
  }
}

/** When one fails, those before it are still deleted as their policies say. */
async function deleteSucceeded(
  host: HookHost,
  event: string,
  hooks: readonly IndexedHook[],
  failure: IndexedHook,
): Promise<void> {
  for (const { index } of hooks.slice(0, hooks.indexOf(failure))) {
    const hook = host.record.setHook(index, {});
    const resources = await buildHook(host, hook, 'for deleting hook', false);
    await deleteByPolicy(host, event, hook, resources, 'hook-succeeded');
  }
}

async function runHook(
  host: HookHost,
  event: string,
  { hook: before, index }: IndexedHook,
  deleteEarlier: () => Promise<void>,
): Promise<void> {
  const { cluster, record } = host;
  const deletePolicies = before.deletePolicies.length === 0 ? ['before-hook-creation'] : before.deletePolicies;
  const built = await buildHook(host, before, `for ${event} hook`, true);
  const resources = built.map((resource) => labelled(resource, record.release.name));
  let hook = record.setHook(index, { deletePolicies });
  if (!(await isUnderWay(host, hook, resources))) {
    await deleteByPolicy(host, event, hook, resources, 'before-hook-creation');
    hook = record.setHook(index, { lastRun: { startedAt: host.now(), completedAt: '', phase: 'Running' } });
    await record.save();
    host.tell(event, hook, 'running');
    try {
      await createResources(cluster, resources, { serverSide: host.serverSide, forceConflicts: false });
    } catch (error) {
      failed(host, event, index);
      throw new ReleaseError('Failed', `warning: Hook ${event} ${hook.path} failed: ${errorText(error)}`, {
        cause: error,
      });
    }
  }
  try {
    await waitForHook(cluster, resources, { strategy: host.strategy, timeoutMilliseconds: host.timeoutMilliseconds });
  } catch (error) {
    hook = failed(host, event, index);
    cluster.signal?.throwIfAborted();
    await cleanUpFailed(host, event, hook, resources);
    await deleteEarlier();
    throw error;
  }
  const { startedAt } = hook.lastRun;
  hook = record.setHook(index, { lastRun: { startedAt, completedAt: host.now(), phase: 'Succeeded' } });
  record.done(hookStep(event, index));
  host.tell(event, hook, 'succeeded');
}

/**
 * Says whose hook an object is, so that what hooks leave can be found (`kubectl get jobs -l helm.kindred.dev/hook-of=web`):
 * they have none of the marks of a release's objects, and nobody deletes them with it.
 */
const HOOK_OF = 'helm.kindred.dev/hook-of';

function labelled(resource: Resource, release: string): Resource {
  const { object } = resource;
  const labels = { ...object.metadata.labels, [HOOK_OF]: release };
  return { ...resource, object: { ...object, metadata: { ...object.metadata, labels } } };
}

/** An operation that ended without a result may have left the hook running: it isn't started twice. */
async function isUnderWay(
  { cluster, record }: HookHost,
  hook: ReleaseHook,
  resources: readonly Resource[],
): Promise<boolean> {
  if (hook.lastRun.phase !== 'Running' || !record.isDone(RESUMED)) return false;
  const live = await Promise.all(resources.map((resource) => findLive(cluster, resource)));
  return live.length > 0 && live.every((object) => object !== undefined);
}

/** Noted by an operation that goes on with another's. */
export const RESUMED = 'resumed';

function failed(host: HookHost, event: string, index: number): ReleaseHook {
  const { startedAt } = host.record.setHook(index, {}).lastRun;
  const hook = host.record.setHook(index, { lastRun: { startedAt, completedAt: host.now(), phase: 'Failed' } });
  host.tell(event, hook, 'failed');
  return hook;
}

/** The failure of the hook itself is what counts: others are told. */
async function cleanUpFailed(
  host: HookHost,
  event: string,
  hook: ReleaseHook,
  resources: readonly Resource[],
): Promise<void> {
  await outputLogs(host, hook, resources, 'hook-failed');
  try {
    await deleteByPolicy(host, event, hook, resources, 'hook-failed');
  } catch (error) {
    host.warn(`error deleting the hook resource on hook failure: ${errorText(error)}`);
  }
}

async function outputLogs(
  host: HookHost,
  hook: ReleaseHook,
  resources: readonly Resource[],
  outcome: 'hook-succeeded' | 'hook-failed',
): Promise<void> {
  for (const resource of resources) {
    try {
      await outputHookLogs(host, hook, resource, outcome);
    } catch (error) {
      host.cluster.signal?.throwIfAborted();
      host.warn(`error outputting logs for hook failure: ${errorText(error)}`);
    }
  }
}

async function buildHook(
  { cluster }: HookHost,
  hook: ReleaseHook,
  what: string,
  validate: boolean,
): Promise<Resource[]> {
  try {
    return await buildResources(cluster, hook.manifest, { validate });
  } catch (error) {
    cluster.signal?.throwIfAborted();
    const message = `unable to build kubernetes object ${what} ${hook.path}: ${errorText(error)}`;
    throw new ReleaseError('Failed', message, { cause: error });
  }
}

async function deleteByPolicy(
  host: HookHost,
  event: string,
  hook: ReleaseHook,
  resources: readonly Resource[],
  policy: 'before-hook-creation' | 'hook-succeeded' | 'hook-failed',
): Promise<void> {
  if (!hook.deletePolicies.includes(policy)) return;
  host.tell(event, hook, 'deleting');
  await deleteHookResources(host.cluster, hook, resources, host.timeoutMilliseconds);
}

/** Deletes the objects of a hook and waits until they are gone. Definitions stay: with them everything of their kind would go. */
export async function deleteHookResources(
  cluster: Cluster,
  hook: ReleaseHook,
  resources: readonly Resource[],
  timeoutMilliseconds: number,
): Promise<void> {
  if (hook.kind === 'CustomResourceDefinition') return;
  const { errors } = await deleteResources(cluster, resources);
  if (errors.length > 0)
    throw new ReleaseError('Failed', errors.map(({ message }) => message).join('; '), { cause: errors[0] });
  const live = await Promise.all(resources.map((resource) => findLive(cluster, resource)));
  const left = resources.filter((_, at) => live[at] !== undefined);
  if (left.length === 0) return;
  await waitForDeletion(cluster, left, { strategy: 'watcher', timeoutMilliseconds });
}
