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

/**
 * The namespace's conditions, given what remains; undefined when they say so already.
 * @param now RFC 3339 time for conditions that change.
 */
export function deletionConditions(
  current: readonly NamespaceCondition[],
  remaining: readonly Remaining[],
  now: string,
): NamespaceCondition[] | undefined {
  const wanted = [contentRemaining(remaining), finalizersRemaining(remaining)];
  const changed = wanted.filter((condition) => !current.some((existing) => saysTheSame(existing, condition)));
  if (changed.length === 0) return undefined;
  const kept = current.filter((existing) => !changed.some(({ type }) => type === existing.type));
  return [...kept, ...changed.map((condition) => ({ ...condition, lastTransitionTime: now.replace(/\.\d+Z$/, 'Z') }))];
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
