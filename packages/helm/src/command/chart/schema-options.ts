/** `--skip-schema-validation`, and the schemas that values.schema.json refers to elsewhere. */
import type { Chart } from '../../chart/chart.ts';
import type { RenderChartOptions } from '../../render/render-chart.ts';
import type { FlagValues } from '../flags/flag-values.ts';

type SchemaOptions = Pick<RenderChartOptions, 'skipSchemaValidation' | 'remoteSchemas'>;

/** @param flags of a command that has `skip-schema-validation` */
export async function schemaOptions(chart: Chart, flags: FlagValues): Promise<SchemaOptions> {
  if (flags.bool('skip-schema-validation')) return { skipSchemaValidation: true };
  if (!hasSchema(chart)) return {};
  const { loadSchemas, nodeSchemaLoader } = await import('../../node/load-schemas.ts');
  return { remoteSchemas: await loadSchemas(chart, nodeSchemaLoader()) };
}

function hasSchema(chart: Chart): boolean {
  return chart.schema !== undefined || chart.dependencies.some(hasSchema);
}
