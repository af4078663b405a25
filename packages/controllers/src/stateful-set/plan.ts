/**
 * The next step of a stateful set: pods come up in order, go in the opposite order, and are replaced from the highest
 * ordinal down to the partition. Source: "StatefulSets" (deployment and scaling guarantees, update strategies), Kubernetes
 * documentation. Pure.
 */
import type { StatefulSet, StatefulSetStatus } from '@kindred/apis/apps/v1';
import type { Pod } from '@kindred/apis/core/v1';
import { type Observed, scaledIntOrPercent } from '@kindred/machinery';
import { isActive, isAvailable, isFinished, isReady } from '../pod/pod-state.ts';
import { ordinalOf, ordinalsOf, revisionOf } from './stateful-pods.ts';

export interface StatefulState {
  readonly set: Observed<StatefulSet>;
  readonly pods: readonly Observed<Pod>[];
  /** Names of the revisions: the one that pods below the partition keep, and the one that the others get. */
  readonly currentRevision: string;
  readonly updateRevision: string;
  readonly now: number;
}

export interface StatefulPlan {
  readonly create: readonly { readonly ordinal: number; readonly revision: string }[];
  readonly remove: readonly Observed<Pod>[];
}

const nothing: StatefulPlan = { create: [], remove: [] };

export function planStatefulSet(state: StatefulState): StatefulPlan {
  const { set } = state;
  const byOrdinal = podsByOrdinal(state);
  const inOrder = set.spec?.podManagementPolicy !== 'Parallel';
  const wanted = ordinalsOf(set);
  const create: { ordinal: number; revision: string }[] = [];
  const remove: Observed<Pod>[] = [];
  for (const ordinal of wanted) {
    const pod = byOrdinal.get(ordinal);
    if (pod === undefined) create.push({ ordinal, revision: revisionFor(state, ordinal) });
    else if (isFinished(pod) && pod.metadata.deletionTimestamp === undefined) remove.push(pod);
    // Each waits for the one before.
    if (inOrder && (create.length + remove.length > 0 || !isUp(state, pod))) return { create, remove };
  }
  const surplus = surplusPods(byOrdinal, wanted);
  if (inOrder && surplus.length > 0) return oneByOne(state, surplus);
  remove.push(...surplus.filter(({ metadata }) => metadata.deletionTimestamp === undefined));
  if (create.length + remove.length > 0) return { create, remove };
  return { create: [], remove: outdated(state, byOrdinal, wanted) };
}

/** From the top: the next goes when the one above is gone. */
function oneByOne(state: StatefulState, surplus: readonly Observed<Pod>[]): StatefulPlan {
  const [highest] = surplus;
  if (highest === undefined || highest.metadata.deletionTimestamp !== undefined) return nothing;
  const isUnwell = state.pods.some((pod) => pod !== highest && isActive(pod) && !isUp(state, pod));
  // A pod that isn't well may go at any time; a well one only while the others are.
  return isUnwell && isUp(state, highest) ? nothing : { create: [], remove: [highest] };
}

/** Highest ordinal first. */
function surplusPods(byOrdinal: ReadonlyMap<number, Observed<Pod>>, wanted: readonly number[]): Observed<Pod>[] {
  return [...byOrdinal]
    .filter(([ordinal]) => !wanted.includes(ordinal))
    .sort(([a], [b]) => b - a)
    .map(([, pod]) => pod);
}

/** Pods that a rolling update replaces now: from the top, as many as may be unavailable. */
function outdated(
  state: StatefulState,
  byOrdinal: ReadonlyMap<number, Observed<Pod>>,
  wanted: readonly number[],
): Observed<Pod>[] {
  const { updateStrategy = {}, replicas = 1 } = state.set.spec ?? {};
  if (updateStrategy.type === 'OnDelete') return [];
  const { partition = 0, maxUnavailable = 1 } = updateStrategy.rollingUpdate ?? {};
  const mayMiss = Math.max(1, scaledIntOrPercent(maxUnavailable, replicas, { roundUp: true }) ?? 1);
  const start = state.set.spec?.ordinals?.start ?? 0;
  const pods = wanted.flatMap((ordinal) => byOrdinal.get(ordinal) ?? []);
  let missing = pods.filter((pod) => !isUp(state, pod)).length;
  const remove: Observed<Pod>[] = [];
  for (const ordinal of [...wanted].reverse()) {
    if (ordinal < start + partition) break;
    const pod = byOrdinal.get(ordinal);
    if (pod === undefined || pod.metadata.deletionTimestamp !== undefined) return remove;
    if (revisionOf(pod) === state.updateRevision) continue;
    // An old pod that isn't up counts as missing already, so replacing it costs nothing.
    if (isUp(state, pod) && missing >= mayMiss) return remove;
    if (isUp(state, pod)) missing++;
    remove.push(pod);
    if (remove.length >= mayMiss) return remove;
  }
  return remove;
}

/** Below the partition, pods that come back come back as they were. */
function revisionFor({ set, currentRevision, updateRevision }: StatefulState, ordinal: number): string {
  const { updateStrategy, ordinals } = set.spec ?? {};
  const { partition = 0 } = updateStrategy?.rollingUpdate ?? {};
  const isRolling = updateStrategy?.type !== 'OnDelete';
  return isRolling && ordinal < (ordinals?.start ?? 0) + partition ? currentRevision : updateRevision;
}

function isUp({ set, now }: StatefulState, pod: Observed<Pod> | undefined): boolean {
  return pod !== undefined && isActive(pod) && isAvailable(pod, set.spec?.minReadySeconds ?? 0, now);
}

function podsByOrdinal({ set, pods }: StatefulState): Map<number, Observed<Pod>> {
  const byOrdinal = new Map<number, Observed<Pod>>();
  for (const pod of pods) {
    const ordinal = ordinalOf(set, pod);
    if (ordinal !== undefined) byOrdinal.set(ordinal, pod);
  }
  return byOrdinal;
}

export function statefulStatus(state: StatefulState, collisionCount: number | undefined): StatefulSetStatus {
  const { set, pods, currentRevision, updateRevision, now } = state;
  const created = pods.filter(isActive);
  const updated = created.filter((pod) => revisionOf(pod) === updateRevision);
  const available = created.filter((pod) => isAvailable(pod, set.spec?.minReadySeconds ?? 0, now));
  const replicas = set.spec?.replicas ?? 1;
  const isRolling = set.spec?.updateStrategy?.type !== 'OnDelete';
  // Only a completed update makes the new revision the one to fall back to.
  const isComplete =
    isRolling && updated.length === replicas && created.length === replicas && available.length === replicas;
  const current = isComplete ? updateRevision : currentRevision;
  const currentReplicas = created.filter((pod) => revisionOf(pod) === current).length;
  return {
    observedGeneration: set.metadata.generation ?? 0,
    replicas: created.length,
    readyReplicas: created.filter(isReady).length,
    availableReplicas: available.length,
    ...(currentReplicas === 0 ? {} : { currentReplicas }),
    ...(updated.length === 0 ? {} : { updatedReplicas: updated.length }),
    currentRevision: current,
    updateRevision,
    collisionCount: collisionCount ?? 0,
  };
}
