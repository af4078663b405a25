/** `helm schema types CHART`: the values of a chart as a TypeScript interface. */
import type { Chart } from '../../chart/chart.ts';
import { fromBytes } from '../../go/bytes.ts';
import { inferSchema } from '../../inference/infer-schema.ts';
import { isSchema, type JsonSchema } from '../../inference/json-schema.ts';
import { typescriptTypes, valuesTypeName } from '../../inference/typescript-types.ts';
import { exactArguments } from '../arguments.ts';
import { chartFlags } from '../chart/chart-flags.ts';
import { openChart } from '../chart/open-chart.ts';
import type { Command } from '../command.ts';
import { CommandError } from '../command-error.ts';

export const schemaTypesCommand: Command = {
  usage: 'CHART',
  long: `Prints a TypeScript interface for the values of a chart, for programs that make releases of it. It follows the schema
that "schema generate" makes, or the chart's own values.schema.json with --own.`,
  example: '  helm schema types ./web > web-values.ts',
  arguments: exactArguments(1),
  flags: (environment) => [
    ...chartFlags(environment),
    { kind: 'string', name: 'type-name', usage: 'name of the interface, instead of one made of the name of the chart' },
    { kind: 'bool', name: 'own', usage: "follow the chart's values.schema.json" },
  ],
  run: async (context, [reference = ''], flags) => {
    const chart = await openChart(context, reference, flags);
    const schema = flags.bool('own') ? ownSchema(chart) : inferSchema(chart);
    const name = flags.text('type-name') === '' ? valuesTypeName(chart.metadata.name) : flags.text('type-name');
    if (!/^[A-Za-z_$][\w$]*$/.test(name)) throw new CommandError(`${JSON.stringify(name)} can't be the name of a type`);
    context.streams.output.write(typescriptTypes(schema, name));
    return 0;
  },
};

function ownSchema(chart: Chart): JsonSchema {
  if (chart.schema === undefined) throw new CommandError(`the chart ${chart.metadata.name} has no values.schema.json`);
  const text = fromBytes(chart.schema);
  try {
    const schema: unknown = JSON.parse(text);
    if (isSchema(schema)) return schema;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new CommandError(`values.schema.json: ${error.message}`, { cause: error });
  }
  throw new CommandError('values.schema.json: the document is not a map');
}
