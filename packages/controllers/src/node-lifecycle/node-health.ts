/**
 * Whether a node is heard of, and the conditions and taints that follow. Pure.
 * Source: "Nodes" (heartbeats) and "Taints and Tolerations" (taint based evictions), Kubernetes documentation.
 */
import type { Node, NodeCondition, Taint } from '@kindred/apis/core/v1';

/** Conditions that nobody knows anything of when the node is silent. */
const reported = ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure'] as const;

const pressureTaints = new Map([
  ['MemoryPressure', 'node.kubernetes.io/memory-pressure'],
  ['DiskPressure', 'node.kubernetes.io/disk-pressure'],
  ['PIDPressure', 'node.kubernetes.io/pid-pressure'],
  ['NetworkUnavailable', 'node.kubernetes.io/network-unavailable'],
]);

const ours = new Set([
  'node.kubernetes.io/not-ready',
  'node.kubernetes.io/unreachable',
  'node.kubernetes.io/unschedulable',
  ...pressureTaints.values(),
]);

/** The conditions of a node that is not heard of any more; undefined when they say so already. */
export function silentConditions({ status }: Node, now: string): NodeCondition[] | undefined {
  const current = status?.conditions ?? [];
  const missing = reported.filter((type) => !current.some((condition) => condition.type === type));
  if (missing.length === 0 && reported.every((type) => isUnknown(current, type))) return undefined;
  const turned = current.map((condition) =>
    isReported(condition.type) && condition.status !== 'Unknown'
      ? {
          ...condition,
          status: 'Unknown',
          reason: 'NodeStatusUnknown',
          message: 'Kubelet stopped posting node status.',
          lastTransitionTime: now,
        }
      : condition,
  );
  const added = missing.map((type) => ({
    type,
    status: 'Unknown',
    reason: 'NodeStatusNeverUpdated',
    message: 'Kubelet never posted node status.',
    lastHeartbeatTime: now,
    lastTransitionTime: now,
  }));
  return [...turned, ...added];
}

/**
 * The taints that the node should have; undefined when it has them.
 * @param now RFC 3339 time for taints that are new
 */
export function healthTaints(node: Node, now: string): Taint[] | undefined {
  const current = node.spec?.taints ?? [];
  const wanted = wantedTaints(node);
  const isWanted = (taint: Taint): boolean => wanted.some((other) => sameTaint(taint, other));
  const kept = current.filter((taint) => !ours.has(taint.key) || isWanted(taint));
  const added = wanted.filter((taint) => !current.some((other) => sameTaint(taint, other)));
  if (kept.length === current.length && added.length === 0) return undefined;
  return [...kept, ...added.map((taint) => (taint.effect === 'NoExecute' ? { ...taint, timeAdded: now } : taint))];
}

function wantedTaints({ spec, status }: Node): Taint[] {
  const conditions = status?.conditions ?? [];
  const ready = conditions.find(({ type }) => type === 'Ready')?.status;
  const key = ready === 'False' ? 'node.kubernetes.io/not-ready' : 'node.kubernetes.io/unreachable';
  const health =
    ready === 'False' || ready === 'Unknown' ? ['NoSchedule', 'NoExecute'].map((effect) => ({ key, effect })) : [];
  const pressures = conditions.flatMap(({ type, status: state }) => {
    const taint = pressureTaints.get(type);
    return taint !== undefined && state === 'True' ? [{ key: taint, effect: 'NoSchedule' }] : [];
  });
  const cordon =
    spec?.unschedulable === true ? [{ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }] : [];
  return [...health, ...pressures, ...cordon];
}

function sameTaint(a: Taint, b: Taint): boolean {
  return a.key === b.key && a.effect === b.effect;
}

function isUnknown(conditions: readonly NodeCondition[], type: string): boolean {
  return conditions.some((condition) => condition.type === type && condition.status === 'Unknown');
}

function isReported(type: string): boolean {
  return reported.some((name) => name === type);
}
