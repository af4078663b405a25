/** The status of a replica set, computed from its pods. */
import type { ReplicaSetStatus } from '@kindred/apis/apps/v1';
import type { Pod } from '@kindred/apis/core/v1';
import type { Observed } from '@kindred/machinery';
import { formatTime, labelSelectorFromObject } from '@kindred/machinery';
import { isAvailable, isReady } from '../pod/pod-state.ts';
import type { ReplicatedPods } from './replicated-pods.ts';

/**
 * @param active the set's pods that are neither finished nor being deleted
 * @param failure why pods could not be created or deleted, if that is so
 */
export function replicaSetStatus(
  set: Observed<ReplicatedPods>,
  active: readonly Observed<Pod>[],
  failure: { readonly reason: 'FailedCreate' | 'FailedDelete'; readonly message: string } | undefined,
  now: number,
): ReplicaSetStatus {
  const template = labelSelectorFromObject({ matchLabels: set.spec?.template?.metadata?.labels ?? {} });
  const minReadySeconds = set.spec?.minReadySeconds ?? 0;
  const conditions = withFailure(set.status?.conditions ?? [], failure, now);
  return {
    replicas: active.length,
    fullyLabeledReplicas: active.filter((pod) => template.matches(pod.metadata.labels ?? {})).length,
    readyReplicas: active.filter(isReady).length,
    availableReplicas: active.filter((pod) => isAvailable(pod, minReadySeconds, now)).length,
    observedGeneration: set.metadata.generation ?? 0,
    ...(conditions.length === 0 ? {} : { conditions }),
  };
}

type Conditions = NonNullable<ReplicaSetStatus['conditions']>;

function withFailure(
  current: Conditions,
  failure: { readonly reason: string; readonly message: string } | undefined,
  now: number,
): Conditions {
  const others = current.filter(({ type }) => type !== 'ReplicaFailure');
  if (failure === undefined) return others;
  const existing = current.find(({ type }) => type === 'ReplicaFailure');
  if (existing?.reason === failure.reason && existing.message === failure.message) return current;
  const lastTransitionTime = formatTime(now);
  return [...others, { type: 'ReplicaFailure', status: 'True', lastTransitionTime, ...failure }];
}

/** Equal as far as readers care: absent counts are 0. */
export function sameStatus(a: ReplicaSetStatus | undefined, b: ReplicaSetStatus): boolean {
  const counts = [
    'replicas',
    'fullyLabeledReplicas',
    'readyReplicas',
    'availableReplicas',
    'observedGeneration',
  ] as const;
  return (
    counts.every((field) => (a?.[field] ?? 0) === (b[field] ?? 0)) &&
    JSON.stringify(a?.conditions ?? []) === JSON.stringify(b.conditions ?? [])
  );
}
