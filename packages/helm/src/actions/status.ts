/** `helm status`: a release, and what is there of its objects. */
import { formatGroupVersion, isStatusError, type Observed, type Unstructured } from '@kindred/machinery';
import type { Release } from '../release/release.ts';
import { buildResources } from '../resources/build.ts';
import { findLive } from '../resources/cluster.ts';
import { type ActionContext, clusterOf } from './action-context.ts';
import { getRelease } from './get.ts';

export interface ReleaseStatusReport {
  readonly release: Release;
  /** Live objects under `v1/ConfigMap`, in the order of the manifest. */
  readonly resources: ReadonlyMap<string, readonly Observed<Unstructured>[]>;
}

/** @throws ReleaseError */
export async function status(
  context: ActionContext,
  { name, revision = 0 }: { readonly name: string; readonly revision?: number | undefined },
): Promise<ReleaseStatusReport> {
  const release = await getRelease(context, { name, revision });
  return { release, resources: await liveResources(context, release) };
}

/** What of a release's manifest is in the cluster; objects that are gone are left out. */
export async function liveResources(
  context: ActionContext,
  release: Release,
): Promise<ReadonlyMap<string, readonly Observed<Unstructured>[]>> {
  const cluster = clusterOf(context);
  const found = new Map<string, Observed<Unstructured>[]>();
  for (const resource of await buildResources(cluster, release.manifest)) {
    try {
      const live = await findLive(cluster, resource);
      if (live === undefined) continue;
      const key = `${formatGroupVersion(resource.kind)}/${resource.kind.kind}`;
      found.set(key, [...(found.get(key) ?? []), live]);
    } catch (error) {
      if (!isStatusError(error, 'Forbidden')) throw error;
      context.report({ type: 'warning', message: error.message });
    }
  }
  return found;
}
