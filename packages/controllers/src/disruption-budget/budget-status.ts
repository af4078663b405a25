/**
 * How many pods of a disruption budget may be evicted now. Pure.
 * Source: "Specifying a Disruption Budget for your Application", Kubernetes documentation.
 */
import type { Pod } from '@kindred/apis/core/v1';
import type { Condition } from '@kindred/apis/meta/v1';
import type { PodDisruptionBudget, PodDisruptionBudgetStatus } from '@kindred/apis/policy/v1';
import { formatTime, type Observed, scaledIntOrPercent } from '@kindred/machinery';
import { isReady } from '../pod/pod-state.ts';

/** An eviction that was allowed and has not led to a deletion within this time (ms) is forgotten. */
const deletionTimeout = 120_000;

export interface BudgetInput {
  readonly budget: Observed<PodDisruptionBudget>;
  /** Those that it covers, finished ones left out. */
  readonly pods: readonly Observed<Pod>[];
  /** Pods that the owners of these pods want, together. */
  readonly scale: number;
  readonly now: number;
}

export function budgetStatus({ budget, pods, scale, now }: BudgetInput): PodDisruptionBudgetStatus {
  const { expected, desired } = expectation(budget, pods.length, scale);
  const disrupted = stillDisrupted(budget, pods, now);
  const healthy = pods.filter(
    (pod) => isReady(pod) && pod.metadata.deletionTimestamp === undefined && disrupted[pod.metadata.name] === undefined,
  ).length;
  const allowed = expected <= 0 ? 0 : Math.max(0, healthy - desired);
  return {
    currentHealthy: healthy,
    desiredHealthy: desired,
    expectedPods: expected,
    disruptionsAllowed: allowed,
    observedGeneration: budget.metadata.generation ?? 0,
    ...(Object.keys(disrupted).length === 0 ? {} : { disruptedPods: disrupted }),
    conditions: [condition(budget, allowed, now)],
  };
}

function expectation(
  { spec }: PodDisruptionBudget,
  pods: number,
  scale: number,
): { readonly expected: number; readonly desired: number } {
  const { maxUnavailable, minAvailable } = spec ?? {};
  if (maxUnavailable !== undefined) {
    const most = scaledIntOrPercent(maxUnavailable, scale, { roundUp: true }) ?? 0;
    return { expected: scale, desired: Math.max(0, scale - most) };
  }
  if (typeof minAvailable === 'number') return { expected: pods, desired: minAvailable };
  if (minAvailable === undefined) return { expected: pods, desired: pods };
  return { expected: scale, desired: scaledIntOrPercent(minAvailable, scale, { roundUp: true }) ?? 0 };
}

/** Pods whose eviction was allowed, and that have not begun to end yet. */
function stillDisrupted(
  { status }: PodDisruptionBudget,
  pods: readonly Observed<Pod>[],
  now: number,
): Record<string, string> {
  const there = new Set(
    pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined).map(({ metadata }) => metadata.name),
  );
  return Object.fromEntries(
    Object.entries(status?.disruptedPods ?? {}).filter(
      ([name, time]) => there.has(name) && Date.parse(time) + deletionTimeout > now,
    ),
  );
}

/** When (ms from now) the first of them is forgotten. */
export function nextForgotten({ disruptedPods = {} }: PodDisruptionBudgetStatus, now: number): number | undefined {
  const times = Object.values(disruptedPods).map((time) => Date.parse(time) + deletionTimeout - now);
  return times.length === 0 ? undefined : Math.max(1, Math.min(...times));
}

function condition({ metadata, status }: Observed<PodDisruptionBudget>, allowed: number, now: number): Condition {
  const before = status?.conditions?.find(({ type }) => type === 'DisruptionAllowed');
  const is = allowed > 0 ? 'True' : 'False';
  return {
    type: 'DisruptionAllowed',
    status: is,
    reason: allowed > 0 ? 'SufficientPods' : 'InsufficientPods',
    message: '',
    lastTransitionTime: before?.status === is ? before.lastTransitionTime : formatTime(now),
    observedGeneration: metadata.generation ?? 0,
  };
}
