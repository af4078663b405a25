/** After an operation succeeded, the revisions that were deployed before it are superseded. */
import { errorText } from '@kindred/machinery';
import { type Release, withInfo } from '../release/release.ts';
import type { ActionContext } from './action-context.ts';

/** A revision that can't be written is told: the operation itself has succeeded. */
export async function supersede(context: ActionContext, releases: readonly Release[]): Promise<void> {
  for (const release of releases) await record(context, withInfo(release, { status: 'superseded' }));
}

/** Writes a release whose loss doesn't matter as much as what is under way. */
export async function record({ storage, report }: ActionContext, release: Release): Promise<void> {
  try {
    await storage.update(release);
  } catch (error) {
    const message = `failed to update release ${release.name} revision ${release.revision}: ${errorText(error)}`;
    report({ type: 'warning', message });
  }
}
