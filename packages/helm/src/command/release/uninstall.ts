/** `helm uninstall RELEASE_NAME [...]`. */
import { uninstall } from '../../actions/uninstall.ts';
import { minimumArguments } from '../arguments.ts';
import { timeoutFlag, waitFlag } from '../chart/install-flags.ts';
import type { Command } from '../command.ts';
import { CommandError } from '../command-error.ts';
import { progressFlag } from '../progress/progress.ts';
import { deadline, deadlineFlag, waitStrategy } from './operation-flags.ts';
import { completeReleases } from './release-argument.ts';
import { withActions } from './run-actions.ts';

const CASCADES = ['background', 'foreground', 'orphan'] as const;

export const uninstallCommand: Command = {
  usage: 'RELEASE_NAME [...]',
  long: `Removes releases: their objects, and the records of all their revisions, unless --keep-history keeps them.
Objects with the annotation helm.sh/resource-policy: keep stay.`,
  arguments: minimumArguments(1),
  complete: completeReleases,
  flags: () => [
    {
      kind: 'string',
      name: 'cascade',
      usage: 'what becomes of the objects that belong to the deleted ones: background, orphan, foreground',
      default: 'background',
      choices: CASCADES,
    },
    { kind: 'string', name: 'description', usage: 'text that the record of the release shows' },
    { kind: 'bool', name: 'dry-run', usage: 'try without changing anything' },
    { kind: 'bool', name: 'ignore-not-found', usage: 'a release that there is not is no error' },
    { kind: 'bool', name: 'keep-history', usage: 'keep the records; the release can be rolled back then' },
    { kind: 'bool', name: 'no-hooks', usage: "don't run hooks" },
    timeoutFlag,
    waitFlag,
    deadlineFlag,
    progressFlag,
  ],
  run: async (context, names, flags) => {
    const cascade = CASCADES.find((each) => each === flags.text('cascade'));
    if (cascade === undefined) {
      const text = flags.text('cascade');
      throw new CommandError(`invalid cascade value (${text}). Must be "background", "foreground", or "orphan"`);
    }
    const wait = waitStrategy(context, flags);
    await withActions(context, flags, async (actions) => {
      for (const name of names) {
        const done = await uninstall(actions, {
          name,
          cascade,
          wait,
          dryRun: flags.bool('dry-run'),
          ignoreNotFound: flags.bool('ignore-not-found'),
          keepHistory: flags.bool('keep-history'),
          noHooks: flags.bool('no-hooks'),
          description: flags.text('description'),
          timeoutMilliseconds: flags.duration('timeout'),
          deadlineMilliseconds: deadline(flags),
        });
        const kept = done?.kept ?? [];
        const { output } = context.streams;
        if (kept.length > 0) {
          const lines = kept.map((each) => `${each}\n`).join('');
          output.write(`These resources were kept due to the resource policy:\n${lines}\n`);
        }
        output.write(`release "${name}" uninstalled\n`);
      }
    });
    return 0;
  },
};
