/** One object of a release's manifest, with what is needed to address it on a cluster: helm's `resource.Info`. */
import type { KindRef, Unstructured } from '@kindred/machinery';

export interface Resource {
  readonly kind: KindRef;
  readonly name: string;
  /** Empty for kinds of the whole cluster. */
  readonly namespace: string;
  /** As the manifest has it, with its namespace filled in. */
  readonly object: Unstructured;
  /** The chart's file, from the manifest's `# Source:` line; empty when there is none. */
  readonly source: string;
}

/** What tells resources of a release apart; versions of one kind are the same resource, as for helm. */
export function resourceKey({ kind, namespace, name }: Resource): string {
  return `${kind.group}/${kind.kind}/${namespace}/${name}`;
}

/** `apps/v1, Kind=Deployment`, `/v1, Kind=Pod`: a kind as Go prints it, in the words of helm's errors. */
export function goKind({ group, version, kind }: KindRef): string {
  return `${group}/${version}, Kind=${kind}`;
}

/** `Deployment/ns/web`, or `ClusterRole/web`: a resource in words for people. */
export function resourceLabel({ kind, namespace, name }: Resource): string {
  return namespace === '' ? `${kind.kind}/${name}` : `${kind.kind}/${namespace}/${name}`;
}

/** Those of `some` that aren't among `others`. */
export function difference(some: readonly Resource[], others: readonly Resource[]): Resource[] {
  const keys = new Set(others.map(resourceKey));
  return some.filter((resource) => !keys.has(resourceKey(resource)));
}
