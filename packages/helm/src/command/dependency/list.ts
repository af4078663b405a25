/** `helm dependency list`: what a chart depends on, and what of it is there. */
import { join } from 'node:path';
import { listDependencies } from '../../dependencies/list-dependencies.ts';
import type { Command } from '../command.ts';
import { tableText } from '../output/table.ts';
import { atChart } from './dependency-work.ts';

export const dependencyListCommand: Command = {
  usage: 'CHART',
  long: `Lists the dependencies of a chart, in a directory or an archive, with their state. Changes nothing.`,
  flags: () => [
    { kind: 'int', name: 'max-col-width', typeName: 'uint', usage: 'widest column of the table', default: 80 },
  ],
  complete: async () => ({ words: [], files: true }),
  run: async (context, [chart = '.'], flags) => {
    const { streams } = context;
    const { rows, warnings } = await atChart(context, chart, (path) => listDependencies(path, chart));
    if (rows.length === 0) {
      streams.output.write(`WARNING: no dependencies at ${join(chart, 'charts')}\n`);
      return 0;
    }
    const table = [
      ['NAME', 'VERSION', 'REPOSITORY', 'STATUS'],
      ...rows.map(({ dependency, status }) => [dependency.name, dependency.version, dependency.repository, status]),
    ];
    streams.output.write(`${tableText(table, { maxColumnWidth: flags.number('max-col-width') })}\n`);
    for (const warning of warnings) streams.output.write(`${warning}\n`);
    return 0;
  },
};
