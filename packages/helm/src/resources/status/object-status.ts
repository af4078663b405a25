/**
 * How far the cluster is with an object, by the rules of kstatus (sigs.k8s.io/cli-utils), which helm waits by: first what
 * holds for any kind, then the rules of built-in kinds, then a `Ready` condition; an object with none of them is current.
 */
import { getList, getNumber, getString, isJsonObject, type Unstructured } from '@kindred/machinery';

export interface ObjectStatus {
  readonly status: 'Current' | 'InProgress' | 'Failed' | 'Terminating' | 'NotFound' | 'Unknown';
  readonly message: string;
  /** The same object may have another status at this time, in milliseconds since the epoch. */
  readonly recheckAt?: number;
}

/** The status of an object as the cluster has it; `now` in milliseconds since the epoch. */
export type StatusRule = (object: Unstructured, now: number) => ObjectStatus;

export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
}

export function conditionsOf(object: Unstructured): Condition[] {
  return getList(object, 'status.conditions')
    .filter(isJsonObject)
    .map((condition) => ({
      type: getString(condition, 'type') ?? '',
      status: getString(condition, 'status') ?? '',
      reason: getString(condition, 'reason') ?? '',
      message: getString(condition, 'message') ?? '',
    }));
}

export const current = (message: string): ObjectStatus => ({ status: 'Current', message });
export const inProgress = (message: string): ObjectStatus => ({ status: 'InProgress', message });
export const failed = (message: string): ObjectStatus => ({ status: 'Failed', message });

/** What holds for any kind: deletion, a generation that wasn't looked at yet, `Reconciling`, `Stalled`. */
export function genericStatus(object: Unstructured): ObjectStatus | undefined {
  if (object.metadata.deletionTimestamp !== undefined) {
    return { status: 'Terminating', message: 'Resource scheduled for deletion' };
  }
  const { generation } = object.metadata;
  const observed = getNumber(object, 'status.observedGeneration');
  if (generation !== undefined && observed !== undefined && observed !== generation) {
    return inProgress(`${object.kind} generation is ${generation}, but latest observed generation is ${observed}`);
  }
  for (const { type, status, message } of conditionsOf(object)) {
    if (type === 'Reconciling' && status === 'True') return inProgress(message);
    if (type === 'Stalled' && status === 'True') return failed(message);
  }
  return undefined;
}

/** What a `Ready` condition says; undefined when there is none. */
export function readyStatus(object: Unstructured): ObjectStatus | undefined {
  const ready = conditionsOf(object).find(({ type }) => type === 'Ready');
  if (ready === undefined) return undefined;
  return ready.status === 'True' ? current('Resource is Ready') : inProgress(ready.message);
}
