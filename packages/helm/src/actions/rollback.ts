/** `helm rollback`. */
import { isPending, type Release } from '../release/release.ts';
import { ReleaseError } from '../release/release-error.ts';
import { releaseNameProblem } from '../release/release-name.ts';
import type { ActionContext } from './action-context.ts';
import {
  DEFAULT_HISTORY_MAX,
  type DryRun,
  isDryRun,
  type OperationOptions,
  type ServerSide,
  type WriteSettings,
} from './action-options.ts';
import { serverVersion } from './capabilities.ts';
import { withDeadline } from './deadline.ts';
import { settleInterrupted } from './interrupted.ts';
import { withLock } from './operation-lock.ts';
import { settingsOf } from './operation-settings.ts';
import { rollBack, rolledBack } from './roll-back.ts';
import { isServerSide } from './server-side.ts';

export interface RollbackOptions extends OperationOptions, WriteSettings {
  readonly name: string;
  /**
   * 0: the newest before the last that was ever successful, which is told when it isn't the one before the last, helm's
   * choice; that one when none was successful.
   */
  readonly revision?: number | undefined;
  /** Instead of a revision: the newest before the last that was ever successful, and an error when there is none. */
  readonly lastSuccessful?: boolean | undefined;
  readonly dryRun?: DryRun | undefined;
  /** `auto` when not given. */
  readonly serverSide?: ServerSide | undefined;
  readonly cleanupOnFail?: boolean | undefined;
  readonly historyMax?: number | undefined;
}

/** Makes a new revision with the content of an older one. @throws OperationError, ReleaseError */
export function rollback(context: ActionContext, options: RollbackOptions): Promise<Release> {
  return withDeadline(context, options.deadlineMilliseconds, (limited) => rollbackWithin(limited, options));
}

async function rollbackWithin(context: ActionContext, options: RollbackOptions): Promise<Release> {
  await serverVersion(context.client, context.signal);
  const { name, revision = 0 } = options;
  if (releaseNameProblem(name) !== undefined) {
    throw new ReleaseError('Invalid', `prepareRollback: Release name is invalid: ${name}`);
  }
  if (revision < 0) throw new ReleaseError('Invalid', 'invalid release revision');
  const history = await context.storage.history(name);
  const [newest] = history;
  if (newest === undefined) throw new ReleaseError('NotFound', 'release: not found');
  const wanted = targetRevision(context, history, options);
  if (!history.some((each) => each.revision === wanted)) {
    throw new ReleaseError('NotFound', `release has no ${wanted} version`);
  }
  const current = await settle(context, newest, options);
  const previous = await context.storage.get(name, wanted);
  const serverSide = isServerSide(options.serverSide, previous);
  const settings = settingsOf(options, { serverSide, upgradeFieldManager: true });
  // After a failed revision, objects of the one that is still deployed may be in the cluster too.
  const deployed = history.filter(({ info, revision: at }) => info.status === 'deployed' && at !== current.revision);
  const historyMax = options.historyMax ?? DEFAULT_HISTORY_MAX;
  const plan = { current, previous, settings, interrupted: deployed, historyMax };
  if (isDryRun(options.dryRun)) return rolledBack(context, plan);
  return withLock(context, name, (locked) => rollBack(locked, plan));
}

function targetRevision(
  { report }: ActionContext,
  [newest, ...before]: readonly Release[],
  { revision = 0, lastSuccessful }: RollbackOptions,
): number {
  if (revision > 0) return revision;
  const successful = before.find(({ info }) => info.status === 'superseded' || info.status === 'deployed');
  if (lastSuccessful === true && successful === undefined) {
    throw new ReleaseError('NotFound', 'release has no revision that was ever successful');
  }
  const usual = (newest?.revision ?? 0) - 1;
  const wanted = successful?.revision ?? usual;
  if (wanted !== usual && lastSuccessful !== true) {
    const message = `revision ${usual} was never successful: rolling back to ${wanted}, the last that was`;
    report({ type: 'warning', message });
  }
  return wanted;
}

/** Nobody may be at work on the newest revision; one that was interrupted counts as failed. */
async function settle(context: ActionContext, newest: Release, { dryRun }: RollbackOptions): Promise<Release> {
  if (!isPending(newest) || isDryRun(dryRun)) return newest;
  return settleInterrupted(context, newest, { policy: 'fail', isWanted: () => Promise.resolve(false) });
}
