/**
 * The definitions in a chart's crds/ directory, which come before everything else: file by file, each established before
 * what uses it is looked up. They belong to no release; uninstall leaves them.
 */
import { errorText } from '@kindred/machinery';
import type { Chart } from '../chart/chart.ts';
import { ReleaseError } from '../release/release-error.ts';
import { crdManifests } from '../render/render-chart.ts';
import { buildResources } from '../resources/build.ts';
import { findLive } from '../resources/cluster.ts';
import { createResources } from '../resources/create.ts';
import type { Resource } from '../resources/resource.ts';
import { waitForReady } from '../resources/wait/wait.ts';
import { type ActionContext, clusterOf } from './action-context.ts';
import type { CrdsPolicy } from './action-options.ts';

/** How long the server may take to serve new definitions. */
const ESTABLISH_TIMEOUT = 60_000;

/** `create`: those that are missing. `update`: those that exist are changed too. @throws ReleaseError */
export async function installCrds(context: ActionContext, chart: Chart, policy: CrdsPolicy): Promise<void> {
  if (policy === 'skip') return;
  const cluster = clusterOf(context);
  const written: Resource[] = [];
  for (const { path, content } of crdManifests(chart)) {
    context.report({ type: 'phase', phase: 'crds', detail: path });
    try {
      if (content === '') throw new ReleaseError('Invalid', 'file is empty');
      const resources = await buildResources(cluster, content);
      if (resources.length === 0) throw new ReleaseError('Invalid', 'resources are empty');
      const due = policy === 'update' ? resources : await missing(context, resources);
      if (due.length > 0) await createResources(cluster, due, { serverSide: true });
      written.push(...due);
    } catch (error) {
      context.signal?.throwIfAborted();
      throw new ReleaseError('Failed', `failed to install CRD ${path}: ${errorText(error)}`, { cause: error });
    }
  }
  if (written.length === 0) return;
  await waitForReady(cluster, written, { strategy: 'watcher', timeoutMilliseconds: ESTABLISH_TIMEOUT });
  context.mapper.reset();
}

async function missing(context: ActionContext, resources: readonly Resource[]): Promise<Resource[]> {
  const cluster = clusterOf(context);
  const live = await Promise.all(resources.map((resource) => findLive(cluster, resource)));
  return resources.filter((_, at) => live[at] === undefined);
}
