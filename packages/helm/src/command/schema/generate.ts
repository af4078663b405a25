/** `helm schema generate CHART`: a values.schema.json out of values.yaml, its comments and the templates. */
import { inferSchema } from '../../inference/infer-schema.ts';
import { exactArguments } from '../arguments.ts';
import { chartFlags } from '../chart/chart-flags.ts';
import { openChart } from '../chart/open-chart.ts';
import type { Command } from '../command.ts';

export const schemaGenerateCommand: Command = {
  usage: 'CHART',
  long: `Prints a JSON schema for the values of a chart. It is made of the default values, of the comments above them (@schema,
the "# --" of helm-docs, "## @param" of readme-generator) and of what the templates do with each value. The chart's own
values satisfy it.`,
  example: '  helm schema generate ./web > web/values.schema.json',
  arguments: exactArguments(1),
  flags: (environment) => chartFlags(environment),
  run: async (context, [reference = ''], flags) => {
    const chart = await openChart(context, reference, flags);
    context.streams.output.write(`${JSON.stringify(inferSchema(chart), undefined, 2)}\n`);
    return 0;
  },
};
