/**
 * Objects can only be made in a namespace that exists and isn't going away (the NamespaceLifecycle rule).
 */
import { failure, forbidden, type GroupResource, notFound, type Status, type StatusError } from '@kindred/machinery';
import type { ResourceStorage } from '../storage/resource-storage.ts';
import type { StoredObject } from '../storage/stored-object.ts';
import type { ResourceRequest } from './resource-request.ts';
import type { ServedResource } from './served-resource.ts';

/**
 * Answers directly when the namespaces are at hand, which is nearly always.
 *
 * @throws StatusError 404 when the namespace doesn't exist, 403 with cause NamespaceTerminating when it is being deleted.
 */
export function demandLiveNamespace(request: ResourceRequest): void | Promise<void> {
  const { server, resource, namespace } = request;
  const namespaces = server.registry.get('', 'v1', 'namespaces');
  // A server without namespaces (an aggregated one) leaves the check to the one in front of it.
  if (namespaces === undefined || namespace === '' || resource === namespaces) return;
  const storage = namespaces.storage();
  if (storage instanceof Promise) return storage.then((opened) => demandLive(request, namespaces, opened));
  demandLive(request, namespaces, storage);
}

/** States of namespaces that were looked at before: every create asks, and states never change. */
const knownAlive = new WeakSet<StoredObject>();

function demandLive(
  { resource, namespace, name }: ResourceRequest,
  namespaces: ServedResource,
  storage: ResourceStorage,
): void {
  const stored = storage.get('', namespace);
  if (stored === undefined) throw notFound(namespaces.groupResource, namespace);
  if (knownAlive.has(stored)) return;
  if (stored.object.metadata.deletionTimestamp === undefined) {
    knownAlive.add(stored);
    return;
  }
  throw namespaceTerminating(resource.groupResource, name, namespace);
}

/** 403 for a new object in a namespace that is going away. */
export function namespaceTerminating(groupResource: GroupResource, name: string, namespace: string): StatusError {
  const refusal = forbidden(
    groupResource,
    name,
    `unable to create new content in namespace ${namespace} because it is being terminated`,
  );
  return failure('Forbidden', refusal.message, {
    ...refusal.status.details,
    causes: [
      {
        reason: 'NamespaceTerminating',
        message: `namespace ${namespace} is being terminated`,
        field: 'metadata.namespace',
      },
    ],
  } satisfies Status['details']);
}
