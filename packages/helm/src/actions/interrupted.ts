/**
 * Revisions that are pending though nobody works on them: a process was killed, a connection lost. Ours are recognised by
 * their lease; those of helm, which has none, by their age.
 */
import { parseTime } from '@kindred/machinery';
import { type OperationSettings, readJournal } from '../release/journal.ts';
import { OperationRecord } from '../release/operation-record.ts';
import { isPending, type Release } from '../release/release.ts';
import { ReleaseError } from '../release/release-error.ts';
import type { ActionContext } from './action-context.ts';
import type { InterruptedPolicy, WaitSettings } from './action-options.ts';
import { IN_PROGRESS, liveHolder, withLock } from './operation-lock.ts';
import { resumeRecord } from './resume.ts';

/** Helm's default for each of its waits: after this long without a change its operation is over. */
const FOREIGN_STALE_AFTER = 300_000;

export interface SettleOptions {
  readonly policy: InterruptedPolicy;
  readonly isWanted: () => Promise<boolean>;
  /** What the new operation says about waiting holds for what is left of the old one. */
  readonly waits?: WaitSettings | undefined;
}

/**
 * What to do with a pending revision. `isWanted` tells whether it is what the new operation would make anyway.
 *
 * @returns the revision, finished: by going on with it when that is wanted, else marked as failed
 * @throws ReleaseError InProgress when somebody works on it
 */
export async function settleInterrupted(
  context: ActionContext,
  release: Release,
  { policy, isWanted, waits = {} }: SettleOptions,
): Promise<Release> {
  if (!(await isInterrupted(context, release))) throw new ReleaseError('InProgress', IN_PROGRESS);
  const decision = policy === 'resume' && readJournal(release) !== undefined && (await isWanted()) ? 'resume' : 'fail';
  context.report({ type: 'interrupted', release, decision });
  return withLock(context, release.name, async (locked) => {
    // Somebody else may have settled it before we had the lock.
    const now = await locked.storage.get(release.name, release.revision);
    if (!isPending(now)) return now;
    return decision === 'resume' ? resumeRecord(locked, now, waitsOf(waits)) : markInterrupted(locked, now);
  });
}

function waitsOf({ wait, waitForJobs, timeoutMilliseconds }: WaitSettings): Partial<OperationSettings> {
  return {
    ...(wait === undefined ? {} : { wait }),
    ...(waitForJobs === undefined ? {} : { waitForJobs }),
    ...(timeoutMilliseconds === undefined ? {} : { timeoutMilliseconds }),
  };
}

/** True for a pending revision that nobody works on. */
export async function isInterrupted(context: ActionContext, release: Release): Promise<boolean> {
  if (!isPending(release)) return false;
  if (context.storage.driver.name !== 'Memory' && (await liveHolder(context, release.name)) !== undefined) return false;
  if (readJournal(release) !== undefined) return true;
  const times = [
    release.info.lastDeployed,
    ...release.hooks.flatMap(({ lastRun }) => [lastRun.startedAt, lastRun.completedAt]),
  ];
  const newest = Math.max(0, ...times.map((time) => parseTime(time) ?? 0));
  return context.clock.now() - newest >= FOREIGN_STALE_AFTER;
}

/** Goes on with a release's interrupted operation. @throws ReleaseError when there is none */
export async function resume(context: ActionContext, name: string): Promise<Release> {
  const last = await context.storage.last(name);
  if (!isPending(last))
    throw new ReleaseError('Invalid', `release ${name} has no operation to resume: it is ${last.info.status}`);
  return settleInterrupted(context, last, { policy: 'resume', isWanted: () => Promise.resolve(true) });
}

async function markInterrupted(context: ActionContext, release: Release): Promise<Release> {
  const what = release.info.status.replace('pending-', '');
  const record = new OperationRecord(context.storage, release);
  await record.finish({ status: 'failed', description: `The ${what} was interrupted` });
  return record.release;
}
