/**
 * Keeps the Service `default/kubernetes`, through which pods reach the API server, and its endpoints.
 * Source: "Accessing the Kubernetes API from a Pod", Kubernetes documentation.
 */
import { Endpoints, Namespace, Service } from '@kindred/apis/core/v1';
import { EndpointSlice } from '@kindred/apis/discovery/v1';
import type { Client } from '@kindred/client';
import { deepEqual, type Observed } from '@kindred/machinery';
import { imperative, type Runnable, sameName, watch } from '@kindred/operator';
import { serviceNameLabel, skipMirrorLabel } from '../endpoints/pod-endpoint.ts';
import { settled } from '../writes/settled.ts';

const namespace = 'default';
const name = 'kubernetes';

export interface KubernetesServiceOptions {
  /** Where pods reach the secure port, and the port. */
  readonly address: string;
  readonly port: number;
  /** The first address of the service range: `10.96.0.1`. */
  readonly clusterIP: string;
}

/** @example manager.add(kubernetesService({ address: '192.168.1.5', port: 6443, clusterIP: '10.96.0.1' })); */
export function kubernetesService(options: KubernetesServiceOptions): Runnable {
  const isIt = ({ metadata }: { metadata: { namespace?: string; name?: string } }): boolean =>
    metadata.namespace === namespace && metadata.name === name;
  return imperative(Service, {
    name: 'kubernetes-service-controller',
    predicate: isIt,
    watches: [
      // The one key that there is gets its start from the namespace, which is always there.
      watch(Namespace, {
        to: () => [`${namespace}/${name}`],
        predicate: ({ metadata }, old) => metadata.name === namespace && old === undefined,
      }),
      watch(Endpoints, { to: sameName, predicate: isIt }),
      watch(EndpointSlice, { to: sameName, predicate: isIt }),
    ],
    rules: [
      { apiGroups: [''], resources: ['services', 'endpoints'], verbs: ['create', 'delete', 'update'] },
      { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['create', 'delete', 'update'] },
    ],
    async reconcile({ key, object, client, lister }) {
      if (key !== `${namespace}/${name}`) return;
      await keepService(client, object, options);
      await keepEndpoints(client, lister(Endpoints).get({ namespace, name }), options);
      await keepSlice(client, lister(EndpointSlice).get({ namespace, name }), options);
    },
  });
}

async function keepService(
  client: Client,
  existing: Observed<Service> | undefined,
  { clusterIP, port }: KubernetesServiceOptions,
): Promise<void> {
  const ports = [{ name: 'https', port: 443, protocol: 'TCP', targetPort: port }];
  if (existing !== undefined && existing.spec?.clusterIP !== clusterIP) {
    // Addresses can't be changed: the service range is another one than when it was made.
    await settled(client.delete(Service, { namespace, name }));
  } else if (existing !== undefined) {
    if (deepEqual(existing.spec?.ports, ports)) return;
    await settled(client.update(Service, { ...existing, spec: { ...existing.spec, ports } }));
    return;
  }
  const labels = { component: 'apiserver', provider: 'kubernetes' };
  await settled(
    client.create(Service, { metadata: { namespace, name, labels }, spec: { type: 'ClusterIP', clusterIP, ports } }),
  );
}

async function keepEndpoints(
  client: Client,
  existing: Observed<Endpoints> | undefined,
  { address, port }: KubernetesServiceOptions,
): Promise<void> {
  const subsets = [{ addresses: [{ ip: address }], ports: [{ name: 'https', port, protocol: 'TCP' }] }];
  if (existing === undefined) {
    const labels = { [skipMirrorLabel]: 'true' };
    await settled(client.create(Endpoints, { metadata: { namespace, name, labels }, subsets }));
  } else if (!deepEqual(existing.subsets, subsets)) {
    await settled(client.update(Endpoints, { ...existing, subsets }));
  }
}

async function keepSlice(
  client: Client,
  existing: Observed<EndpointSlice> | undefined,
  { address, port }: KubernetesServiceOptions,
): Promise<void> {
  const endpoints = [{ addresses: [address], conditions: { ready: true } }];
  const ports = [{ name: 'https', port, protocol: 'TCP' }];
  if (existing === undefined) {
    const metadata = { namespace, name, labels: { [serviceNameLabel]: name } };
    await settled(client.create(EndpointSlice, { metadata, addressType: 'IPv4', endpoints, ports }));
  } else if (!deepEqual([existing.endpoints, existing.ports], [endpoints, ports])) {
    await settled(client.update(EndpointSlice, { ...existing, endpoints, ports }));
  }
}
