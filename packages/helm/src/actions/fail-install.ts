/** What is done when an install has failed: the record says so, or with rollback-on-failure nothing of it remains. */
import { errorText } from '@kindred/machinery';
import { deleteHookResources } from '../hooks/run-hooks.ts';
import type { OperationSettings } from '../release/journal.ts';
import type { OperationRecord } from '../release/operation-record.ts';
import type { Release } from '../release/release.ts';
import { buildResources } from '../resources/build.ts';
import { type ActionContext, clusterOf } from './action-context.ts';
import { cleanupContext, OperationError, recordFailure } from './operation-failure.ts';
import { uninstallRelease } from './uninstall-release.ts';

export async function failInstall(
  stopped: ActionContext,
  { record, settings }: { readonly record: OperationRecord; readonly settings: OperationSettings },
  error: unknown,
): Promise<never> {
  const context = cleanupContext(stopped);
  const { name } = record.release;
  const text = errorText(error);
  const release = await recordFailure(context, record, `Release "${name}" failed: ${text}`);
  if (!settings.rollbackOnFailure) throw new OperationError(release, text, error);
  context.report({ type: 'phase', phase: 'rollback', detail: name });
  try {
    const history = await context.storage.history(name);
    const { noHooks, timeoutMilliseconds } = settings;
    // What a hook of the install leaves behind would be in the way of the next attempt.
    await deleteHooks(context, release, timeoutMilliseconds);
    const wait = settings.wait === 'hookOnly' ? 'watcher' : settings.wait;
    const uninstall = {
      noHooks,
      timeoutMilliseconds,
      wait,
      keepHistory: false,
      cascade: 'background',
      description: '',
    } as const;
    await uninstallRelease(context, history, uninstall);
  } catch (failure) {
    const what = 'an error occurred while uninstalling the release. original install error';
    throw new OperationError(release, `${what}: ${text}: ${errorText(failure)}`, error);
  }
  const message = `release ${name} failed, and has been uninstalled due to rollback-on-failure being set: ${text}`;
  throw new OperationError(release, message, error);
}

/** Objects of the hooks that were started. */
async function deleteHooks(context: ActionContext, release: Release, timeoutMilliseconds: number): Promise<void> {
  const cluster = clusterOf(context);
  for (const hook of release.hooks) {
    if (hook.lastRun.startedAt === '') continue;
    const resources = await buildResources(cluster, hook.manifest, { validate: false });
    await deleteHookResources(cluster, hook, resources, timeoutMilliseconds);
  }
}
