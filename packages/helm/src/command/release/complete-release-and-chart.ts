/** Words for commands that take a release and then a chart for it. */
import { completeChart } from '../chart/complete-chart.ts';
import type { CommandContext, Completion } from '../command.ts';
import { completeRelease } from './release-argument.ts';

export async function completeReleaseAndChart(
  context: CommandContext,
  args: readonly string[],
  start: string,
): Promise<Completion> {
  if (args.length === 0) return completeRelease(context, args, start);
  return args.length === 1 ? completeChart(context, start, { local: true }) : { words: [] };
}
