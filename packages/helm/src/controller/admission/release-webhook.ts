/**
 * Checks the objects that ask for releases at admission: what their schema can't say, and their values against the chart,
 * with the path of the field that gave them. What isn't there yet is warned of and never refused: manifests come in any order.
 */
import type { Client } from '@kindred/client';
import { deepEqual, type FieldError, isStatusError } from '@kindred/machinery';
import { type Verdict, validatingWebhook, type Webhook, type WebhookRequest } from '@kindred/operator';
import type { Chart } from '../../chart/chart.ts';
import { ChartError } from '../../chart/chart.ts';
import type { GoMap } from '../../go/value.ts';
import { hasSuspiciousKeys, unknownKeys, unknownKeyText } from '../../inference/unknown-keys.ts';
import { enabledChart } from '../../render/render-chart.ts';
import { coalesceValues } from '../../values/coalesce.ts';
import { SchemaError } from '../../values-schema/schema-error.ts';
import { valueProblems } from '../../values-schema/validate-values.ts';
import type { ReleaseDependency, ReleaseIntent } from '../intent/release-intent.ts';
import { readerFor } from '../reconcile/action-kit.ts';
import { circleOf } from '../reconcile/dependencies.ts';
import type { ReleaseObject } from '../reconcile/release-object.ts';
import type { FetchContext } from '../sources/fetch-context.ts';
import type { KnownCharts } from '../sources/known-charts.ts';
import type { AdmittedKind } from './admitted-kinds.ts';
import { nearChart } from './near-chart.ts';
import { readValues } from './read-values.ts';
import { translateNear } from './translate-near.ts';
import { fieldErrors, fieldOf, type ValuesLayer } from './value-layers.ts';

export interface ReleaseWebhookOptions {
  readonly knownCharts: KnownCharts;
  readonly fetching: Pick<FetchContext, 'cacheDirectory' | 'gitProtocols' | 'environment'>;
  readonly actsAsAccountsOnly: boolean;
}

/** The webhook as a value; a manager serves it. */
export function releaseWebhook(admitted: AdmittedKind, options: ReleaseWebhookOptions): Webhook {
  const { releases, failurePolicy } = admitted;
  return validatingWebhook<ReleaseObject>({
    kind: releases.kind,
    failurePolicy,
    matchConditions: [
      { name: 'spec-changed', expression: "request.operation == 'CREATE' || object.spec != oldObject.spec" },
    ],
    validate: (request) => (isSameIntent(request) ? {} : checkRelease(admitted, request, options)),
  });
}

/** Finalizers, labels and annotations may always be written; for servers that don't know conditions. */
function isSameIntent({ object, old }: WebhookRequest<ReleaseObject>): boolean {
  return old !== undefined && deepEqual(specOf(object), specOf(old));
}

function specOf(object: object): unknown {
  return 'spec' in object ? object.spec : undefined;
}

async function checkRelease(
  admitted: AdmittedKind,
  request: WebhookRequest<ReleaseObject>,
  options: ReleaseWebhookOptions,
): Promise<Verdict> {
  const { object, client, signal } = request;
  const translation = await translateNear(admitted.releases, object, client, signal);
  if (!('intent' in translation)) return translation;
  const { intent } = translation;
  const circle = await circleErrors(admitted, object, client);
  const values = await checkValues(admitted, request, intent, options);
  return { errors: [...circle, ...(values.errors ?? [])], warnings: values.warnings ?? [] };
}

/** Releases that wait for each other would wait for ever. */
async function circleErrors({ releases }: AdmittedKind, object: ReleaseObject, client: Client): Promise<FieldError[]> {
  const dependenciesOf = (each: ReleaseObject): readonly ReleaseDependency[] => releases.identityOf(each).dependsOn;
  if (dependenciesOf(object).length === 0) return [];
  const found = new Map<string, ReleaseObject>();
  const pending = [...dependenciesOf(object)];
  const asked = new Set<string>();
  for (let at = pending.shift(); at !== undefined && asked.size < MOST_DEPENDENCIES; at = pending.shift()) {
    const key = `${at.namespace}/${at.name}`;
    if (asked.has(key)) continue;
    asked.add(key);
    try {
      const next = await client.get(releases.kind, at);
      found.set(key, next);
      pending.push(...dependenciesOf(next));
    } catch (error) {
      // It may come later; then the controller looks again.
      if (!isStatusError(error)) throw error;
    }
  }
  const circle = circleOf(object, { find: ({ namespace, name }) => found.get(`${namespace}/${name}`), dependenciesOf });
  if (circle === undefined) return [];
  const detail = `the releases depend on each other: ${circle.join(' -> ')}`;
  return [{ type: 'Invalid', field: 'spec.dependsOn', detail }];
}

const MOST_DEPENDENCIES = 100;

async function checkValues(
  admitted: AdmittedKind,
  { object, client, clock, signal, operation }: WebhookRequest<ReleaseObject>,
  intent: ReleaseIntent,
  { knownCharts, fetching, actsAsAccountsOnly }: ReleaseWebhookOptions,
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
  const keys = checkKeys(near.fetched.chart, read.values, layers, intent.strictValues);
  const change = operation === 'CREATE' ? intent.install : intent.upgrade;
  // What an earlier revision had counts, too, and isn't looked up here.
  const isPart = operation === 'UPDATE' && intent.upgrade.preserveValues;
  const schema =
    change.validateSchema && read.isComplete && !isPart ? checkSchema(near.fetched.chart, read.values, layers) : {};
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
function checkKeys(chart: Chart, values: GoMap, layers: readonly ValuesLayer[], isStrict: boolean): Verdict {
  const sources = [{ kind: 'given', name: 'spec', values }] as const;
  if (values.size === 0 || (!isStrict && !hasSuspiciousKeys(chart, sources))) return {};
  const errors: FieldError[] = [];
  const warnings: string[] = [];
  for (const { origin: _, ...key } of unknownKeys(chart, sources)) {
    const { field, isSecret } = fieldOf(key.path, layers);
    const detail = isSecret ? 'a key that the chart does not have' : unknownKeyText({ ...key, origin: undefined });
    if (isStrict && key.isCertain) errors.push({ type: 'Forbidden', field, detail });
    else if (key.suggestion !== undefined && !isSecret) warnings.push(`${field}: ${detail}`);
  }
  return { errors, warnings };
}
