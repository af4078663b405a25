/**
 * What the garbage collector does with one object, given what it knows of its owners and dependents.
 * Source: "Garbage Collection" and "Owners and Dependents", Kubernetes documentation.
 */
import type { OwnerReference } from '@kindred/machinery';
import type { GraphNode } from './object-graph.ts';

export const foregroundFinalizer = 'foregroundDeletion';
export const orphanFinalizer = 'orphan';

/** What is known of an owner: it lives, is gone, or waits (in foreground deletion) for its dependents to go first. */
export type OwnerState = 'present' | 'absent' | 'waiting';

export type Decision =
  | { readonly action: 'keep' }
  /** Takes references to owners that are gone, or go, out of an object that another owner still wants. */
  | { readonly action: 'dropOwners'; readonly uids: readonly string[] }
  | {
      readonly action: 'delete';
      readonly propagation: 'Background' | 'Foreground' | 'Orphan';
      /** It stands in a circle of owners that would wait for each other: it must stop blocking its own first. */
      readonly unblock?: boolean;
    };

/** @param states the state of each owner, in the order of `node.owners`. */
export function decide(node: GraphNode, states: readonly OwnerState[], dependents: readonly GraphNode[]): Decision {
  const withState = (state: OwnerState): OwnerReference[] => node.owners.filter((_, index) => states[index] === state);
  const gone = [...withState('absent'), ...withState('waiting')];
  if (gone.length === 0) return { action: 'keep' };
  if (withState('present').length > 0) return { action: 'dropOwners', uids: gone.map(({ uid }) => uid) };
  if (node.isBeingDeleted) return { action: 'keep' };
  const ownerWaits = withState('waiting').length > 0;
  const propagation = propagationFor(node, ownerWaits, dependents);
  return ownerWaits && dependents.some(isDeletingDependents)
    ? { action: 'delete', propagation, unblock: true }
    : { action: 'delete', propagation };
}

/** It goes in the foreground: after its dependents. */
export function isDeletingDependents({ isBeingDeleted, finalizers }: GraphNode): boolean {
  return isBeingDeleted && finalizers.includes(foregroundFinalizer);
}

/** The owners that the new state of an object doesn't keep waiting any more, though the old one did. */
export function unblockedOwners(before: GraphNode, now: GraphNode): string[] {
  const blocks = ({ owners }: GraphNode): string[] =>
    owners.filter(({ blockOwnerDeletion }) => blockOwnerDeletion === true).map(({ uid }) => uid);
  const still = new Set(blocks(now));
  return blocks(before).filter((uid) => !still.has(uid));
}

/** An owner that waits wants its dependents' dependents gone as well; otherwise the object's own finalizers decide. */
function propagationFor(
  node: GraphNode,
  ownerWaits: boolean,
  dependents: readonly GraphNode[],
): 'Background' | 'Foreground' | 'Orphan' {
  if (node.finalizers.includes(orphanFinalizer)) return 'Orphan';
  const wantsForeground = node.finalizers.includes(foregroundFinalizer) || (ownerWaits && dependents.length > 0);
  return wantsForeground ? 'Foreground' : 'Background';
}

/** The dependents for which a foreground deletion waits: those that block their owner's deletion. */
export function blockingDependents(owner: GraphNode, dependents: readonly GraphNode[]): GraphNode[] {
  return dependents.filter((dependent) =>
    dependent.owners.some((reference) => reference.uid === owner.uid && reference.blockOwnerDeletion === true),
  );
}
