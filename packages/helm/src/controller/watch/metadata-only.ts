/** What the controller keeps of objects that it only watches: names, versions, labels, and who they belong to. */
import type { KubeObject, Observed } from '@kindred/machinery';

const KEPT = new Set(['meta.helm.sh/release-name', 'meta.helm.sh/release-namespace']);

/** One function for all informers: the same scope must come with the same one. */
export function withoutDetails(object: Observed<KubeObject>): Observed<KubeObject> {
  const { annotations = {}, managedFields: _, ...metadata } = object.metadata;
  const kept = Object.entries(annotations).filter(([name]) => KEPT.has(name));
  return {
    apiVersion: object.apiVersion,
    kind: object.kind,
    metadata: { ...metadata, ...(kept.length === 0 ? {} : { annotations: Object.fromEntries(kept) }) },
  };
}
