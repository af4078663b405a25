/** The steps of an upgrade after its record is stored; also those that are left of an interrupted one. */
import type { OperationSettings } from '../release/journal.ts';
import type { OperationRecord } from '../release/operation-record.ts';
import { type Release, withInfo } from '../release/release.ts';
import type { ActionContext } from './action-context.ts';
import { type Change, deploy, prepareChange } from './deploy.ts';
import { failUpgrade } from './fail-upgrade.ts';
import { record as recordRelease } from './supersede.ts';

export interface UpgradeWork {
  readonly record: OperationRecord;
  readonly settings: OperationSettings;
  /** The revision that is replaced, then interrupted ones. */
  readonly bases: readonly Release[];
  /** When it is known already. */
  readonly change?: Change;
}

/** @throws OperationError */
export async function runUpgrade(context: ActionContext, work: UpgradeWork): Promise<Release> {
  const { record, settings, bases } = work;
  const { takeOwnership, strict } = settings;
  const [original] = bases;
  try {
    const change =
      work.change ?? (await prepareChange(context, 'upgrade', record.release, { bases, takeOwnership, strict }));
    await deploy(context, { kind: 'upgrade', record, settings, change });
  } catch (error) {
    return failUpgrade(context, { record, settings }, error);
  }
  if (original !== undefined) await recordRelease(context, withInfo(original, { status: 'superseded' }));
  const description = settings.description === '' ? 'Upgrade complete' : settings.description;
  await record.finish({ status: 'deployed', description });
  return record.release;
}
