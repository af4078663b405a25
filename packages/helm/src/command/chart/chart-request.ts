/** What install, upgrade and template are given to render: the chart, the values, and what the values were made of. */
import { resolve } from 'node:path';
import type { Chart } from '../../chart/chart.ts';
import type { GoMap } from '../../go/value.ts';
import type { ValueSource } from '../../values/sources.ts';
import { withIntegers } from '../../values/with-integers.ts';
import type { RemoteSchemas } from '../../values-schema/validate-values.ts';
import type { CommandContext } from '../command.ts';
import type { FlagValues } from '../flags/flag-values.ts';
import { checkInstallable, missingDependencies, openChart } from './open-chart.ts';
import { type PostRender, postRenderer } from './post-renderer.ts';
import { schemaOptions } from './schema-options.ts';
import { checkDependencies } from './strict-dependencies.ts';
import { checkValueKeys } from './strict-values.ts';
import { mergeValues, readValueSources } from './value-flags.ts';

export interface ChartRequest {
  readonly chart: Chart;
  /** The user's. */
  readonly values: GoMap;
  readonly sources: readonly ValueSource[];
  readonly remoteSchemas: RemoteSchemas | undefined;
  readonly postRender: PostRender | undefined;
}

/**
 * Reads values and chart.
 *
 * @param reference the argument CHART
 * @param flags of a command that has `releaseFlags`
 */
export async function readChartRequest(
  context: CommandContext,
  reference: string,
  flags: FlagValues,
): Promise<ChartRequest> {
  const postRender = await postRenderer(context, flags);
  const sources = await readValueSources(context, flags);
  const values = mergeValues(sources);
  let chart = await openChart(context, reference, flags);
  if (flags.bool('dependency-update') && missingDependencies(chart).length > 0) {
    const { updateChart } = await import('./update-chart.ts');
    await updateChart(context, resolve(context.directory, reference), flags);
    chart = await openChart(context, reference, flags);
  }
  if (flags.bool('strict-numbers')) chart = withIntegers(chart);
  checkInstallable(chart, context);
  checkDependencies(context, chart, flags);
  checkValueKeys(context, chart, sources, flags);
  const { remoteSchemas } = await schemaOptions(chart, flags);
  return { chart, values, sources, remoteSchemas, postRender };
}
