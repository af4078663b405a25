/**
 * Makes EndpointSlices of Endpoints that somebody wrote by hand for a Service without a selector: proxies and DNS read
 * slices only. Source: "EndpointSlice mirroring", Kubernetes documentation.
 */
import { Endpoints, Service } from '@kindred/apis/core/v1';
import { EndpointSlice } from '@kindred/apis/discovery/v1';
import type { Observed } from '@kindred/machinery';
import { controllerRef, imperative, type ReconcileContext, type Runnable, sameName, watch } from '@kindred/operator';
import { hasSelector, managedByLabel, serviceNameLabel, skipMirrorLabel } from '../endpoints/pod-endpoint.ts';
import { settled } from '../writes/settled.ts';
import { type MirrorPlan, mirroredSlices, planMirror } from './mirror.ts';

const mirrorManager = 'endpointslicemirroring-controller.k8s.io';

/** @example manager.add(endpointSliceMirroringController); */
export const endpointSliceMirroringController: Runnable = imperative(Endpoints, {
  name: 'endpointslicemirroring-controller',
  owns: [EndpointSlice],
  watches: [watch(Service, { to: sameName })],
  rules: [
    { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['create', 'delete', 'update'] },
    { apiGroups: [''], resources: ['endpoints/finalizers'], verbs: ['update'] },
  ],
  async reconcile(context) {
    const { object: endpoints, lister, owned } = context;
    // Slices of an object that is gone go with it: it owns them.
    if (endpoints === undefined || endpoints.metadata.deletionTimestamp !== undefined) return;
    const { name, namespace } = endpoints.metadata;
    const service = lister(Service).get({ name, ...(namespace === undefined ? {} : { namespace }) });
    const isMirrored =
      service !== undefined && !hasSelector(service) && endpoints.metadata.labels?.[skipMirrorLabel] !== 'true';
    const slices = owned(EndpointSlice).filter(({ metadata }) => metadata.deletionTimestamp === undefined);
    const wanted = isMirrored ? mirroredSlices(endpoints.subsets ?? []) : [];
    await carryOut(context, endpoints, planMirror(wanted, slices, sliceLabels(endpoints)));
  },
});

function sliceLabels({ metadata }: Observed<Endpoints>): Record<string, string> {
  return { ...metadata.labels, [serviceNameLabel]: metadata.name, [managedByLabel]: mirrorManager };
}

async function carryOut(
  { client }: ReconcileContext<Endpoints>,
  endpoints: Observed<Endpoints>,
  { create, update, remove }: MirrorPlan,
): Promise<void> {
  const { name, namespace = '' } = endpoints.metadata;
  const ownerReferences = [controllerRef(Endpoints, endpoints)];
  const metadata = { namespace, generateName: `${name}-`, labels: sliceLabels(endpoints), ownerReferences };
  for (const slice of create) await settled(client.create(EndpointSlice, { metadata, ...slice }));
  for (const slice of update) await settled(client.update(EndpointSlice, slice));
  for (const slice of remove) {
    await settled(client.delete(EndpointSlice, slice.metadata, { preconditions: { uid: slice.metadata.uid } }));
  }
}
