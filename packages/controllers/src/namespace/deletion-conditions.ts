/**
 * The conditions that say why a namespace is still there, in upstream's words.
 */
import type { NamespaceCondition } from '@kindred/apis/core/v1';

/** Objects of one resource that a deletion left behind. */
export interface Remaining {
  /** `pods`, `websites.extensions.example.com`. */
  readonly resource: string;
  readonly count: number;
  /** Finalizers that they carry, repeated as often as they stand on objects. */
  readonly waitsFor: readonly string[];
}

/** What a look at a namespace's content has found. */
export interface DeletionState {
  readonly remaining: readonly Remaining[];
  /** Group versions whose servers can't be asked: `wardle.example.com/v1`. */
  readonly undiscovered: readonly string[];
  /** One text for each resource that could not be deleted. */
  readonly failures: readonly string[];
}

/**
 * The namespace's conditions, given what was found; undefined when they say so already.
 * @param now RFC 3339 time for conditions that change.
 */
export function deletionConditions(
  current: readonly NamespaceCondition[],
  { remaining, undiscovered, failures }: DeletionState,
  now: string,
): NamespaceCondition[] | undefined {
  const wanted = [
    discoveryFailure(undiscovered),
    contentFailure(failures),
    contentRemaining(remaining),
    finalizersRemaining(remaining),
  ];
  const changed = wanted.filter((condition) => !current.some((existing) => saysTheSame(existing, condition)));
  if (changed.length === 0) return undefined;
  const kept = current.filter((existing) => !changed.some(({ type }) => type === existing.type));
  return [...kept, ...changed.map((condition) => ({ ...condition, lastTransitionTime: now.replace(/\.\d+Z$/, 'Z') }))];
}

function discoveryFailure(undiscovered: readonly string[]): NamespaceCondition {
  const type = 'NamespaceDeletionDiscoveryFailure';
  if (undiscovered.length === 0) {
    return { type, status: 'False', reason: 'ResourcesDiscovered', message: 'All resources successfully discovered' };
  }
  const list = [...undiscovered].sort().map((name) => `${name}: stale GroupVersion discovery: ${name}`);
  const message = `Discovery failed for some groups, ${list.length} failing: unable to retrieve the complete list of server APIs: ${list.join(', ')}`;
  return { type, status: 'True', reason: 'DiscoveryFailed', message };
}

function contentFailure(failures: readonly string[]): NamespaceCondition {
  const type = 'NamespaceDeletionContentFailure';
  if (failures.length === 0) {
    const message = 'All content successfully deleted, may be waiting on finalization';
    return { type, status: 'False', reason: 'ContentDeleted', message };
  }
  const message = `Failed to delete all resource types, ${failures.length} remaining: ${[...failures].sort().join(', ')}`;
  return { type, status: 'True', reason: 'ContentDeletionFailed', message };
}

function contentRemaining(remaining: readonly Remaining[]): NamespaceCondition {
  if (remaining.length === 0) {
    return {
      type: 'NamespaceContentRemaining',
      status: 'False',
      reason: 'ContentRemoved',
      message: 'All content successfully removed',
    };
  }
  const list = remaining.map(({ resource, count }) => `${resource} has ${count} resource instances`).sort();
  const message = `Some resources are remaining: ${list.join(', ')}`;
  return { type: 'NamespaceContentRemaining', status: 'True', reason: 'SomeResourcesRemain', message };
}

function finalizersRemaining(remaining: readonly Remaining[]): NamespaceCondition {
  const counts = new Map<string, number>();
  for (const finalizer of remaining.flatMap(({ waitsFor }) => waitsFor)) {
    counts.set(finalizer, (counts.get(finalizer) ?? 0) + 1);
  }
  if (counts.size === 0) {
    return {
      type: 'NamespaceFinalizersRemaining',
      status: 'False',
      reason: 'ContentHasNoFinalizers',
      message: 'All content-preserving finalizers finished',
    };
  }
  const list = [...counts].map(([finalizer, count]) => `${finalizer} in ${count} resource instances`).sort();
  const message = `Some content in the namespace has finalizers remaining: ${list.join(', ')}`;
  return { type: 'NamespaceFinalizersRemaining', status: 'True', reason: 'SomeFinalizersRemain', message };
}

function saysTheSame(a: NamespaceCondition, b: NamespaceCondition): boolean {
  return a.type === b.type && a.status === b.status && a.reason === b.reason && a.message === b.message;
}
