/** `helm diff revision|rollback|release`: what stored revisions differ in. */
import { diffManifests } from '../../diff/manifest-diff.ts';
import type { Release } from '../../release/release.ts';
import type { ReleaseStorage } from '../../release/release-storage.ts';
import { type ArgumentRule, exactArguments, maximumArguments, minimumArguments } from '../arguments.ts';
import { withCluster } from '../cluster/connect.ts';
import { requireReachable } from '../cluster/require-reachable.ts';
import type { Command, CommandContext } from '../command.ts';
import { CommandError } from '../command-error.ts';
import type { FlagValues } from '../flags/flag-values.ts';
import { checkName, completeRelease, releaseStorage } from '../release/release-argument.ts';
import { comparedManifest, diffFlags, diffOptions, printDiff } from './diff-output.ts';

interface Pair {
  readonly before: Release;
  readonly after: Release;
}

export const diffRevisionCommand: Command = revisionsCommand({
  usage: 'RELEASE_NAME REVISION [REVISION]',
  long: `Shows what two revisions of a release differ in. With one revision, it is compared with the newest.

Values of Secrets are not shown, only that they differ; see --show-secrets.`,
  arguments: between(2, 3),
  pair: async (storage, [name = '', first = '', second]) => ({
    before: await revisionOf(storage, name, first),
    after: second === undefined ? await storage.last(name) : await revisionOf(storage, name, second),
  }),
});

export const diffRollbackCommand: Command = revisionsCommand({
  usage: 'RELEASE_NAME [REVISION]',
  long: `Shows what a rollback would change: the deployed revision is compared with the one to go back to, which is the
one before the newest when none is named.`,
  arguments: between(1, 2),
  pair: async (storage, [name = '', revision]) => {
    const last = await storage.last(name);
    const [deployed = last] = await storage.inStatus(name, 'deployed');
    const isNamed = revision !== undefined && revision !== '0';
    return { before: deployed, after: await revisionOf(storage, name, isNamed ? revision : String(last.revision - 1)) };
  },
});

export const diffReleaseCommand: Command = revisionsCommand({
  usage: 'RELEASE_NAME RELEASE_NAME',
  long: 'Shows what the newest revisions of two releases differ in.',
  arguments: exactArguments(2),
  pair: async (storage, [first = '', second = '']) => {
    checkName(second, 'releaseContent');
    return { before: await storage.last(first), after: await storage.last(second) };
  },
});

function between(least: number, most: number): ArgumentRule {
  return (args, usage) => {
    minimumArguments(least)(args, usage);
    maximumArguments(most)(args, usage);
  };
}

interface RevisionsCommand extends Pick<Command, 'usage' | 'long' | 'arguments'> {
  readonly arguments: ArgumentRule;
  readonly pair: (storage: ReleaseStorage, args: readonly string[]) => Promise<Pair>;
}

function revisionsCommand({ pair, ...command }: RevisionsCommand): Command {
  return {
    ...command,
    complete: completeRelease,
    flags: () => diffFlags,
    run: async (context: CommandContext, args: readonly string[], flags: FlagValues) => {
      const found = await withCluster(context, async (cluster) => {
        await requireReachable(cluster.client, context.signal);
        checkName(args[0] ?? '', 'releaseContent');
        return pair(releaseStorage(context, cluster), args);
      });
      const [before, after] = [found.before, found.after].map((release) => comparedManifest(release, flags));
      const options = diffOptions(flags, found.after.namespace);
      return printDiff(context, diffManifests(before ?? '', after ?? '', options), flags);
    },
  };
}

async function revisionOf(storage: ReleaseStorage, name: string, text: string): Promise<Release> {
  if (!/^\d+$/.test(text) || Number(text) === 0) {
    throw new CommandError(`could not convert revision to a number: ${text}`);
  }
  return storage.get(name, Number(text));
}
