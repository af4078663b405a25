/**
 * Which pods go first when there are too many: those whose loss costs least. The order is upstream's
 * (`k8s.io/kubernetes/pkg/controller` ActivePodsWithRanks): not scheduled, pending, not ready, lower deletion cost, more
 * replicas of the set on the same node, ready for a shorter time, more restarts, younger.
 */
import type { Pod } from '@kindred/apis/core/v1';
import type { Observed } from '@kindred/machinery';
import { isReady, readySince } from '../pod/pod-state.ts';

const deletionCost = 'controller.kubernetes.io/pod-deletion-cost';
const phaseRank: Readonly<Record<string, number>> = { Pending: 0, Unknown: 1, Running: 2 };

/** The pods in the order in which they should be deleted. */
export function deletionOrder(pods: readonly Observed<Pod>[], now: number): Observed<Pod>[] {
  const onNode = new Map<string, number>();
  for (const { spec } of pods) onNode.set(spec?.nodeName ?? '', (onNode.get(spec?.nodeName ?? '') ?? 0) + 1);
  const ranked = pods.map((pod) => ({ pod, rank: rank(pod, onNode.get(pod.spec?.nodeName ?? '') ?? 0, now) }));
  return ranked.sort((a, b) => compareRanks(a.rank, b.rank)).map(({ pod }) => pod);
}

/** Smaller goes first, number by number. */
function rank(pod: Observed<Pod>, neighbours: number, now: number): number[] {
  const ready = isReady(pod);
  return [
    pod.spec?.nodeName ? 1 : 0,
    phaseRank[pod.status?.phase ?? 'Unknown'] ?? 1,
    ready ? 1 : 0,
    Number(pod.metadata.annotations?.[deletionCost] ?? 0) || 0,
    -neighbours,
    ready ? logarithmicAge(readySince(pod), now) : 0,
    -restarts(pod),
    logarithmicAge(Date.parse(pod.metadata.creationTimestamp), now),
  ];
}

/** Ages are compared by magnitude, so that pods of about the same age are not always taken in order of creation. */
function logarithmicAge(since: number, now: number): number {
  return Math.floor(Math.log2(Math.max(1, now - since)));
}

function restarts(pod: Observed<Pod>): number {
  return Math.max(0, ...(pod.status?.containerStatuses ?? []).map(({ restartCount }) => restartCount));
}

function compareRanks(a: readonly number[], b: readonly number[]): number {
  for (let index = 0; index < a.length; index++) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
