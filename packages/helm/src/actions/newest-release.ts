/** The newest revision of a release, for those to whom its absence is no error. */
import type { Release } from '../release/release.ts';
import { isReleaseError } from '../release/release-error.ts';
import type { ActionContext } from './action-context.ts';

export async function newestRelease(
  { storage }: Pick<ActionContext, 'storage'>,
  name: string,
): Promise<Release | undefined> {
  try {
    return await storage.last(name);
  } catch (error) {
    if (isReleaseError(error, 'NotFound')) return undefined;
    throw error;
  }
}
