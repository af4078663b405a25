/** `helm dependency update`: newest versions in the chart's ranges into `charts/`, and the lock that says which. */
import { updateDependencies } from '../../dependencies/update-dependencies.ts';
import type { Command } from '../command.ts';
import { atChart, dependencyFlags, withDependencies } from './dependency-work.ts';

export const dependencyUpdateCommand: Command = {
  usage: 'CHART',
  long: `Downloads the newest charts that fit the dependencies of Chart.yaml into charts/, removes archives that no longer
do, and writes Chart.lock, from which 'helm dependency build' makes the same again.

With --digests, Chart.lock also says what each archive is; 'helm dependency build' then refuses any other, whatever the
repository has made of that version since.

When anything fails, charts/ and Chart.lock stay as they are.`,
  flags: (environment) => [
    ...dependencyFlags(environment),
    { kind: 'bool', name: 'digests', usage: 'note in Chart.lock the digest of each archive and the charts inside it' },
  ],
  complete: async () => ({ words: [], files: true }),
  run: async (context, [chart = '.'], flags) => {
    await withDependencies(context, flags, (options, work) =>
      atChart(context, chart, (path) => updateDependencies(path, { ...options, digests: flags.bool('digests') }, work)),
    );
    return 0;
  },
};
