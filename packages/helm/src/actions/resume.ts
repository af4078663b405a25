/** Goes on with an operation where its journal says that it was. */
import { RESUMED } from '../hooks/run-hooks.ts';
import { type Journal, type OperationSettings, readJournal } from '../release/journal.ts';
import { OperationRecord } from '../release/operation-record.ts';
import type { Release } from '../release/release.ts';
import { isReleaseError, ReleaseError } from '../release/release-error.ts';
import type { ActionContext } from './action-context.ts';
import { runRollback } from './roll-back.ts';
import { runInstall } from './run-install.ts';
import { runUpgrade } from './run-upgrade.ts';

/** The lock must be held. `waits` replace those that the operation began with. @throws as the operation itself */
export async function resumeRecord(
  context: ActionContext,
  release: Release,
  waits: Partial<OperationSettings> = {},
): Promise<Release> {
  const journal = readJournal(release);
  if (journal === undefined)
    throw new ReleaseError('Invalid', `revision ${release.revision} of ${release.name} has no journal`);
  const record = new OperationRecord(context.storage, release, journal);
  record.done(RESUMED);
  const settings = { ...journal.settings, ...waits };
  const bases = await loadBases(context, release.name, journal);
  switch (journal.kind) {
    case 'install':
      return runInstall(context, { record, settings });
    case 'upgrade':
      return runUpgrade(context, { record, settings, bases });
    case 'rollback':
      return runRollback(context, { record, settings, bases });
  }
}

/** Revisions that are gone meanwhile have no objects that could be told apart. */
async function loadBases({ storage }: ActionContext, name: string, { bases }: Journal): Promise<Release[]> {
  const found: Release[] = [];
  for (const revision of bases) {
    try {
      found.push(await storage.get(name, revision));
    } catch (error) {
      if (!isReleaseError(error, 'NotFound')) throw error;
    }
  }
  return found;
}
