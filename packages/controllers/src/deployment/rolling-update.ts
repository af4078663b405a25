/**
 * How a rolling update moves replicas from old replica sets to the new one, one step at a time.
 * Source: "Rolling Update Deployment" and "Proportional scaling", Kubernetes documentation. Pure.
 */
import type { Deployment } from '@kindred/apis/apps/v1';

/** What the decisions need to know of a replica set. */
export interface SetState {
  readonly name: string;
  /** Pods that its spec asks for. */
  readonly desired: number;
  readonly available: number;
  /** What `deployment.kubernetes.io/max-replicas` says: the most that could run when it was last scaled. 0 when unknown. */
  readonly recordedMax: number;
  /** Milliseconds since the epoch. */
  readonly created: number;
}

export interface Limits {
  readonly replicas: number;
  readonly maxSurge: number;
  readonly maxUnavailable: number;
}

/** A replica set's new size. */
export interface Resize {
  readonly name: string;
  readonly to: number;
}

/** Percentages count from the replicas: surge rounds up, unavailable rounds down; both 0 would stop everything. */
export function limitsOf(deployment: Deployment): Limits {
  const replicas = deployment.spec?.replicas ?? 1;
  const { type, rollingUpdate } = deployment.spec?.strategy ?? {};
  if (type === 'Recreate') return { replicas, maxSurge: 0, maxUnavailable: replicas };
  const maxSurge = resolve(rollingUpdate?.maxSurge ?? 0, replicas, Math.ceil);
  const maxUnavailable = resolve(rollingUpdate?.maxUnavailable ?? 0, replicas, Math.floor);
  if (maxSurge === 0 && maxUnavailable === 0) return { replicas, maxSurge: 0, maxUnavailable: 1 };
  return { replicas, maxSurge, maxUnavailable: Math.min(maxUnavailable, replicas) };
}

function resolve(value: number | string, total: number, round: (value: number) => number): number {
  if (typeof value === 'number') return value;
  return value.endsWith('%') ? round((Number(value.slice(0, -1)) * total) / 100) : Number(value);
}

/** The size that the new replica set may have now. */
export function scaleUp(limits: Limits, current: SetState, old: readonly SetState[]): Resize | undefined {
  if (current.desired === limits.replicas) return undefined;
  if (current.desired > limits.replicas) return { name: current.name, to: limits.replicas };
  const total = sum([current, ...old], 'desired');
  const room = limits.replicas + limits.maxSurge - total;
  if (room <= 0) return undefined;
  return { name: current.name, to: current.desired + Math.min(room, limits.replicas - current.desired) };
}

/** The old replica sets that may shrink now: first pods that serve nobody, then as many as availability allows. */
export function scaleDown(limits: Limits, current: SetState, old: readonly SetState[]): Resize[] {
  const total = sum([current, ...old], 'desired');
  const minAvailable = limits.replicas - limits.maxUnavailable;
  const newUnavailable = current.desired - current.available;
  const maxCleanup = total - minAvailable - newUnavailable;
  if (sum(old, 'desired') === 0 || maxCleanup <= 0) return [];
  const cleaned = cleanUnhealthy(old, maxCleanup);
  return merge(old, cleaned, shrinkAvailable(current, cleaned, minAvailable));
}

function cleanUnhealthy(old: readonly SetState[], most: number): SetState[] {
  let left = most;
  return byAge(old).map((set) => {
    const surplus = Math.min(left, Math.max(0, set.desired - set.available));
    left -= surplus;
    return { ...set, desired: set.desired - surplus };
  });
}

function shrinkAvailable(current: SetState, old: readonly SetState[], minAvailable: number): SetState[] {
  let left = sum([current, ...old], 'available') - minAvailable;
  return byAge(old).map((set) => {
    const surplus = Math.max(0, Math.min(left, set.desired));
    left -= surplus;
    return { ...set, desired: set.desired - surplus };
  });
}

function merge(before: readonly SetState[], cleaned: readonly SetState[], after: readonly SetState[]): Resize[] {
  const final = new Map([...cleaned, ...after].map((set) => [set.name, set.desired]));
  return before.flatMap(({ name, desired }) => {
    const to = final.get(name) ?? desired;
    return to === desired ? [] : [{ name, to }];
  });
}

/**
 * When a deployment that is in the middle of a rollout (or paused) gets another size, every replica set grows or shrinks in
 * proportion; what rounding leaves over goes to the largest.
 */
export function scaleProportionally(limits: Limits, sets: readonly SetState[]): Resize[] {
  const active = sets.filter(({ desired }) => desired > 0);
  const allowed = limits.replicas > 0 ? limits.replicas + limits.maxSurge : 0;
  const toAdd = allowed - sum(active, 'desired');
  if (toAdd === 0) return [];
  const ordered = [...active].sort(
    (a, b) => b.desired - a.desired || (toAdd > 0 ? b.created - a.created : a.created - b.created),
  );
  let added = 0;
  const resized = ordered.map((set) => {
    const share = Math.round((set.desired * allowed) / (set.recordedMax || allowed - toAdd)) - set.desired;
    const bounded = toAdd > 0 ? clamp(share, 0, toAdd - added) : clamp(share, toAdd - added, 0);
    added += bounded;
    return { set, to: set.desired + bounded };
  });
  const [largest] = resized;
  if (largest !== undefined) largest.to = Math.max(0, largest.to + toAdd - added);
  return resized
    .filter(({ set, to }) => to !== set.desired)
    .map(({ set, to }) => ({ name: set.name, to: Math.max(0, to) }));
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}

function byAge(sets: readonly SetState[]): SetState[] {
  return [...sets].sort((a, b) => a.created - b.created);
}

function sum(sets: readonly SetState[], field: 'desired' | 'available'): number {
  return sets.reduce((total, set) => total + set[field], 0);
}
