/**
 * Which pods belong to a controller: those that match its selector and have it as their owner. Pods that match and have no
 * owner are adopted, pods that match no more are released ("Owners and Dependents", Kubernetes documentation).
 */
import { Pod } from '@kindred/apis/core/v1';
import { keyOf } from '@kindred/client';
import type { KindRef, KubeObject, LabelSelector, Observed } from '@kindred/machinery';
import { controllerOf, controllerRef, type ReconcileContext, type WatchDeclaration, watch } from '@kindred/operator';
import { unlessGone } from '../writes/settled.ts';
import { isActive } from './pod-state.ts';

export interface Claimant<T extends KubeObject> {
  readonly kind: KindRef<T>;
  readonly owner: Observed<T>;
  readonly selector: LabelSelector;
}

/** For controllers that adopt: a pod without an owner concerns every one whose selector matches it. */
export function watchOrphans<T extends KubeObject>(
  selectorOf: (owner: Observed<T>) => LabelSelector,
): WatchDeclaration {
  return watch(Pod, {
    predicate: (pod) => controllerOf(pod) === undefined,
    to: (pod, { primary }) =>
      primary.lister
        .list({ namespace: pod.metadata.namespace })
        // The primary informer is the claimant's own.
        .filter((owner) => selectorOf(owner as Observed<T>).matches(pod.metadata.labels ?? {}))
        .map(keyOf),
  });
}

/** The owner's pods, after adopting and releasing; finished ones and those that end are among them. */
export async function claimPods<T extends KubeObject>(
  context: ReconcileContext<T>,
  claimant: Claimant<T>,
): Promise<Observed<Pod>[]> {
  const { owner, selector } = claimant;
  const mayChange = owner.metadata.deletionTimestamp === undefined;
  const kept: Observed<Pod>[] = [];
  for (const pod of context.owned(Pod)) {
    if (selector.matches(pod.metadata.labels ?? {})) kept.push(pod);
    else if (mayChange) await release(context, claimant, pod);
  }
  if (!mayChange) return kept;
  const orphans = context
    .lister(Pod)
    .list({ namespace: owner.metadata.namespace })
    .filter((pod) => controllerOf(pod) === undefined && isActive(pod) && selector.matches(pod.metadata.labels ?? {}));
  for (const pod of orphans) {
    const adopted = await adopt(context, claimant, pod);
    if (adopted !== undefined) kept.push(adopted);
  }
  return kept;
}

async function adopt<T extends KubeObject>(
  { client }: ReconcileContext<T>,
  { kind, owner }: Claimant<T>,
  pod: Observed<Pod>,
): Promise<Observed<Pod> | undefined> {
  // A live look first: an owner that was deleted and made anew under its name must not take the old one's pods.
  const live = await client.get(kind, owner.metadata);
  if (live.metadata.uid !== owner.metadata.uid || live.metadata.deletionTimestamp !== undefined) return undefined;
  const { uid, resourceVersion, ownerReferences = [] } = pod.metadata;
  const metadata = { uid, resourceVersion, ownerReferences: [...ownerReferences, controllerRef(kind, owner)] };
  return unlessGone(client.mergePatch(Pod, pod.metadata, { metadata }));
}

async function release<T extends KubeObject>(
  { client }: ReconcileContext<T>,
  { owner }: Claimant<T>,
  pod: Observed<Pod>,
): Promise<void> {
  const { uid, resourceVersion, ownerReferences = [] } = pod.metadata;
  const others = ownerReferences.filter((reference) => reference.uid !== owner.metadata.uid);
  const metadata = { uid, resourceVersion, ownerReferences: others.length === 0 ? null : others };
  await unlessGone(client.mergePatch(Pod, pod.metadata, { metadata }));
}
