/**
 * Admission of what is posted to a subresource and never stored: an Eviction, a TokenRequest. Webhooks may refuse it, and
 * change it.
 */
import { parseGroupVersion, type Unstructured } from '@kindred/machinery';
import type { ResourceRequest } from '../resource-request.ts';

/** @throws StatusError what admission throws. */
export async function admitSubresource(
  request: ResourceRequest,
  posted: Unstructured,
  { dryRun }: { readonly dryRun: boolean },
): Promise<void> {
  const { exchange, server, resource: served, namespace, name, subresource } = request;
  const { group, version, kind, resource } = served.definition;
  const settled: (() => void)[] = [];
  const attributes = {
    operation: 'CREATE' as const,
    user: exchange.user,
    resource: { group, version, resource },
    kind: { group, version, kind },
    requested: served,
    working: served,
    form: {
      kind: { ...parseGroupVersion(posted.apiVersion), kind: posted.kind },
      view: (object: Unstructured) => object,
      accept: (object: Unstructured, changed: Unstructured) => void Object.assign(object, changed),
    },
    namespace,
    name,
    subresource,
    object: posted,
    oldObject: undefined,
    options: { kind: 'CreateOptions', apiVersion: 'meta.k8s.io/v1', ...(dryRun ? { dryRun: ['All'] } : {}) },
    dryRun,
    warn: (text: string) => exchange.warn(text),
    onSettled: (listener: () => void) => void settled.push(listener),
  };
  try {
    await server.admission.admit(attributes);
    await server.admission.validate(attributes);
  } finally {
    for (const listener of settled) listener();
  }
}
