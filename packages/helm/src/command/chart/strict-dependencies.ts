/**
 * `--strict-dependencies`: charts in charts/ that are not what Chart.yaml asks for are errors; without it those whose version
 * is out of its range are warned of. Helm renders either, whatever their conditions and tags say.
 */
import type { Chart } from '../../chart/chart.ts';
import { dependencyTree, problemsOf } from '../../dependencies/dependency-tree.ts';
import type { CommandContext } from '../command.ts';
import { CommandError } from '../command-error.ts';
import type { Flag } from '../flags/flag.ts';
import type { FlagValues } from '../flags/flag-values.ts';

export const strictDependenciesFlag: Flag = {
  kind: 'bool',
  name: 'strict-dependencies',
  usage: 'fail when a chart in charts/ is out of the range that is asked for, or not asked for at all',
};

/** Throws CommandError with all of them, when the flag wants that. */
export function checkDependencies(context: Pick<CommandContext, 'log'>, chart: Chart, flags: FlagValues): void {
  const tree = dependencyTree(chart);
  if (flags.bool('strict-dependencies')) {
    const problems = problemsOf(tree);
    if (problems.length === 0) return;
    throw new CommandError(`dependencies that are not as Chart.yaml asks for them:\n- ${problems.join('\n- ')}`);
  }
  for (const problem of problemsOf(tree, ['wrong version'])) {
    context.log.warn(`${problem}; it is rendered whatever its condition and tags say`);
  }
}
