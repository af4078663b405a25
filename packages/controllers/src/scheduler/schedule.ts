/**
 * Where a pod goes: filters name what speaks against each node, scores order those that are left. Pure.
 * Source: "Kubernetes Scheduler", Kubernetes documentation; the texts are those that `kubectl describe pod` shows.
 */
import type { Node, Pod } from '@kindred/apis/core/v1';
import type { Observed } from '@kindred/machinery';
import { matchesNodeSelector, preferenceWeight } from './node-affinity.ts';
import { nodeAllocatable, podRequests, sumRequests } from './resources.ts';
import { isTolerated, untoleratedTaint } from './taints.ts';

export interface NodeState {
  readonly node: Observed<Node>;
  /** Pods that are bound to it and not finished. */
  readonly pods: readonly Pod[];
}

export type Placement =
  | { readonly node: string }
  /** `0/1 nodes are available: 1 Insufficient cpu.` */
  | { readonly unschedulable: string };

type Filter = (pod: Pod, state: NodeState) => string[];

const filters: readonly Filter[] = [
  function unschedulable(pod, { node }) {
    const taint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' };
    const closed = node.spec?.unschedulable === true && !isTolerated(taint, pod.spec?.tolerations ?? []);
    return closed ? ['node(s) were unschedulable'] : [];
  },
  function taints(pod, { node }) {
    const taint = untoleratedTaint(pod, node);
    if (taint === undefined) return [];
    return [`node(s) had untolerated taint(s) {${taint.key}: ${taint.value ?? ''}}`];
  },
  function nodeSelector(pod, { node }) {
    return matchesNodeSelector(pod, node) ? [] : ["node(s) didn't match Pod's node affinity/selector"];
  },
  function hostPorts(pod, { pods }) {
    const taken = new Set(pods.flatMap(hostPortsOf));
    return hostPortsOf(pod).some((port) => taken.has(port))
      ? ["node(s) didn't have free ports for the requested pod ports"]
      : [];
  },
  function resources(pod, { node, pods }) {
    const allocatable = nodeAllocatable(node);
    const used = sumRequests(pods);
    return [...podRequests(pod)].flatMap(([name, wanted]) => {
      if (wanted === 0 || (used.get(name) ?? 0) + wanted <= (allocatable.get(name) ?? 0)) return [];
      return [name === 'pods' ? 'Too many pods' : `Insufficient ${name}`];
    });
  },
];

/** Chooses a node for the pod. Equal scores go to the first name, so that the choice is the same each time. */
export function schedule(pod: Pod, nodes: readonly NodeState[]): Placement {
  if (nodes.length === 0) return { unschedulable: 'no nodes available to schedule pods' };
  const reasons = nodes.map((state) => filters.flatMap((filter) => filter(pod, state)));
  const feasible = nodes.filter((_, index) => reasons[index]?.length === 0);
  const [best] = [...feasible].sort((a, b) => score(pod, b) - score(pod, a) || compareNames(a, b));
  return best === undefined ? { unschedulable: explain(reasons) } : { node: best.node.metadata.name };
}

/** `0/2 nodes are available: 1 Insufficient cpu, 1 node(s) were unschedulable.` */
function explain(reasons: readonly (readonly string[])[]): string {
  const counts = new Map<string, number>();
  for (const reason of reasons.flat()) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  const list = [...counts].map(([reason, count]) => `${count} ${reason}`).sort();
  return `0/${reasons.length} nodes are available: ${list.join(', ')}.`;
}

/** Preferred affinity first, then the node with the larger share free, then fewer soft taints against the pod. */
function score(pod: Pod, { node, pods }: NodeState): number {
  const allocatable = nodeAllocatable(node);
  const used = sumRequests([...pods, pod]);
  const free = ['cpu', 'memory'].map((name) => {
    const total = allocatable.get(name) ?? 0;
    return total === 0 ? 0 : (total - (used.get(name) ?? 0)) / total;
  });
  const average = free.reduce((sum, share) => sum + share, 0) / free.length;
  const softTaints = (node.spec?.taints ?? []).filter(
    (taint) => taint.effect === 'PreferNoSchedule' && !isTolerated(taint, pod.spec?.tolerations ?? []),
  );
  return preferenceWeight(pod, node) * 1000 + average * 100 - softTaints.length * 10;
}

function hostPortsOf(pod: Pod): string[] {
  return (pod.spec?.containers ?? [])
    .flatMap(({ ports = [] }) => ports)
    .flatMap(({ hostPort, protocol = 'TCP', hostIP = '0.0.0.0' }) =>
      hostPort ? [`${protocol}/${hostIP}:${hostPort}`] : [],
    );
}

function compareNames(a: NodeState, b: NodeState): number {
  return a.node.metadata.name < b.node.metadata.name ? -1 : 1;
}
