/** `helm get values RELEASE_NAME`: the values that were given, or with --all those that the chart was rendered with. */
import { encodeGoJson } from '../../go/json.ts';
import { writeYaml } from '../../yaml/write.ts';
import { exactArguments } from '../arguments.ts';
import type { Command } from '../command.ts';
import { outputFlag, outputFormat } from '../output/format.ts';
import { computedValues } from '../release/print-release.ts';
import { completeRelease, findRelease } from '../release/release-argument.ts';
import { revisionFlag } from './revision-flag.ts';

export const getValuesCommand: Command = {
  usage: 'RELEASE_NAME',
  long: 'Prints the values that a release was given; with --all also those that come from the chart.',
  arguments: exactArguments(1),
  complete: completeRelease,
  flags: () => [
    revisionFlag,
    { kind: 'bool', name: 'all', short: 'a', usage: 'the values of the chart too' },
    outputFlag,
  ],
  run: async ({ streams, ...context }, [name = ''], flags) => {
    const release = await findRelease({ streams, ...context }, name, flags.number('revision'));
    const all = flags.bool('all');
    // Helm keeps no empty table of values: none is null.
    const values = all ? computedValues(release) : release.config.size === 0 ? null : release.config;
    const format = outputFormat(flags);
    if (format === 'json') streams.output.write(`${encodeGoJson(values)}\n`);
    else {
      if (format === 'table') streams.output.write(all ? 'COMPUTED VALUES:\n' : 'USER-SUPPLIED VALUES:\n');
      streams.output.write(writeYaml(values));
    }
    return 0;
  },
};
