/**
 * The namespaces that every cluster has from the start.
 */
import { formatTime, type Unstructured } from '@kindred/machinery';
import type { ResourceStorage } from '../storage/resource-storage.ts';

const systemNamespaces: readonly string[] = ['default', 'kube-system', 'kube-public', 'kube-node-lease'];

/** Creates those that don't exist yet. */
export async function ensureSystemNamespaces(
  namespaces: ResourceStorage,
  { now, randomUuid }: { readonly now: number; readonly randomUuid: () => string },
): Promise<void> {
  const missing = systemNamespaces.filter((name) => namespaces.get('', name) === undefined);
  await Promise.all(missing.map((name) => namespaces.create('', name, namespaceObject(name, randomUuid(), now))));
}

function namespaceObject(name: string, uid: string, now: number): Unstructured {
  return {
    kind: 'Namespace',
    apiVersion: 'v1',
    metadata: {
      name,
      uid,
      creationTimestamp: formatTime(now),
      labels: { 'kubernetes.io/metadata.name': name },
    },
    spec: { finalizers: ['kubernetes'] },
    status: { phase: 'Active' },
  };
}
