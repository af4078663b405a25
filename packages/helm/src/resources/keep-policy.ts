/** The annotation `helm.sh/resource-policy: keep`: uninstall and upgrade leave the object in the cluster. */
import type { Unstructured } from '@kindred/machinery';
import type { Resource } from './resource.ts';

export function isKept(object: Unstructured): boolean {
  const policy = object.metadata.annotations?.['helm.sh/resource-policy'] ?? '';
  return policy.trim().toLowerCase() === 'keep';
}

/** The resources that uninstall deletes, and those that it keeps because the manifest says so. */
export function splitKept(resources: readonly Resource[]): { readonly kept: Resource[]; readonly rest: Resource[] } {
  const kept = resources.filter(({ object }) => isKept(object));
  return { kept, rest: resources.filter((resource) => !kept.includes(resource)) };
}
