/**
 * Doing the same to many objects as helm does: one kind after the other in the given order, the objects of a kind at the
 * same time. What fails doesn't stop the rest.
 */
import { type Resource, resourceKey } from './resource.ts';

/** Failures in the order in which the objects were given. The signal is looked at between kinds. */
export async function eachByKind(
  resources: readonly Resource[],
  act: (resource: Resource) => Promise<void>,
  signal: AbortSignal | undefined,
): Promise<{ readonly resource: Resource; readonly error: unknown }[]> {
  const failures: { readonly resource: Resource; readonly error: unknown }[] = [];
  for (const group of groupsOf(resources)) {
    signal?.throwIfAborted();
    const results = await Promise.allSettled(group.map(act));
    results.forEach((result, index) => {
      const resource = group[index];
      if (result.status === 'rejected' && resource !== undefined) failures.push({ resource, error: result.reason });
    });
  }
  signal?.throwIfAborted();
  return failures;
}

/** Runs of one kind. An object that comes twice isn't written twice at the same time: it starts a run of its own. */
function groupsOf(resources: readonly Resource[]): Resource[][] {
  const groups: Resource[][] = [];
  let keys = new Set<string>();
  for (const resource of resources) {
    const last = groups.at(-1);
    const key = resourceKey(resource);
    if (last === undefined || last[0]?.kind.kind !== resource.kind.kind || keys.has(key)) {
      groups.push([resource]);
      keys = new Set([key]);
    } else {
      last.push(resource);
      keys.add(key);
    }
  }
  return groups;
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
