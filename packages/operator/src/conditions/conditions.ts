/**
 * Status conditions (`k8s.io/apimachinery/pkg/apis/meta/v1` Condition): the state of an object in a form that every tool can
 * read and wait for (`kubectl wait --for=condition=Ready`).
 */

import type { KubeObject } from '@kindred/machinery';
import { formatTime } from '@kindred/machinery';
import type { Condition } from '@kindred/schema';

/** What a controller says of one condition; the rest is filled in. */
export interface ConditionState {
  readonly status: boolean | 'Unknown';
  /** Why, in one CamelCase word. */
  readonly reason: string;
  readonly message?: string;
  /** Records an event of this type when the condition changes its status, reason or message. */
  readonly event?: 'Normal' | 'Warning';
}

/** The short form: status, reason, message. */
export type ConditionTuple = readonly [status: boolean | 'Unknown', reason: string, message?: string];

export type ConditionInput = ConditionState | ConditionTuple;

export interface ConditionChange {
  readonly type: string;
  readonly state: ConditionState;
}

const reasonPattern = /^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$/;

/** The conditions that an object has. */
export function conditionsOf(object: KubeObject): readonly Condition[] {
  const conditions = (object as { readonly status?: { readonly conditions?: unknown } }).status?.conditions;
  return Array.isArray(conditions) ? (conditions as Condition[]) : [];
}

export function findCondition(object: KubeObject, type: string): Condition | undefined {
  return conditionsOf(object).find((condition) => condition.type === type);
}

export function isConditionTrue(object: KubeObject, type: string): boolean {
  return findCondition(object, type)?.status === 'True';
}

/**
 * The conditions to write, sorted by type, and those that say something new. `lastTransitionTime` moves only when the status
 * changes.
 *
 * @throws TypeError for a reason that is not one CamelCase word: the API server would refuse it
 */
export function nextConditions(
  object: KubeObject,
  wanted: Readonly<Record<string, ConditionInput>>,
  now: number,
): { readonly conditions: Condition[]; readonly changes: ConditionChange[] } {
  const changes: ConditionChange[] = [];
  const conditions = Object.keys(wanted)
    .sort()
    .map((type) => {
      const state = stateOf(wanted[type] as ConditionInput); // One of its own keys.
      if (!reasonPattern.test(state.reason)) {
        throw new TypeError(`Reason ${JSON.stringify(state.reason)} of condition ${type} is not one CamelCase word`);
      }
      const before = findCondition(object, type);
      const next = nextCondition(type, state, before, { now, generation: object.metadata.generation });
      if (before?.status !== next.status || before.reason !== next.reason || before.message !== next.message) {
        changes.push({ type, state });
      }
      return next;
    });
  return { conditions, changes };
}

function nextCondition(
  type: string,
  { status, reason, message = '' }: ConditionState,
  before: Condition | undefined,
  { now, generation }: { readonly now: number; readonly generation: number | undefined },
): Condition {
  const text = status === 'Unknown' ? status : status ? 'True' : 'False';
  const unchanged = before?.status === text && before.lastTransitionTime;
  return {
    type,
    status: text,
    reason,
    message,
    lastTransitionTime: unchanged || formatTime(now),
    ...(generation === undefined ? {} : { observedGeneration: generation }),
  };
}

function stateOf(input: ConditionInput): ConditionState {
  if (!isTuple(input)) return input;
  const [status, reason, message] = input;
  return message === undefined ? { status, reason } : { status, reason, message };
}

function isTuple(input: ConditionInput): input is ConditionTuple {
  return Array.isArray(input);
}
