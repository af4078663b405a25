/** `helm repo list`: the repositories that were added. */
import { readRepositories } from '../../repositories/repositories-file.ts';
import { noArguments } from '../arguments.ts';
import type { Command } from '../command.ts';
import { formatData, outputFlag, outputFormat } from '../output/format.ts';
import { tableText } from '../output/table.ts';

export const repoListCommand: Command = {
  long: 'Lists the chart repositories that were added.',
  arguments: noArguments,
  flags: () => [outputFlag, { kind: 'bool', name: 'no-headers', usage: 'leave the line with the headers out' }],
  run: async ({ settings, streams }, _args, flags) => {
    const { repositories } = await readRepositories(settings.repositoryConfig);
    const format = outputFormat(flags);
    const rows = repositories.map(({ name, url }) => ({ name, url }));
    if (format !== 'table') streams.output.write(formatData(rows, format));
    else if (rows.length === 0) streams.errors.write('no repositories to show\n');
    else {
      const header = flags.bool('no-headers') ? [] : [['NAME', 'URL']];
      streams.output.write(tableText([...header, ...rows.map(({ name, url }) => [name, url])], { maxColumnWidth: 80 }));
    }
    return 0;
  },
};
