/** What is done when an upgrade has failed: the record says so, new objects go, the last successful revision comes back. */
import { errorText } from '@kindred/machinery';
import type { OperationSettings } from '../release/journal.ts';
import type { OperationRecord } from '../release/operation-record.ts';
import type { Release } from '../release/release.ts';
import { deleteResources } from '../resources/delete.ts';
import type { Resource } from '../resources/resource.ts';
import { type ActionContext, clusterOf } from './action-context.ts';
import { DeployError } from './deploy.ts';
import { cleanupContext, OperationError, recordFailure } from './operation-failure.ts';
import { rollBack } from './roll-back.ts';

export async function failUpgrade(
  stopped: ActionContext,
  { record, settings }: { readonly record: OperationRecord; readonly settings: OperationSettings },
  error: unknown,
): Promise<never> {
  const context = cleanupContext(stopped);
  const { name } = record.release;
  const text = errorText(error);
  const release = await recordFailure(context, record, `Upgrade "${name}" failed: ${text}`);
  if (settings.cleanupOnFail && error instanceof DeployError) await cleanUp(context, release, error, text);
  if (settings.rollbackOnFailure) await backToSuccess(context, release, settings, error);
  throw new OperationError(release, text, error);
}

async function cleanUp(context: ActionContext, release: Release, error: DeployError, text: string): Promise<void> {
  const created: readonly Resource[] = error.created;
  if (created.length === 0) return;
  const { errors } = await deleteResources(clusterOf(context), created);
  if (errors.length === 0) return;
  const problems = errors.map(({ message }) => message).join(', ');
  const what = 'an error occurred while cleaning up resources. original upgrade error';
  throw new OperationError(release, `${what}: ${text}: unable to cleanup resources: ${problems}`, error);
}

/** Rolls back to the newest revision that was ever successful. */
async function backToSuccess(
  context: ActionContext,
  release: Release,
  settings: OperationSettings,
  error: unknown,
): Promise<never> {
  const { name } = release;
  const text = errorText(error);
  context.report({ type: 'phase', phase: 'rollback', detail: name });
  const history = await context.storage.history(name).catch((failure: unknown) => {
    const what = 'an error occurred while finding last successful release. original upgrade error';
    throw new OperationError(release, `${what}: ${text}: ${errorText(failure)}`, error);
  });
  const successful = history.find(({ info }) => info.status === 'superseded' || info.status === 'deployed');
  if (successful === undefined) {
    const what = 'unable to find a previously successful release when attempting to rollback. original upgrade error';
    throw new OperationError(release, `${what}: ${text}`, error);
  }
  try {
    const previous = await context.storage.get(name, successful.revision);
    const rollback: OperationSettings = {
      ...settings,
      wait: settings.wait === 'hookOnly' ? 'watcher' : settings.wait,
      cleanupOnFail: false,
      rollbackOnFailure: false,
      upgradeFieldManager: true,
      description: '',
    };
    const interrupted: Release[] = [];
    await rollBack(context, { current: release, previous, interrupted, settings: rollback, historyMax: 0 });
  } catch (failure) {
    const what = 'an error occurred while rolling back the release. original upgrade error';
    throw new OperationError(release, `${what}: ${text}: ${errorText(failure)}`, error);
  }
  const message = `release ${name} failed, and has been rolled back due to rollback-on-failure being set: ${text}`;
  throw new OperationError(release, message, error);
}
