/** `helm dependency build`: the versions of Chart.lock into `charts/`. */
import { buildDependencies } from '../../dependencies/update-dependencies.ts';
import type { Command } from '../command.ts';
import { atChart, dependencyFlags, withDependencies } from './dependency-work.ts';

export const dependencyBuildCommand: Command = {
  usage: 'CHART',
  long: `Downloads exactly the versions that Chart.lock names into charts/. Fails when the lock doesn't belong to the
dependencies of Chart.yaml. Without a lock it does the same as 'helm dependency update'.`,
  flags: dependencyFlags,
  complete: async () => ({ words: [], files: true }),
  run: async (context, [chart = '.'], flags) => {
    await withDependencies(context, flags, (options, work) =>
      atChart(context, chart, (path) => buildDependencies(path, options, work)),
    );
    return 0;
  },
};
