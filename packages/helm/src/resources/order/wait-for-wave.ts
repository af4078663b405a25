/** Waits for what a wave of objects needs before it is written: objects of the waves before, and objects of others. */
import { goQuote, type KindRef } from '@kindred/machinery';
import type { Cluster } from '../cluster.ts';
import type { Resource } from '../resource.ts';
import { ResourceError } from '../resource-error.ts';
import { type WaitStrategy, waitForReady } from '../wait/wait.ts';
import type { ExternalDependency } from './order-annotations.ts';

export interface OrderedWait {
  /** Of the operation. Who asks for an order waits for it, so `hookOnly` counts as `watcher`. */
  readonly strategy: WaitStrategy;
  /** For each wave. */
  readonly timeoutMilliseconds: number;
}

export interface WaveNeeds {
  readonly ready: readonly Resource[];
  readonly externals: readonly ExternalDependency[];
}

/** Jobs must have ended. @throws ResourceError naming what isn't ready */
export async function waitForWave(
  cluster: Cluster,
  { ready, externals }: WaveNeeds,
  { strategy, timeoutMilliseconds }: OrderedWait,
): Promise<void> {
  const others = await Promise.all(externals.map((each) => externalResource(cluster, each)));
  const resources = [...ready, ...others];
  if (resources.length === 0) return;
  const isLegacy = strategy === 'legacy';
  await waitForReady(cluster, resources, {
    strategy: isLegacy ? strategy : 'watcher',
    timeoutMilliseconds,
    jobs: true,
  });
}

/** The object need not be there yet, but its kind. */
async function externalResource(cluster: Cluster, dependency: ExternalDependency): Promise<Resource> {
  const { name, annotation } = dependency;
  const kind = (await cluster.mapper.kinds(cluster.signal)).find((each) => isMeant(each, dependency));
  if (kind === undefined) {
    const { type, version, group } = dependency;
    const wanted = [type, version, group].filter((part) => part !== undefined).join('.');
    throw new ResourceError(`annotation ${annotation}: the cluster has no kind ${goQuote(wanted)}`);
  }
  const namespace = kind.scope === 'Cluster' ? '' : (dependency.namespace ?? cluster.namespace);
  const { group, version } = kind;
  const object = {
    apiVersion: group === '' ? version : `${group}/${version}`,
    kind: kind.kind,
    metadata: namespace === '' ? { name } : { name, namespace },
  };
  return { kind, name, namespace, object, source: '' };
}

function isMeant({ kind, plural, version, group }: KindRef, wanted: ExternalDependency): boolean {
  const isNamed = plural === wanted.type || kind.toLowerCase() === wanted.type;
  return isNamed && (wanted.version ?? version) === version && (wanted.group ?? group) === group;
}
