/** What tells one cluster from another: the uid of its namespace kube-system, which lives as long as the cluster does. */
import { Namespace } from '@kindred/apis/core/v1';
import { isStatusError } from '@kindred/machinery';
import type { Cluster } from './cluster.ts';

/** Empty when it may not be seen. */
export async function clusterIdentity({ client, signal }: Pick<Cluster, 'client' | 'signal'>): Promise<string> {
  try {
    return (await client.get(Namespace, { name: 'kube-system' }, { signal })).metadata.uid;
  } catch (error) {
    if (isStatusError(error, 'NotFound') || isStatusError(error, 'Forbidden')) return '';
    throw error;
  }
}
