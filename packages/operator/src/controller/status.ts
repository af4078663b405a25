/** Status and conditions of a controller's object: applied through the status subresource, only when they say something new. */

import type { Client, EventRecorder } from '@kindred/client';
import type { Logger } from '@kindred/machinery';
import { errorText, isStatusError, type KindRef, type KubeObject, type Observed } from '@kindred/machinery';
import { type AppliedForms, applyIfChanged } from '../apply/apply-if-changed.ts';
import { appliedFields, extractFields } from '../apply/managed-fields.ts';
import { type ConditionChange, type ConditionInput, nextConditions } from '../conditions/conditions.ts';

export interface StatusTarget<T extends KubeObject> {
  readonly kind: KindRef<T>;
  readonly object: Observed<T>;
  readonly client: Client;
  readonly manager: string;
  readonly forms: AppliedForms;
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
  const next = nextConditions(target.object, given(conditions), target.now);
  const all = next.conditions.length === 0 ? status : { ...status, conditions: next.conditions };
  if (await applyStatus(all, target)) recordChanges(next.changes, target);
}

/** Turns one condition false and leaves the rest of what the controller said before as it is. */
export async function reportFailure<T extends KubeObject>(
  condition: string,
  error: unknown,
  target: StatusTarget<T>,
): Promise<void> {
  const message = errorText(error);
  const failed = { [condition]: { status: false, reason: 'ReconcileFailed', message, event: 'Warning' } } as const;
  const { conditions, changes } = nextConditions(target.object, failed, target.now);
  const fields = appliedFields(target.object, target.manager, 'status')?.['f:status'];
  const { status: said } = target.object as { readonly status?: unknown };
  const before = fields === undefined ? {} : Object(extractFields(said, fields));
  const others = (before.conditions ?? []).filter((each: { type: string }) => each.type !== condition);
  const sorted = [...others, ...conditions].sort((a, b) => (a.type < b.type ? -1 : 1));
  if (await applyStatus({ ...before, conditions: sorted }, target)) recordChanges(changes, target);
}

/** True unless the kind has no status to write to. */
async function applyStatus<T extends KubeObject>(status: object, target: StatusTarget<T>): Promise<boolean> {
  const { kind, object, logger } = target;
  const { name, namespace } = object.metadata;
  const metadata = namespace === undefined ? { name } : { name, namespace };
  const intent = { apiVersion: object.apiVersion, kind: object.kind, metadata, status };
  if (Object.keys(status).length === 0 && appliedFields(object, target.manager, 'status') === undefined) return true;
  try {
    await applyIfChanged(object, intent, { ...target, subresource: 'status' });
    return true;
  } catch (error) {
    // Deleted meanwhile, or a CustomResourceDefinition without the status subresource.
    if (!isStatusError(error, 'NotFound')) throw error;
    logger.debug(`${kind.kind} has no status to write to`, { namespace, name });
    return false;
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
