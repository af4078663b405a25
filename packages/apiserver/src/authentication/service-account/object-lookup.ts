/** Looks in storage for the objects that service-account tokens are bound to. */
import { parseTime } from '@kindred/machinery';
import type { ApiStorage } from '../../storage/resource-storage.ts';
import type { ObjectLookup } from './token-authenticator.ts';

export async function tokenObjectLookup(storage: ApiStorage): Promise<ObjectLookup> {
  const [serviceaccounts, pods, secrets, nodes] = await Promise.all([
    storage.open('', 'serviceaccounts'),
    storage.open('', 'pods'),
    storage.open('', 'secrets'),
    storage.open('', 'nodes'),
  ]);
  const resources = { serviceaccounts, pods, secrets, nodes };
  return (resource, namespace, name) => {
    const metadata = resources[resource].get(namespace, name)?.object.metadata;
    if (metadata?.uid === undefined) return undefined;
    const { uid, deletionTimestamp } = metadata;
    const deletionTime = deletionTimestamp === undefined ? undefined : parseTime(deletionTimestamp);
    return deletionTime === undefined ? { uid } : { uid, deletionTime };
  };
}
