/** Status and conditions of a controller's object: applied through the status subresource, only when they say something new. */

import type { Client, EventRecorder } from '@kindred/client';
import type { Logger } from '@kindred/machinery';
import { errorText, isStatusError, type KindRef, type KubeObject, type Observed } from '@kindred/machinery';
import type { Condition } from '@kindred/schema';
import { type AppliedForms, applyIfChanged } from '../apply/apply-if-changed.ts';
import { appliedFields, extractFields } from '../apply/managed-fields.ts';
import { type ConditionChange, type ConditionInput, nextConditions } from '../conditions/conditions.ts';

/** Conditions of objects whose kind has no status to keep them in, by uid: what is new in them is told by events all the same. */
export type UnwrittenConditions = Map<string, readonly Condition[]>;

export interface StatusTarget<T extends KubeObject> {
  readonly kind: KindRef<T>;
  readonly object: Observed<T>;
  readonly client: Client;
  readonly manager: string;
  readonly forms: AppliedForms;
  readonly unwritten: UnwrittenConditions;
  readonly events: EventRecorder;
  readonly logger: Logger;
  readonly now: number;
  readonly signal: AbortSignal;
}

/** Applies these fields and conditions as all that the controller has to say in status. */
export async function reconcileStatus<T extends KubeObject>(
  status: object,
  conditions: Readonly<Record<string, ConditionInput | undefined>>,
  target: StatusTarget<T>,
): Promise<void> {
  const next = nextConditions(withConditions(target), given(conditions), target.now);
  const all = next.conditions.length === 0 ? status : { ...status, conditions: next.conditions };
  await applyAndTell(all, next, target);
}

/** Turns one condition false and leaves the rest of what the controller said before as it is. */
export async function reportFailure<T extends KubeObject>(
  condition: string,
  error: unknown,
  target: StatusTarget<T>,
): Promise<void> {
  const message = errorText(error);
  const failed = { [condition]: { status: false, reason: 'ReconcileFailed', message, event: 'Warning' } } as const;
  const { conditions, changes } = nextConditions(withConditions(target), failed, target.now);
  const fields = appliedFields(target.object, target.manager, 'status')?.['f:status'];
  const { status: said } = target.object as { readonly status?: unknown };
  const before = fields === undefined ? {} : Object(extractFields(said, fields));
  const others = (before.conditions ?? []).filter((each: { type: string }) => each.type !== condition);
  const sorted = [...others, ...conditions].sort((a, b) => (a.type < b.type ? -1 : 1));
  await applyAndTell({ ...before, conditions: sorted }, { conditions: sorted, changes }, target);
}

/** More objects than this lose what is remembered of them first. */
const mostUnwritten = 10_000;

async function applyAndTell<T extends KubeObject>(
  status: object,
  { conditions, changes }: { readonly conditions: readonly Condition[]; readonly changes: readonly ConditionChange[] },
  target: StatusTarget<T>,
): Promise<void> {
  const { object, unwritten } = target;
  const outcome = await applyStatus(status, target);
  if (outcome === 'object gone') return;
  const { uid } = object.metadata;
  unwritten.delete(uid);
  if (outcome === 'no status') {
    unwritten.set(uid, conditions);
    const [oldest] = unwritten.keys();
    if (unwritten.size > mostUnwritten && oldest !== undefined) unwritten.delete(oldest);
  }
  recordChanges(changes, target);
}

/** The object, with what its controller last said of it when the object can't say so itself. */
function withConditions<T extends KubeObject>({ object, unwritten }: StatusTarget<T>): KubeObject {
  const conditions = unwritten.get(object.metadata.uid);
  return conditions === undefined ? object : Object.assign({}, object, { status: { conditions } });
}

async function applyStatus<T extends KubeObject>(
  status: object,
  target: StatusTarget<T>,
): Promise<'written' | 'object gone' | 'no status'> {
  const { kind, object, logger } = target;
  const { name, namespace } = object.metadata;
  const metadata = namespace === undefined ? { name } : { name, namespace };
  const intent = { apiVersion: object.apiVersion, kind: object.kind, metadata, status };
  if (Object.keys(status).length === 0 && appliedFields(object, target.manager, 'status') === undefined)
    return 'written';
  try {
    await applyIfChanged(object, intent, { ...target, subresource: 'status' });
    return 'written';
  } catch (error) {
    // Deleted meanwhile, or a CustomResourceDefinition without the status subresource: only the former names the object.
    if (!isStatusError(error, 'NotFound')) throw error;
    if (error.status.details?.name === name) return 'object gone';
    logger.debug(`${kind.kind} has no status to write to`, { namespace, name });
    return 'no status';
  }
}

function recordChanges<T extends KubeObject>(
  changes: readonly ConditionChange[],
  { object, events }: StatusTarget<T>,
): void {
  for (const { state } of changes) {
    if (state.event === undefined) continue;
    events.record(object, { type: state.event, reason: state.reason, message: state.message ?? '' });
  }
}

function given(conditions: Readonly<Record<string, ConditionInput | undefined>>): Record<string, ConditionInput> {
  const result: Record<string, ConditionInput> = {};
  for (const [type, input] of Object.entries(conditions)) if (input !== undefined) result[type] = input;
  return result;
}
