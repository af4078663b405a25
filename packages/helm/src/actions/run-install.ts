/** The steps of an install after its record is stored; also those that are left of an interrupted one. */
import { errorText } from '@kindred/machinery';
import type { OperationSettings } from '../release/journal.ts';
import type { OperationRecord } from '../release/operation-record.ts';
import type { Release } from '../release/release.ts';
import type { ActionContext } from './action-context.ts';
import { type Change, deploy, prepareChange } from './deploy.ts';
import { failInstall } from './fail-install.ts';
import { OperationError } from './operation-failure.ts';

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
  // Unlike helm, which calls that a success and leaves the release pending.
  await record.finish({ status: 'deployed', description }).catch((error: unknown) => {
    throw new OperationError(record.release, `failed to record the release: ${errorText(error)}`, error);
  });
  return record.release;
}
