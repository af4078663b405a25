/**
 * A deployment's replica sets and their revisions: which one is the new one, which are old, what `kubectl rollout history`
 * and `undo` find. Pure.
 */
import type { Deployment, ReplicaSet } from '@kindred/apis/apps/v1';
import type { Observed } from '@kindred/machinery';
import { sameTemplate } from './pod-template-hash.ts';

export const revisionAnnotation = 'deployment.kubernetes.io/revision';
const revisionHistoryAnnotation = 'deployment.kubernetes.io/revision-history';
export const desiredReplicasAnnotation = 'deployment.kubernetes.io/desired-replicas';
export const maxReplicasAnnotation = 'deployment.kubernetes.io/max-replicas';

/** Annotations of a deployment that its replica sets do not get. */
const notCopied = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  'deprecated.deployment.rollback.to',
  revisionAnnotation,
  revisionHistoryAnnotation,
  desiredReplicasAnnotation,
  maxReplicasAnnotation,
]);

/** The replica set that has the deployment's template; the oldest if there are several. */
export function findNewSet(
  deployment: Deployment,
  sets: readonly Observed<ReplicaSet>[],
): Observed<ReplicaSet> | undefined {
  const matching = sets.filter((set) => sameTemplate(set.spec?.template, deployment.spec?.template));
  return matching.sort(
    (a, b) => Date.parse(a.metadata.creationTimestamp) - Date.parse(b.metadata.creationTimestamp),
  )[0];
}

function revisionOf(object: Observed<ReplicaSet> | Observed<Deployment>): number {
  return Number(object.metadata.annotations?.[revisionAnnotation] ?? 0) || 0;
}

/** The revision that the new replica set gets: one more than any old one has. */
export function nextRevision(old: readonly Observed<ReplicaSet>[]): number {
  return Math.max(0, ...old.map(revisionOf)) + 1;
}

/**
 * The annotations of a replica set that carries `revision`: the deployment's own, the bookkeeping, and the revisions that
 * it had before (after an `undo`, an old set becomes the new one under a new number).
 */
export function setAnnotations(
  deployment: Deployment,
  existing: Observed<ReplicaSet> | undefined,
  revision: number,
  sizes: { readonly desired: number; readonly max: number },
): Record<string, string> {
  const annotations: Record<string, string> = { ...existing?.metadata.annotations };
  for (const [name, value] of Object.entries(deployment.metadata.annotations ?? {})) {
    if (!notCopied.has(name)) annotations[name] = value;
  }
  const before = existing === undefined ? 0 : revisionOf(existing);
  if (before !== 0 && revision > before) {
    const history = annotations[revisionHistoryAnnotation];
    annotations[revisionHistoryAnnotation] = history ? `${history},${before}` : String(before);
  }
  annotations[revisionAnnotation] = String(Math.max(before, revision));
  annotations[desiredReplicasAnnotation] = String(sizes.desired);
  annotations[maxReplicasAnnotation] = String(sizes.max);
  return annotations;
}

/** Old sets beyond the history limit, oldest revision first: empty, seen by their controller, not being deleted. */
export function surplusHistory(old: readonly Observed<ReplicaSet>[], limit: number): Observed<ReplicaSet>[] {
  const removable = old.filter(
    (set) =>
      (set.spec?.replicas ?? 0) === 0 &&
      (set.status?.replicas ?? 0) === 0 &&
      (set.status?.observedGeneration ?? 0) >= (set.metadata.generation ?? 0) &&
      set.metadata.deletionTimestamp === undefined,
  );
  const surplus = old.length - limit;
  if (surplus <= 0) return [];
  return [...removable].sort((a, b) => revisionOf(a) - revisionOf(b)).slice(0, surplus);
}
