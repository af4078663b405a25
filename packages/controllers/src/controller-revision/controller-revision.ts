/**
 * The history of a pod template, kept in ControllerRevisions: what `kubectl rollout history` and `undo` read for daemon sets
 * and stateful sets. Source: "Perform a Rollback on a DaemonSet", Kubernetes documentation. Pure.
 */
import type { ControllerRevision } from '@kindred/apis/apps/v1';
import type { PodTemplateSpec } from '@kindred/apis/core/v1';
import { deepEqual, type JsonValue, type Observed } from '@kindred/machinery';
import { podTemplateHash } from '../deployment/pod-template-hash.ts';

export const revisionHashLabel = 'controller-revision-hash';

/** A patch that puts the template back in place of any other. */
function revisionData(template: PodTemplateSpec): { spec: { template: object } } {
  return { spec: { template: { ...template, $patch: 'replace' } } };
}

/** The template that a revision holds. */
export function templateOf({ data }: ControllerRevision): PodTemplateSpec | undefined {
  // Only this controller writes its revisions, in the form that `revisionData` gives them.
  const template = (data as Partial<ReturnType<typeof revisionData>> | undefined)?.spec?.template;
  if (template === undefined) return undefined;
  const { $patch: _, ...rest } = template as PodTemplateSpec & { $patch?: string };
  return rest;
}

export function hashOf(revision: ControllerRevision): string {
  return revision.metadata.labels?.[revisionHashLabel] ?? '';
}

/** The revision that holds the template; the newest if there are several. */
export function findRevision(
  template: PodTemplateSpec,
  revisions: readonly Observed<ControllerRevision>[],
): Observed<ControllerRevision> | undefined {
  const data = revisionData(template);
  return byNumber(revisions).findLast((revision) => deepEqual(revision.data as JsonValue, data as JsonValue));
}

export function byNumber(revisions: readonly Observed<ControllerRevision>[]): Observed<ControllerRevision>[] {
  return [...revisions].sort((a, b) => a.revision - b.revision);
}

export function nextNumber(revisions: readonly ControllerRevision[]): number {
  return Math.max(0, ...revisions.map(({ revision }) => revision)) + 1;
}

/** A new revision; `collisions` is how many others of the same name had another template. */
export function newRevision(
  owner: { readonly name: string; readonly namespace: string },
  template: PodTemplateSpec,
  { revision, collisions }: { readonly revision: number; readonly collisions: number },
): ControllerRevision {
  const hash = podTemplateHash(template, collisions);
  const labels = { ...template.metadata?.labels, [revisionHashLabel]: hash };
  return {
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    metadata: { namespace: owner.namespace, name: `${owner.name}-${hash}`, labels },
    data: revisionData(template),
    revision,
  };
}

/** Revisions beyond the limit that nobody uses, oldest first. `used` has their names or their hashes. */
export function surplusRevisions(
  revisions: readonly Observed<ControllerRevision>[],
  used: ReadonlySet<string>,
  limit: number,
): Observed<ControllerRevision>[] {
  const unused = byNumber(revisions).filter(
    (revision) => !used.has(hashOf(revision)) && !used.has(revision.metadata.name),
  );
  return unused.slice(0, Math.max(0, unused.length - limit));
}
