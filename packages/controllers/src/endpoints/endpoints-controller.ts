/**
 * Keeps the Endpoints object of each Service that has a selector. Source: "Service", Kubernetes documentation. Endpoints are
 * the older form of EndpointSlices; clients still read them.
 */
import { Endpoints, Pod, Service } from '@kindred/apis/core/v1';
import { deepEqual, type Observed } from '@kindred/machinery';
import { imperative, type ReconcileContext, type Runnable, sameName, watch } from '@kindred/operator';
import { settled } from '../writes/settled.ts';
import {
  endpointsManagedByLabel,
  hasSelector,
  headlessLabel,
  inheritedLabels,
  isHeadless,
  skipMirrorLabel,
} from './pod-endpoint.ts';
import { selectedPods, watchSelectedPods } from './service-pods.ts';
import { subsets } from './subsets.ts';

const managedBy = 'endpoint-controller';

/** @example manager.add(endpointsController); */
export const endpointsController: Runnable = imperative(Service, {
  name: 'endpoints-controller',
  concurrency: 5,
  watches: [
    watchSelectedPods(),
    watch(Endpoints, {
      to: sameName,
      predicate: ({ metadata }) => metadata.labels?.[endpointsManagedByLabel] === managedBy,
    }),
  ],
  rules: [{ apiGroups: [''], resources: ['endpoints'], verbs: ['create', 'delete', 'update'] }],
  async reconcile(context) {
    const { object: service, name, namespace, client, lister } = context;
    const existing = lister(Endpoints).get({ name, namespace });
    if (service === undefined) {
      if (existing !== undefined) await settled(client.delete(Endpoints, { name, namespace }));
      return;
    }
    if (!hasSelector(service) || service.metadata.deletionTimestamp !== undefined) return;
    await keep(context, service, existing);
  },
});

async function keep(
  { client, lister }: ReconcileContext<Service>,
  service: Observed<Service>,
  existing: Observed<Endpoints> | undefined,
): Promise<void> {
  const { name, namespace = '' } = service.metadata;
  const wanted = subsets(service, selectedPods(service, lister(Pod)));
  const labels = {
    ...inheritedLabels(service),
    ...(isHeadless(service) ? { [headlessLabel]: '' } : {}),
    [endpointsManagedByLabel]: managedBy,
    [skipMirrorLabel]: 'true',
  };
  if (existing === undefined) {
    await settled(client.create(Endpoints, { metadata: { name, namespace, labels }, subsets: wanted }));
    return;
  }
  if (deepEqual(existing.subsets ?? [], wanted) && deepEqual(existing.metadata.labels ?? {}, labels)) return;
  const metadata = { ...existing.metadata, labels };
  await settled(client.update(Endpoints, { ...existing, metadata, subsets: wanted }));
}
