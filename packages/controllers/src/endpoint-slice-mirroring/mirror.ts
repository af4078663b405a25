/**
 * The slices that say what an Endpoints object says: one for each subset and address family. Pure.
 * Source: "EndpointSlice mirroring", Kubernetes documentation.
 */
import { isIPv6 } from 'node:net';
import type { EndpointAddress, EndpointSubset } from '@kindred/apis/core/v1';
import type { Endpoint, EndpointPort, EndpointSlice } from '@kindred/apis/discovery/v1';
import { deepEqual, type Observed } from '@kindred/machinery';

export interface MirroredSlice {
  readonly addressType: 'IPv4' | 'IPv6';
  readonly endpoints: Endpoint[];
  readonly ports: EndpointPort[];
}

export interface MirrorPlan {
  readonly create: readonly MirroredSlice[];
  readonly update: readonly Observed<EndpointSlice>[];
  readonly remove: readonly Observed<EndpointSlice>[];
}

/** More addresses of a subset than this are not mirrored. */
const maxEndpoints = 1000;

export function mirroredSlices(subsets: readonly EndpointSubset[]): MirroredSlice[] {
  return subsets.flatMap(({ addresses = [], notReadyAddresses = [], ports = [] }) => {
    const all = [
      ...addresses.map((each) => toEndpoint(each, true)),
      ...notReadyAddresses.map((each) => toEndpoint(each, false)),
    ];
    return (['IPv4', 'IPv6'] as const).flatMap((addressType) => {
      const endpoints = all.filter(({ addresses: [ip = ''] }) => isIPv6(ip) === (addressType === 'IPv6'));
      if (endpoints.length === 0) return [];
      return [{ addressType, endpoints: endpoints.slice(0, maxEndpoints), ports: ports.map(toPort) }];
    });
  });
}

/**
 * @param existing the slices that mirror the object now; those with the same ports are kept
 * @param labels what every one of them shall have
 */
export function planMirror(
  wanted: readonly MirroredSlice[],
  existing: readonly Observed<EndpointSlice>[],
  labels: Readonly<Record<string, string>>,
): MirrorPlan {
  const left = [...existing];
  const create: MirroredSlice[] = [];
  const update: Observed<EndpointSlice>[] = [];
  for (const slice of wanted) {
    const index = left.findIndex(
      (old) => old.addressType === slice.addressType && deepEqual(old.ports ?? [], slice.ports),
    );
    const [old] = index < 0 ? [] : left.splice(index, 1);
    if (old === undefined) create.push(slice);
    else if (!deepEqual(old.endpoints, slice.endpoints) || !deepEqual(old.metadata.labels ?? {}, labels)) {
      update.push({ ...old, metadata: { ...old.metadata, labels: { ...labels } }, endpoints: slice.endpoints });
    }
  }
  return { create, update, remove: left };
}

function toEndpoint({ ip, hostname, nodeName, targetRef }: EndpointAddress, ready: boolean): Endpoint {
  return {
    addresses: [ip],
    conditions: { ready },
    ...(hostname === undefined ? {} : { hostname }),
    ...(nodeName === undefined ? {} : { nodeName }),
    ...(targetRef === undefined ? {} : { targetRef }),
  };
}

function toPort({
  name = '',
  port,
  protocol = 'TCP',
  appProtocol,
}: NonNullable<EndpointSubset['ports']>[number]): EndpointPort {
  return { name, port, protocol, ...(appProtocol === undefined ? {} : { appProtocol }) };
}
