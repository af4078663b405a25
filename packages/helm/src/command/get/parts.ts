/** `helm get manifest|hooks|notes RELEASE_NAME`: one part of the record of a release. */
import type { Release } from '../../release/release.ts';
import { exactArguments } from '../arguments.ts';
import type { Command } from '../command.ts';
import { hooksText } from '../release/print-release.ts';
import { completeRelease, findRelease } from '../release/release-argument.ts';
import { revisionFlag } from './revision-flag.ts';

function partCommand(long: string, text: (release: Release) => string): Command {
  return {
    usage: 'RELEASE_NAME',
    long,
    arguments: exactArguments(1),
    complete: completeRelease,
    flags: () => [revisionFlag],
    run: async (context, [name = ''], flags) => {
      context.streams.output.write(text(await findRelease(context, name, flags.number('revision'))));
      return 0;
    },
  };
}

export const getManifestCommand: Command = partCommand(
  'Prints the manifest of a release: its objects as they were sent to the cluster, without hooks and definitions of kinds.',
  ({ manifest }) => `${manifest}\n`,
);

export const getHooksCommand: Command = partCommand('Prints the hooks of a release.', hooksText);

export const getNotesCommand: Command = partCommand('Prints the notes that the chart has for a release.', ({ info }) =>
  info.notes === '' ? '' : `NOTES:\n${info.notes}\n`,
);
