/**
 * How the webhooks of a request are asked: mutating ones one after the other, each with what the ones before it have made
 * of the object, and those that ask for it a second time when somebody after them changed it; validating ones all at once
 * ("Dynamic Admission Control", Kubernetes documentation).
 */
import {
  applyJsonPatch,
  badRequest,
  deepEqual,
  encodeJsonText,
  forbidden,
  goQuote,
  internalError,
  type JsonValue,
  PatchError,
} from '@kindred/machinery';
import type { ServedResource } from '../../resources/served-resource.ts';
import type { ResourceStorage } from '../../storage/resource-storage.ts';
import type { AdmissionAttributes } from '../plugin.ts';
import { type ReviewAnswer, type ReviewSubjects, reviewRequest } from './admission-review.ts';
import { conditionsHold } from './match-conditions.ts';
import { ReviewedObjects, subjectOf } from './reviewed-objects.ts';
import type { Webhook } from './webhook.ts';
import { askWebhook, type CallerParts } from './webhook-caller.ts';
import { callFailure, denied, WebhookCallError } from './webhook-errors.ts';
import type { WebhookMetrics } from './webhook-metrics.ts';
import type { Invocation } from './webhook-rules.ts';
import { selectorsMatch } from './webhook-selectors.ts';

export interface CallParts extends CallerParts {
  readonly namespaces: ResourceStorage;
  readonly metrics: WebhookMetrics;
}

/**
 * Lets mutating webhooks change the object.
 *
 * @param onChange called after a round that changed the object: whoever admits or prepares objects looks at it again.
 * @throws StatusError of the first webhook that refuses, or can't be asked and must be.
 */
export async function mutate(
  invocations: readonly Invocation[],
  attributes: AdmissionAttributes,
  onChange: () => Promise<void> | undefined,
  parts: CallParts,
): Promise<void> {
  const objects = new ReviewedObjects(attributes);
  const asked: Invocation[] = [];
  const again = new Set<Invocation>();
  let hasChanged = false;
  for (const invocation of invocations) {
    const outcome = await mutateOnce(invocation, attributes, objects, parts);
    if (outcome === 'changed') {
      hasChanged = true;
      for (const earlier of asked) again.add(earlier);
    }
    if (outcome !== 'skipped' && invocation.webhook.isReinvocable) asked.push(invocation);
  }
  if (!hasChanged) return;
  const settled = encodeJsonText(attributes.object);
  await onChange();
  objects.changed();
  if (encodeJsonText(attributes.object) !== settled) for (const earlier of asked) again.add(earlier);
  let hasChangedAgain = false;
  for (const invocation of asked) {
    if (!again.has(invocation)) continue;
    if ((await mutateOnce(invocation, attributes, objects, parts)) === 'changed') hasChangedAgain = true;
  }
  if (hasChangedAgain) await onChange();
}

/** Lets validating webhooks refuse the object. @throws StatusError of the first of them, in their order, that does. */
export async function validate(
  invocations: readonly Invocation[],
  attributes: AdmissionAttributes,
  parts: CallParts,
): Promise<void> {
  const objects = new ReviewedObjects(attributes);
  const wanted = invocations.filter((invocation) => isWanted(invocation, attributes, objects, parts));
  const outcomes = await Promise.allSettled(wanted.map((invocation) => ask(invocation, attributes, objects, parts)));
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
}

async function mutateOnce(
  invocation: Invocation,
  attributes: AdmissionAttributes,
  objects: ReviewedObjects,
  parts: CallParts,
): Promise<'skipped' | 'unchanged' | 'changed'> {
  const { webhook, seenAs } = invocation;
  if (!isWanted(invocation, attributes, objects, parts)) return 'skipped';
  const answer = await ask(invocation, attributes, objects, parts);
  if (answer?.patch === undefined) return 'unchanged';
  const before = objects.view(seenAs);
  if (before === undefined) {
    const why = 'attempted to modify the object, which is not supported for this operation';
    throw internalError(`admission webhook ${goQuote(webhook.name)} ${why}`);
  }
  const patched = patchedBy(answer.patch, before);
  if (deepEqual(patched, before)) return 'unchanged';
  objects.accept(seenAs, patched);
  return 'changed';
}

function patchedBy(patch: JsonValue, object: unknown): JsonValue {
  try {
    return applyJsonPatch(object, patch);
  } catch (error) {
    if (error instanceof PatchError) throw internalError(error.message);
    throw error;
  }
}

/** @throws StatusError when that can't be told, or the webhook must not be asked in a dry run */
function isWanted(
  { webhook, seenAs }: Invocation,
  attributes: AdmissionAttributes,
  objects: ReviewedObjects,
  { namespaces }: CallParts,
): boolean {
  if (!selectorsMatch(webhook, attributes, namespaces)) return false;
  if (webhook.conditions.length > 0 && !conditionsWant(webhook, seenAs, attributes, objects)) return false;
  if (!attributes.dryRun || webhook.supportsDryRun) return true;
  throw badRequest(`admission webhook ${goQuote(webhook.name)} does not support dry run`);
}

function conditionsWant(
  webhook: Webhook,
  seenAs: ServedResource,
  attributes: AdmissionAttributes,
  objects: ReviewedObjects,
): boolean {
  const held = conditionsHold(webhook.conditions, {
    object: objects.view(seenAs),
    oldObject: objects.oldView(seenAs),
    request: reviewRequest('', subjectsOf(seenAs, attributes)),
  });
  if (typeof held === 'boolean') return held;
  if (webhook.failsOpen) return false;
  const why = held.errors.length === 1 ? (held.errors[0] ?? '') : `[${held.errors.join(', ')}]`;
  throw forbidden(attributes.requested.groupResource, attributes.name, why);
}

function subjectsOf(seenAs: ServedResource, attributes: AdmissionAttributes): ReviewSubjects {
  const requested = subjectOf(attributes.requested, attributes);
  return { attributes, seen: subjectOf(seenAs, attributes), requested };
}

/** The answer of a webhook that allows the request; undefined when it can't be asked and needn't be. */
async function ask(
  { webhook, seenAs }: Invocation,
  attributes: AdmissionAttributes,
  objects: ReviewedObjects,
  parts: CallParts,
): Promise<ReviewAnswer | undefined> {
  const { clock, metrics } = parts;
  const started = clock.now();
  const reviewed = {
    ...subjectsOf(seenAs, attributes),
    object: objects.object(seenAs),
    oldObject: objects.oldObject(seenAs),
  };
  const { type, name, failsOpen } = webhook;
  const call = { type, name, operation: attributes.operation };
  try {
    const answer = await askWebhook(webhook, reviewed, parts);
    metrics.answered(call, { rejected: !answer.allowed, milliseconds: clock.now() - started });
    for (const text of answer.warnings) attributes.warn(text);
    if (answer.allowed) return answer;
    const denial = denied(name, answer.status);
    metrics.rejected(call, 'no_error', denial.code);
    throw denial;
  } catch (error) {
    if (!(error instanceof WebhookCallError)) throw error;
    metrics.answered(call, { rejected: !failsOpen, milliseconds: clock.now() - started });
    if (failsOpen) {
      metrics.failedOpen(call);
      return undefined;
    }
    metrics.rejected(call, error.errorType, 0);
    throw callFailure(error);
  }
}
