/** The steps of an install after its record is stored; also those that are left of an interrupted one. */
import { errorText } from '@kindred/machinery';
import type { OperationSettings } from '../release/journal.ts';
import type { OperationRecord } from '../release/operation-record.ts';
import type { Release } from '../release/release.ts';
import type { ActionContext } from './action-context.ts';
import { type Change, deploy, prepareChange } from './deploy.ts';
import { failInstall } from './fail-install.ts';

export interface InstallWork {
  readonly record: OperationRecord;
  readonly settings: OperationSettings;
  /** When it is known already. */
  readonly change?: Change;
}

/** @throws OperationError */
export async function runInstall(
  context: ActionContext,
  { record, settings, change: known }: InstallWork,
): Promise<Release> {
  const { takeOwnership, strict } = settings;
  try {
    const change =
      known ?? (await prepareChange(context, 'install', record.release, { bases: [], takeOwnership, strict }));
    await deploy(context, { kind: 'install', record, settings, change });
  } catch (error) {
    return failInstall(context, { record, settings }, error);
  }
  const description = settings.description === '' ? 'Install complete' : settings.description;
  try {
    await record.finish({ status: 'deployed', description });
  } catch (error) {
    context.signal?.throwIfAborted();
    context.report({ type: 'warning', message: `failed to record the release: ${errorText(error)}` });
  }
  return record.release;
}
