/** The release that a command names: found by its name, and by --revision where the command has that. */
import { getRelease } from '../../actions/get.ts';
import { chartName } from '../../release/chart-name.ts';
import type { Release } from '../../release/release.ts';
import { releaseNameProblem } from '../../release/release-name.ts';
import type { ReleaseStorage } from '../../release/release-storage.ts';
import { type ClusterAccess, withCluster } from '../cluster/connect.ts';
import type { CommandContext, Completion } from '../command.ts';
import { CommandError } from '../command-error.ts';
import { queryContext } from './run-actions.ts';

/** One revision, the newest when it is 0. Throws ReleaseError. */
export function findRelease(context: CommandContext, name: string, revision: number): Promise<Release> {
  return withCluster(context, (cluster) => getRelease(queryContext(context, cluster), { name, revision }));
}

export function releaseStorage(context: CommandContext, cluster: ClusterAccess): ReleaseStorage {
  return queryContext(context, cluster).storage;
}

/** @param operation what the message begins with. Throws CommandError. */
export function checkName(name: string, operation: string): void {
  if (releaseNameProblem(name) !== undefined) throw new CommandError(`${operation}: Release name is invalid: ${name}`);
}

/** Names of releases, for completion in shells. */
export async function completeRelease(
  context: CommandContext,
  args: readonly string[],
  _start: string,
): Promise<Completion> {
  if (args.length > 0) return { words: [] };
  return withCluster(context, async (cluster) => {
    const newest = new Map<string, Release>();
    for (const release of await releaseStorage(context, cluster).driver.query({})) {
      if (release.revision > (newest.get(release.name)?.revision ?? 0)) newest.set(release.name, release);
    }
    const words = [...newest.values()].map((each) => `${each.name}\t${chartName(each)} -> ${each.info.status}`);
    return { words: words.sort() };
  });
}

/** The same for commands that take several. */
export async function completeReleases(context: CommandContext, args: readonly string[]): Promise<Completion> {
  const { words } = await completeRelease(context, [], '');
  return { words: words.filter((word) => !args.includes(word.split('\t')[0] ?? '')) };
}

/** Revisions of the release that the first argument names. */
export async function completeRevision(
  context: CommandContext,
  [name = '', ...rest]: readonly string[],
): Promise<Completion> {
  if (rest.length > 0) return { words: [] };
  return withCluster(context, async (cluster) => {
    const revisions = await releaseStorage(context, cluster).history(name);
    return { words: revisions.map((each) => `${each.revision}\t${chartName(each)}, ${each.info.description}`) };
  });
}
