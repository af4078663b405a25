/** `helm create NAME`: a new chart to begin with. */
import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { ChartError, type ChartFile } from '../../chart/chart.ts';
import { createChart, createFromStarter } from '../../create/create-chart.ts';
import { fileProblem } from '../../node/file-problem.ts';
import { unpackArchive } from '../../node/load-archive.ts';
import { readChartFiles } from '../../node/load-directory.ts';
import { exactArguments } from '../arguments.ts';
import { followLinks } from '../chart/open-chart.ts';
import type { Command, CommandContext } from '../command.ts';
import { completeOneFile } from '../completion/arguments.ts';

export const createCommand: Command = {
  usage: 'NAME',
  long: `Makes the directory of a new chart: Chart.yaml, values.yaml, .helmignore, and templates for a Deployment with a
Service, an Ingress, an HTTPRoute, a ServiceAccount, an autoscaler and a test. NAME may be a path; directories on the
way must exist. Files that are there already are overwritten.

--starter takes another chart as pattern: one in the directory "starters" of helm's data, or an absolute path.
<CHARTNAME> in its templates and values becomes the name of the new chart.`,
  arguments: exactArguments(1),
  complete: completeOneFile,
  flags: () => [{ kind: 'string', name: 'starter', short: 'p', usage: 'name or absolute path of a starter' }],
  run: async (context, [path = ''], flags) => {
    const { streams, directory, settings, clock } = context;
    streams.output.write(`Creating ${path}\n`);
    const name = basename(path);
    const parent = resolve(directory, dirname(path));
    const starter = flags.text('starter');
    if (starter === '') {
      await createChart(parent, name, { warn: (message) => streams.output.write(`${message}\n`) });
      return 0;
    }
    const source = isAbsolute(starter) ? starter : join(settings.paths.data, 'starters', starter);
    await createFromStarter(parent, name, await readStarter(context, source), new Date(clock.now()));
    return 0;
  },
};

async function readStarter(context: CommandContext, path: string): Promise<readonly ChartFile[]> {
  try {
    if ((await stat(path)).isDirectory()) return await readChartFiles(path, followLinks(context));
    return unpackArchive(await readFile(path));
  } catch (error) {
    const problem = error instanceof ChartError ? error.message : fileProblem('stat', path, error);
    throw new ChartError(`could not load ${path}: ${problem}`, { cause: error });
  }
}
