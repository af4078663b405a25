/** `helm get all RELEASE_NAME`: values, hooks, manifest and notes of a release, or what a template makes of it. */
import { GoMap } from '../../go/value.ts';
import { exactArguments } from '../arguments.ts';
import type { Command } from '../command.ts';
import { palette } from '../output/color.ts';
import { runGoTemplate } from '../output/go-template.ts';
import { releaseText } from '../release/print-release.ts';
import { completeRelease, findRelease } from '../release/release-argument.ts';
import { releaseObject } from '../release/release-object.ts';
import { revisionFlag } from './revision-flag.ts';

export const getAllCommand: Command = {
  usage: 'RELEASE_NAME',
  long: 'Prints everything that is kept of a release: values, hooks, manifest, notes.',
  arguments: exactArguments(1),
  complete: completeRelease,
  flags: () => [
    revisionFlag,
    { kind: 'string', name: 'template', usage: 'Go template for the output, such as {{.Release.Name}}' },
  ],
  run: async (context, [name = ''], flags) => {
    const release = await findRelease(context, name, flags.number('revision'));
    const template = flags.text('template');
    const { output } = context.streams;
    if (template !== '') output.write(runGoTemplate(template, new GoMap([['Release', releaseObject(release)]])));
    else output.write(releaseText(release, { colors: palette(context), everything: true, chart: true }));
    return 0;
  },
};
