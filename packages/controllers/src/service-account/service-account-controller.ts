/**
 * Gives every namespace what its pods need from the start: the service account `default`, and the cluster's CA in the
 * ConfigMap `kube-root-ca.crt`. Source: "Managing Service Accounts", Kubernetes documentation.
 */
import { ConfigMap, Namespace, ServiceAccount } from '@kindred/apis/core/v1';
import type { Client } from '@kindred/client';
import type { Runnable } from '@kindred/operator';
import { imperative, watch } from '@kindred/operator';
import { settled } from '../writes/settled.ts';

const rootCaName = 'kube-root-ca.crt';
const namespaceOf = (object: { metadata: { namespace?: string } }): string[] => [object.metadata.namespace ?? ''];

/** @example manager.add(serviceAccountController); */
export const serviceAccountController: Runnable = imperative(Namespace, {
  name: 'service-account-controller',
  concurrency: 4,
  watches: [watch(ServiceAccount, { to: namespaceOf, predicate: ({ metadata }) => metadata.name === 'default' })],
  rules: [{ apiGroups: [''], resources: ['serviceaccounts'], verbs: ['create'] }],
  async reconcile({ object, client, lister }) {
    if (object === undefined || object.metadata.deletionTimestamp !== undefined) return;
    const namespace = object.metadata.name;
    if (lister(ServiceAccount).get({ namespace, name: 'default' }) !== undefined) return;
    await settled(client.create(ServiceAccount, { metadata: { namespace, name: 'default' } }));
  },
});

/**
 * Publishes the cluster's CA.
 * @param certificate PEM
 */
export function rootCaPublisher(certificate: string): Runnable {
  return imperative(Namespace, {
    name: 'root-ca-cert-publisher',
    concurrency: 4,
    watches: [
      watch(ConfigMap, {
        to: namespaceOf,
        scope: { fieldSelector: `metadata.name=${rootCaName}` },
      }),
    ],
    rules: [{ apiGroups: [''], resources: ['configmaps'], verbs: ['create', 'update'] }],
    async reconcile({ object, client, lister }) {
      if (object === undefined || object.metadata.deletionTimestamp !== undefined) return;
      const namespace = object.metadata.name;
      const existing = lister(ConfigMap).get({ namespace, name: rootCaName });
      if (existing?.data?.['ca.crt'] === certificate) return;
      if (existing === undefined) await settled(createRootCa(client, namespace, certificate));
      else await client.update(ConfigMap, { ...existing, data: { 'ca.crt': certificate } });
    },
  });
}

function createRootCa(client: Client, namespace: string, certificate: string): Promise<unknown> {
  const annotations = {
    'kubernetes.io/description':
      'The CA with which pods verify the API server at its internal names and addresses. Nothing else is promised about it.',
  };
  return client.create(ConfigMap, {
    metadata: { namespace, name: rootCaName, annotations },
    data: { 'ca.crt': certificate },
  });
}
