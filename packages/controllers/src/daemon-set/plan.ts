/**
 * What a daemon set does next: pods to make and to delete, for what nodes want and for a rolling update. Pure.
 * Source: "DaemonSet" and "Perform a Rolling Update on a DaemonSet", Kubernetes documentation.
 */
import type { DaemonSet, DaemonSetStatus } from '@kindred/apis/apps/v1';
import type { Node, Pod } from '@kindred/apis/core/v1';
import { type Observed, scaledIntOrPercent } from '@kindred/machinery';
import { revisionHashLabel } from '../controller-revision/controller-revision.ts';
import { isActive, isAvailable, isReady } from '../pod/pod-state.ts';
import { nodeOf, verdictOn } from './daemon-pods.ts';

export interface DaemonPlan {
  /** Nodes that need a pod. */
  readonly create: readonly string[];
  readonly remove: readonly Observed<Pod>[];
  /** Pods that have ended by themselves: deleted, so that another takes their place. */
  readonly failed: readonly Observed<Pod>[];
}

export interface DaemonState {
  readonly set: Observed<DaemonSet>;
  readonly nodes: readonly Observed<Node>[];
  /** The set's pods, ending and finished ones as well. */
  readonly pods: readonly Observed<Pod>[];
  /** Hash of the present template. */
  readonly hash: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

export function planDaemons(state: DaemonState): DaemonPlan {
  const byNode = podsByNode(state.pods);
  const create: string[] = [];
  const remove: Observed<Pod>[] = [];
  const failed: Observed<Pod>[] = [];
  for (const node of state.nodes) {
    const { name } = node.metadata;
    const { shouldRun, mayStay } = verdictOn(state.set, node);
    const here = (byNode.get(name) ?? []).filter(({ metadata }) => metadata.deletionTimestamp === undefined);
    if (!mayStay) remove.push(...here);
    if (!shouldRun) continue;
    const [first, ...more] = here.filter(isActive).sort(byAge);
    failed.push(...here.filter((pod) => !isActive(pod)));
    remove.push(...more);
    // A pod that is still ending keeps its node until it is gone.
    if (first === undefined && (byNode.get(name) ?? []).length === 0) create.push(name);
  }
  const replaced = create.length + remove.length === 0 ? outdated(state, byNode) : [];
  return { create, remove: [...remove, ...replaced], failed };
}

/** Old pods that may be replaced now: those that serve nobody at once, others as far as `maxUnavailable` allows. */
function outdated(state: DaemonState, byNode: ReadonlyMap<string, readonly Observed<Pod>[]>): Observed<Pod>[] {
  const { set, nodes, hash, now } = state;
  if (set.spec?.updateStrategy?.type === 'OnDelete') return [];
  const { minReadySeconds = 0 } = set.spec ?? {};
  const wanted = nodes.filter((node) => verdictOn(set, node).shouldRun);
  const idle: Observed<Pod>[] = [];
  const serving: Observed<Pod>[] = [];
  let unavailable = 0;
  for (const { metadata } of wanted) {
    const pod = (byNode.get(metadata.name) ?? []).find(isActive);
    const available = pod !== undefined && isAvailable(pod, minReadySeconds, now);
    const isOld = pod !== undefined && pod.metadata.labels?.[revisionHashLabel] !== hash;
    if (!available) unavailable++;
    if (isOld) (available ? serving : idle).push(pod);
  }
  const room = Math.max(0, maxUnavailable(set, wanted.length) - unavailable);
  return [...idle, ...serving.slice(0, room)];
}

/** At least one, or nothing would ever be replaced. */
function maxUnavailable({ spec }: DaemonSet, nodes: number): number {
  const value = spec?.updateStrategy?.rollingUpdate?.maxUnavailable ?? 1;
  return Math.max(1, scaledIntOrPercent(value, nodes, { roundUp: true }) ?? 1);
}

export function daemonStatus(state: DaemonState, collisionCount: number | undefined): DaemonSetStatus {
  const { set, nodes, hash, now } = state;
  const byNode = podsByNode(state.pods);
  const counts = { desired: 0, current: 0, ready: 0, available: 0, updated: 0, misscheduled: 0 };
  for (const node of nodes) {
    const here = (byNode.get(node.metadata.name) ?? []).filter(isActive).sort(byAge);
    const [pod] = here;
    if (!verdictOn(set, node).shouldRun) {
      if (pod !== undefined) counts.misscheduled++;
      continue;
    }
    counts.desired++;
    if (pod === undefined) continue;
    counts.current++;
    if (isReady(pod)) counts.ready++;
    if (isAvailable(pod, set.spec?.minReadySeconds ?? 0, now)) counts.available++;
    if (pod.metadata.labels?.[revisionHashLabel] === hash) counts.updated++;
  }
  const unavailable = counts.desired - counts.available;
  return {
    currentNumberScheduled: counts.current,
    numberMisscheduled: counts.misscheduled,
    desiredNumberScheduled: counts.desired,
    numberReady: counts.ready,
    observedGeneration: set.metadata.generation ?? 0,
    ...(counts.updated === 0 ? {} : { updatedNumberScheduled: counts.updated }),
    ...(counts.available === 0 ? {} : { numberAvailable: counts.available }),
    ...(unavailable === 0 ? {} : { numberUnavailable: unavailable }),
    ...(collisionCount === undefined ? {} : { collisionCount }),
  };
}

function podsByNode(pods: readonly Observed<Pod>[]): Map<string, Observed<Pod>[]> {
  const byNode = new Map<string, Observed<Pod>[]>();
  for (const pod of pods) {
    const node = nodeOf(pod);
    const list = byNode.get(node);
    if (list === undefined) byNode.set(node, [pod]);
    else list.push(pod);
  }
  return byNode;
}

function byAge(a: Observed<Pod>, b: Observed<Pod>): number {
  return Date.parse(a.metadata.creationTimestamp) - Date.parse(b.metadata.creationTimestamp);
}
