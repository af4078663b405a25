/**
 * Spreads a Service's endpoints over slices: at most 100 in one, endpoints with different ports in different slices, and as
 * few changed slices as possible, since every change goes to every node. Pure. Source: "EndpointSlices", Kubernetes
 * documentation.
 */
import type { Pod, Service } from '@kindred/apis/core/v1';
import type { Endpoint, EndpointPort, EndpointSlice } from '@kindred/apis/discovery/v1';
import { deepEqual, type Observed } from '@kindred/machinery';
import {
  headlessLabel,
  inheritedLabels,
  isBackend,
  isHeadless,
  managedByLabel,
  podConditions,
  podHostname,
  podPorts,
  serviceNameLabel,
} from '../endpoints/pod-endpoint.ts';

const maxEndpoints = 100;
export const sliceManager = 'endpointslice-controller.k8s.io';

export interface SlicePlan {
  readonly create: readonly { readonly endpoints: Endpoint[]; readonly ports: EndpointPort[] }[];
  readonly update: readonly Observed<EndpointSlice>[];
  readonly remove: readonly Observed<EndpointSlice>[];
}

export function sliceLabels(service: Service): Record<string, string> {
  return {
    ...inheritedLabels(service),
    ...(isHeadless(service) ? { [headlessLabel]: '' } : {}),
    [serviceNameLabel]: service.metadata.name ?? '',
    [managedByLabel]: sliceManager,
  };
}

/**
 * @param pods those that the Service selects
 * @param existing the Service's slices that this controller manages
 */
export function planSlices(
  service: Service,
  pods: readonly Observed<Pod>[],
  existing: readonly Observed<EndpointSlice>[],
): SlicePlan {
  const groups = groupByPorts(service, pods);
  const slices = [...existing].sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
  const filled = [...groups.values()].map((group) => fill(group, slices));
  const used = filled.flatMap(({ kept }) => kept);
  const usedNames = new Set(used.map(({ slice }) => slice.metadata.name));
  const unused = slices.filter((slice) => !usedNames.has(slice.metadata.name));
  const labels = sliceLabels(service);
  const kept = used.flatMap(({ slice, endpoints, ports }) => changed(slice, { endpoints, ports, labels }));
  const fresh = filled.flatMap((group) => group.fresh);
  // One empty slice says that the Service is known and has no endpoints.
  if (groups.size === 0) fresh.push({ endpoints: [], ports: [] });
  // A slice that would be deleted is written anew instead of making another one.
  const reused = fresh.slice(0, unused.length).flatMap((content, index) => {
    const slice = unused[index];
    return slice === undefined ? [] : changed(slice, { ...content, labels });
  });
  return { create: fresh.slice(unused.length), update: [...kept, ...reused], remove: unused.slice(fresh.length) };
}

interface Group {
  readonly ports: EndpointPort[];
  readonly endpoints: Endpoint[];
}

interface Filled {
  readonly kept: readonly { slice: Observed<EndpointSlice>; endpoints: Endpoint[]; ports: EndpointPort[] }[];
  readonly fresh: readonly Group[];
}

function groupByPorts(service: Service, pods: readonly Observed<Pod>[]): Map<string, Group> {
  const groups = new Map<string, Group>();
  const backends = pods.filter(isBackend).sort((a, b) => (a.metadata.uid < b.metadata.uid ? -1 : 1));
  for (const pod of backends) {
    const ports = podPorts(service, pod).map(toPort);
    // A port that nobody has serves nobody; only headless Services may do without any.
    if (ports.length === 0 && !isHeadless(service)) continue;
    const key = JSON.stringify(ports);
    const group = groups.get(key) ?? { ports, endpoints: [] };
    groups.set(key, group);
    group.endpoints.push(toEndpoint(service, pod));
  }
  return groups;
}

function toPort({ name, port, protocol, appProtocol }: ReturnType<typeof podPorts>[number]): EndpointPort {
  return { name, port, protocol, ...(appProtocol === undefined ? {} : { appProtocol }) };
}

function toEndpoint(service: Service, pod: Observed<Pod>): Endpoint {
  const { namespace, name, uid } = pod.metadata;
  const hostname = podHostname(service, pod);
  return {
    addresses: [pod.status?.podIP ?? ''],
    conditions: { ...podConditions(service, pod) },
    ...(hostname === undefined ? {} : { hostname }),
    ...(pod.spec?.nodeName ? { nodeName: pod.spec.nodeName } : {}),
    targetRef: { kind: 'Pod', ...(namespace === undefined ? {} : { namespace }), name, uid },
  };
}

/** Endpoints stay in the slice that they are in; new ones go where there is room, then into new slices. */
function fill({ ports, endpoints }: Group, slices: readonly Observed<EndpointSlice>[]): Filled {
  const left = new Map(endpoints.map((endpoint) => [endpoint.targetRef?.uid ?? '', endpoint]));
  const kept = slices
    .filter((slice) => deepEqual(slice.ports ?? [], ports))
    .map((slice) => ({ slice, ports, endpoints: (slice.endpoints ?? []).flatMap((old) => take(left, old)) }));
  for (const [uid, endpoint] of left) {
    const roomy = kept.find((candidate) => candidate.endpoints.length < maxEndpoints);
    if (roomy === undefined) break;
    roomy.endpoints.push(endpoint);
    left.delete(uid);
  }
  const rest = [...left.values()];
  const fresh: Group[] = [];
  while (rest.length > 0) fresh.push({ ports, endpoints: rest.splice(0, maxEndpoints) });
  return { kept: kept.filter((slice) => slice.endpoints.length > 0), fresh };
}

function take(left: Map<string, Endpoint>, { targetRef }: Endpoint): Endpoint[] {
  const uid = targetRef?.uid ?? '';
  const endpoint = left.get(uid);
  left.delete(uid);
  return endpoint === undefined ? [] : [endpoint];
}

function changed(
  slice: Observed<EndpointSlice>,
  { endpoints, ports, labels }: Group & { readonly labels: Record<string, string> },
): Observed<EndpointSlice>[] {
  const same =
    deepEqual(slice.endpoints ?? [], endpoints) &&
    deepEqual(slice.ports ?? [], ports) &&
    deepEqual(slice.metadata.labels ?? {}, labels);
  return same ? [] : [{ ...slice, metadata: { ...slice.metadata, labels }, endpoints, ports }];
}
