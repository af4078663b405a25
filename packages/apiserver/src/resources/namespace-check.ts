/**
 * Objects can only be made in a namespace that exists and isn't going away (the NamespaceLifecycle rule).
 */
import { failure, forbidden, notFound, type Status } from '@kindred/machinery';
import type { ResourceRequest } from './resource-request.ts';

/**
 * @throws StatusError 404 when the namespace doesn't exist, 403 with cause NamespaceTerminating when it is being deleted.
 */
export async function demandLiveNamespace({ server, resource, namespace, name }: ResourceRequest): Promise<void> {
  const namespaces = server.registry.get('', 'v1', 'namespaces');
  // A server without namespaces (an aggregated one) leaves the check to the one in front of it.
  if (namespaces === undefined || namespace === '' || resource === namespaces) return;
  const opened = namespaces.storage();
  const storage = opened instanceof Promise ? await opened : opened;
  const stored = storage.get('', namespace);
  if (stored === undefined) throw notFound(namespaces.groupResource, namespace);
  const found = namespaces.read(stored);
  if (found.metadata.deletionTimestamp === undefined) return;
  const refusal = forbidden(
    resource.groupResource,
    name,
    `unable to create new content in namespace ${namespace} because it is being terminated`,
  );
  throw failure('Forbidden', refusal.message, {
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
