/** Where the objects of a release live and who writes them: what every operation on resources is given. */
import type { Client } from '@kindred/client';
import type { Clock, KindRef, KubeObject, Observed, Unstructured } from '@kindred/machinery';
import { isStatusError } from '@kindred/machinery';
import type { KindMapper } from './kind-mapper.ts';
import type { ProgressEvent } from './progress.ts';
import type { Resource } from './resource.ts';
import { ResourceError } from './resource-error.ts';
import type { ObjectStatus } from './status/object-status.ts';

export interface Cluster {
  readonly client: Client;
  readonly mapper: KindMapper;
  /** The release's namespace: that of objects which name none. */
  readonly namespace: string;
  readonly clock: Clock;
  /** Ends what is under way; its reason is thrown. */
  readonly signal?: AbortSignal | undefined;
  /** Takes what happens to objects, as it happens. */
  readonly report?: ((event: ProgressEvent) => void) | undefined;
  /** Rules of somebody's own for when objects are ready; undefined for objects that it isn't about. */
  readonly healthRule?: ((object: Unstructured) => ObjectStatus | undefined) | undefined;
}

/** Owner of the fields that a release writes. */
export const FIELD_MANAGER = 'helm';

/** The object as the cluster has it, or undefined. */
export async function findLive(cluster: Cluster, resource: Resource): Promise<Observed<Unstructured> | undefined> {
  return findObject(cluster, resource.kind, resource);
}

/** An object of any kind, or undefined. */
async function findObject<T extends KubeObject>(
  { client, signal }: Cluster,
  kind: KindRef<T>,
  { name, namespace }: { readonly name: string; readonly namespace: string },
): Promise<Observed<T> | undefined> {
  // Its path would be the collection's.
  if (name === '') throw new ResourceError('resource name may not be empty');
  try {
    return await client.get(kind, { name, namespace }, { signal });
  } catch (error) {
    if (isStatusError(error, 'NotFound')) return undefined;
    throw error;
  }
}
