/** `--dependency-update`: fetches what a chart's directory lacks before the chart is rendered. */
import { updateDependencies } from '../../dependencies/update-dependencies.ts';
import type { CommandContext } from '../command.ts';
import { withDependencies } from '../dependency/dependency-work.ts';
import type { FlagValues } from '../flags/flag-values.ts';

/** Throws ChartError. */
export function updateChart(context: CommandContext, path: string, flags: FlagValues): Promise<void> {
  const withRefresh: FlagValues = {
    ...flags,
    // A flag of `helm dependency` only; fresh indexes are what is wanted here.
    bool: (name) => name !== 'skip-refresh' && flags.bool(name),
  };
  return withDependencies(context, withRefresh, (options, work) => updateDependencies(path, options, work));
}
