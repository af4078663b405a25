/** `helm history`. */
import type { Release } from '../release/release.ts';
import { ReleaseError } from '../release/release-error.ts';
import { releaseNameProblem } from '../release/release-name.ts';
import type { ActionContext } from './action-context.ts';
import { serverVersion } from './capabilities.ts';

/** All revisions, oldest first; `max` keeps that many of the newest. @throws ReleaseError NotFound */
export async function history(
  context: ActionContext,
  { name, max = 0 }: { readonly name: string; readonly max?: number | undefined },
): Promise<Release[]> {
  await serverVersion(context.client, context.signal);
  if (releaseNameProblem(name) !== undefined) throw new ReleaseError('Invalid', `release name is invalid: ${name}`);
  const newestFirst = await context.storage.history(name);
  return (max > 0 ? newestFirst.slice(0, max) : newestFirst).toReversed();
}
