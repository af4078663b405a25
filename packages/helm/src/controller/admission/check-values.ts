/**
 * Holds the values of an object under admission against its chart: the chart's schemas, and the keys that it has at all.
 */
import type { FieldError } from '@kindred/machinery';
import type { Verdict, WebhookRequest } from '@kindred/operator';
import { type Chart, ChartError } from '../../chart/chart.ts';
import type { GoMap } from '../../go/value.ts';
import { inferSchema } from '../../inference/infer-schema.ts';
import type { JsonSchema } from '../../inference/json-schema.ts';
import { hasSuspiciousKeys, keysUnknownTo, unknownKeyText } from '../../inference/unknown-keys.ts';
import { enabledChart } from '../../render/render-chart.ts';
import { coalesceValues } from '../../values/coalesce.ts';
import { SchemaError } from '../../values-schema/schema-error.ts';
import { valueProblems } from '../../values-schema/validate-values.ts';
import type { ReleaseIntent } from '../intent/release-intent.ts';
import { readerFor } from '../reconcile/action-kit.ts';
import type { ReleaseObject } from '../reconcile/release-object.ts';
import type { FetchContext } from '../sources/fetch-context.ts';
import type { KnownCharts } from '../sources/known-charts.ts';
import type { AdmittedKind } from './admitted-kinds.ts';
import { nearChart } from './near-chart.ts';
import { readValues } from './read-values.ts';
import { fieldErrors, fieldOf, type ValuesLayer } from './value-layers.ts';

export interface ValueCheckOptions {
  readonly knownCharts: KnownCharts;
  readonly fetching: Pick<FetchContext, 'cacheDirectory' | 'gitProtocols' | 'environment'>;
  readonly actsAsAccountsOnly: boolean;
  /** What charts let their users set: inferring it reads all templates, and charts are looked at again and again. */
  readonly schemas: WeakMap<Chart, JsonSchema>;
}

/** Reads the values and the chart, as far as they are near, and holds the ones against the other. */
export async function checkValues(
  admitted: AdmittedKind,
  { object, client, clock, signal, operation }: WebhookRequest<ReleaseObject>,
  intent: ReleaseIntent,
  { knownCharts, fetching, actsAsAccountsOnly, schemas }: ValueCheckOptions,
): Promise<Verdict> {
  const reader = readerFor({ actsAsAccountsOnly }, { client, object }, intent);
  const read = await readValues(intent, (index) => admitted.valuesFrom(index), reader, signal);
  if (read.errors.length > 0) return read;
  const near = await nearChart(intent, { known: knownCharts, fetching, reader, clock, signal });
  if ('problem' in near) {
    if (near.isOwn) return { errors: [{ type: 'Invalid', field: admitted.inlineChart, detail: near.problem }] };
    return { warnings: [...read.warnings, `values aren't checked against the chart: ${near.problem}`] };
  }
  const layers = [...admitted.inlineValues(object), ...read.referred];
  const { chart } = near.fetched;
  const keys = checkKeys(chart, read.values, layers, { isStrict: intent.strictValues, schemas });
  const change = operation === 'CREATE' ? intent.install : intent.upgrade;
  // What an earlier revision had counts, too, and isn't looked up here.
  const isPart = operation === 'UPDATE' && intent.upgrade.preserveValues;
  const schema = change.validateSchema && read.isComplete && !isPart ? checkSchema(chart, read.values, layers) : {};
  return {
    errors: [...(schema.errors ?? []), ...(keys.errors ?? [])],
    warnings: [...read.warnings, ...(schema.warnings ?? []), ...(keys.warnings ?? [])],
  };
}

function checkSchema(chart: Chart, given: GoMap, layers: readonly ValuesLayer[]): Verdict {
  try {
    const enabled = enabledChart(chart, given);
    const values = coalesceValues(enabled, given);
    return { errors: valueProblems(enabled, values).flatMap((problem) => fieldErrors(problem, layers, values)) };
  } catch (error) {
    // The chart is at fault, or its schema is elsewhere: the release will tell.
    if (!(error instanceof SchemaError) && !(error instanceof ChartError)) throw error;
    return { warnings: [`values aren't checked against the chart: ${error.message}`] };
  }
}

/** Keys that the chart doesn't have: errors when the object wants it strict, else told when they look misspelled. */
function checkKeys(
  chart: Chart,
  values: GoMap,
  layers: readonly ValuesLayer[],
  { isStrict, schemas }: Pick<ValueCheckOptions, 'schemas'> & { readonly isStrict: boolean },
): Verdict {
  const sources = [{ kind: 'given', name: 'spec', values }] as const;
  if (values.size === 0 || (!isStrict && !hasSuspiciousKeys(chart, sources))) return {};
  const errors: FieldError[] = [];
  const warnings: string[] = [];
  const schema = schemas.get(chart) ?? inferSchema(chart);
  schemas.set(chart, schema);
  for (const key of keysUnknownTo(schema, values)) {
    const { field, isSecret } = fieldOf(key.path, layers);
    const detail = isSecret ? 'a key that the chart does not have' : unknownKeyText({ ...key, origin: undefined });
    if (isStrict && key.isCertain) errors.push({ type: 'Forbidden', field, detail });
    else if (key.suggestion !== undefined && !isSecret) warnings.push(`${field}: ${detail}`);
  }
  return { errors, warnings };
}
