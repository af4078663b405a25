/**
 * Which cluster a release is in, as the status keeps it: a kubeconfig that changes may lead to another cluster, or to the same
 * one by another way, and the objects of before are only looked for where they were made.
 */
import type { KubeConfigReference } from '../intent/release-intent.ts';
import type { RemoteCluster } from '../remote/remote-clusters.ts';
import type { ReleaseRun } from './release-kit.ts';
import type { ReleaseStatus } from './release-object.ts';

export type ClusterPlace = NonNullable<ReleaseStatus['cluster']>;

/** Where the release goes now. */
export async function placeOf(
  { intent: { kubeConfig }, context: { signal } }: Pick<ReleaseRun, 'intent' | 'context'>,
  remote: RemoteCluster | undefined,
): Promise<ClusterPlace> {
  if (kubeConfig === undefined || remote === undefined) return { kind: 'Local' };
  const { kind, object, key } = kubeConfig;
  const uid = await remote.uid(signal);
  return {
    kind,
    name: object.name,
    ...(key === undefined ? {} : { key }),
    server: remote.server,
    ...(uid === '' ? {} : { uid }),
  };
}

/** The kubeconfig that led there; undefined for this cluster. */
export function kubeConfigOf({ kind, name, key }: ClusterPlace, namespace: string): KubeConfigReference | undefined {
  if (kind === 'Local' || name === undefined) return undefined;
  return { kind, object: { namespace, name }, ...(key === undefined ? {} : { key }) };
}

/** Whether both were found by the same object. */
function isSameReference(a: ClusterPlace, b: ClusterPlace): boolean {
  return a.kind === b.kind && a.name === b.name && a.key === b.key;
}

/** `the cluster of Secret prod` */
export function placeText({ kind, name }: ClusterPlace): string {
  return kind === 'Local' ? 'this cluster' : `the cluster of ${kind} ${name ?? ''}`;
}

/** Whether two places are one cluster; undefined when that can't be told. `local` is the uid of this one. */
export function isSameCluster(a: ClusterPlace, b: ClusterPlace, local: string): boolean | undefined {
  if (a.kind === 'Local' && b.kind === 'Local') return true;
  const [first, second] = [a, b].map(({ kind, uid = '' }) => (kind === 'Local' ? local : uid));
  if (first !== '' && second !== '') return first === second;
  if (isSameReference(a, b) || (a.server !== undefined && a.server === b.server)) return true;
  return undefined;
}
