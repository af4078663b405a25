/**
 * Checks the objects that ask for releases at admission: what their schema can't say, and their values against the chart,
 * with the path of the field that gave them. What isn't there yet is warned of and never refused: manifests come in any order.
 */
import type { Client } from '@kindred/client';
import { deepEqual, errorText, type FieldError, isStatusError } from '@kindred/machinery';
import { type Verdict, validatingWebhook, type Webhook, type WebhookRequest } from '@kindred/operator';
import { type Chart, ChartError } from '../../chart/chart.ts';
import type { JsonSchema } from '../../inference/json-schema.ts';
import { YamlError } from '../../yaml/read.ts';
import type { ReleaseDependency, ReleaseIntent } from '../intent/release-intent.ts';
import { postRendererProblem } from '../post-render/post-render.ts';
import { circleOf } from '../reconcile/dependencies.ts';
import type { ReleaseObject } from '../reconcile/release-object.ts';
import type { AdmittedKind } from './admitted-kinds.ts';
import { checkValues, type ValueCheckOptions } from './check-values.ts';
import { translateNear } from './translate-near.ts';

export type ReleaseWebhookOptions = Omit<ValueCheckOptions, 'schemas'>;

/** The webhook as a value; a manager serves it. */
export function releaseWebhook(admitted: AdmittedKind, options: ReleaseWebhookOptions): Webhook {
  const { releases, failurePolicy } = admitted;
  const checks = { ...options, schemas: new WeakMap<Chart, JsonSchema>() };
  return validatingWebhook<ReleaseObject>({
    kind: releases.kind,
    failurePolicy,
    matchConditions: [
      { name: 'spec-changed', expression: "request.operation == 'CREATE' || object.spec != oldObject.spec" },
    ],
    validate: (request) => (isSameIntent(request) ? {} : checkRelease(admitted, request, checks)),
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
  options: ValueCheckOptions,
): Promise<Verdict> {
  const { object, client, signal } = request;
  const translation = await translateNear(admitted.releases, object, client, signal);
  if (!('intent' in translation)) return translation;
  const { intent } = translation;
  const circle = await circleErrors(admitted, object, client);
  const patches = postRendererProblem(intent.postRenderers);
  const values = await checkValuesSafely(admitted, request, intent, options);
  return {
    errors: [
      ...circle,
      ...(patches === undefined ? [] : [wrong(`spec.${patches.where}`, patches.message)]),
      ...(values.errors ?? []),
    ],
    warnings: values.warnings ?? [],
  };
}

function wrong(field: string, detail: string): FieldError {
  return { type: 'Invalid', field, detail };
}

/** Somebody else's chart may be anything: what goes wrong in looking at it is told by the controller, and blocks nobody. */
async function checkValuesSafely(
  admitted: AdmittedKind,
  request: WebhookRequest<ReleaseObject>,
  intent: ReleaseIntent,
  options: ValueCheckOptions,
): Promise<Verdict> {
  try {
    return await checkValues(admitted, request, intent, options);
  } catch (error) {
    if (isStatusError(error) || request.signal.aborted) throw error;
    const isExpected = error instanceof ChartError || error instanceof YamlError;
    if (!isExpected) request.logger.error('Values could not be checked', error, { name: request.name });
    return { warnings: [`values aren't checked against the chart: ${errorText(error)}`] };
  }
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
  return [wrong('spec.dependsOn', `the releases depend on each other: ${circle.join(' -> ')}`)];
}

const MOST_DEPENDENCIES = 100;
