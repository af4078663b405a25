/**
 * Keeps the EndpointSlices of each Service that has a selector. Source: "EndpointSlices", Kubernetes documentation.
 */
import { Pod, Service } from '@kindred/apis/core/v1';
import { EndpointSlice } from '@kindred/apis/discovery/v1';
import type { Observed } from '@kindred/machinery';
import { controllerRef, imperative, type ReconcileContext, type Runnable } from '@kindred/operator';
import { hasSelector, managedByLabel } from '../endpoints/pod-endpoint.ts';
import { selectedPods, watchSelectedPods } from '../endpoints/service-pods.ts';
import { settled } from '../writes/settled.ts';
import { planSlices, sliceLabels, sliceManager } from './plan.ts';

/** @example manager.add(endpointSliceController); */
export const endpointSliceController: Runnable = imperative(Service, {
  name: 'endpointslice-controller',
  concurrency: 5,
  owns: [EndpointSlice],
  watches: [watchSelectedPods()],
  rules: [
    { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['create', 'delete', 'update'] },
    { apiGroups: [''], resources: ['services/finalizers'], verbs: ['update'] },
  ],
  async reconcile(context) {
    const { object: service, lister, owned } = context;
    // Slices of a Service that is gone go with it: it owns them.
    if (service === undefined || !hasSelector(service) || service.metadata.deletionTimestamp !== undefined) return;
    const slices = owned(EndpointSlice).filter(
      ({ metadata }) => metadata.labels?.[managedByLabel] === sliceManager && metadata.deletionTimestamp === undefined,
    );
    await carryOut(context, service, planSlices(service, selectedPods(service, lister(Pod)), slices));
  },
});

async function carryOut(
  { client }: ReconcileContext<Service>,
  service: Observed<Service>,
  { create, update, remove }: ReturnType<typeof planSlices>,
): Promise<void> {
  const { name, namespace = '' } = service.metadata;
  const ownerReferences = [controllerRef(Service, service)];
  const metadata = { namespace, generateName: `${name}-`, labels: sliceLabels(service), ownerReferences };
  for (const { endpoints, ports } of create) {
    await settled(client.create(EndpointSlice, { metadata, addressType: 'IPv4', endpoints, ports }));
  }
  for (const slice of update) await settled(client.update(EndpointSlice, slice));
  for (const slice of remove) {
    await settled(client.delete(EndpointSlice, slice.metadata, { preconditions: { uid: slice.metadata.uid } }));
  }
}
