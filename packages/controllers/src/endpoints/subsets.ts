/**
 * The subsets of an Endpoints object: addresses that share the same ports, ready ones apart from those that aren't. Pure.
 * Source: "Endpoints", Kubernetes API reference; the order is upstream's `RepackSubsets`.
 */
import type { EndpointAddress, EndpointSubset, Pod, Service } from '@kindred/apis/core/v1';
import type { Observed } from '@kindred/machinery';
import { isBackend, isHeadless, type PodPort, podConditions, podHostname, podPorts } from './pod-endpoint.ts';

interface Backend {
  readonly address: EndpointAddress;
  readonly ready: boolean;
}

interface Group {
  readonly ports: PodPort[];
  readonly backends: Backend[];
}

/** @param pods those that the Service selects */
export function subsets(service: Service, pods: readonly Observed<Pod>[]): EndpointSubset[] {
  const byPort = new Map<string, Group>();
  for (const pod of [...pods].filter((candidate) => belongs(service, candidate)).sort(compareAddresses)) {
    const backend = { address: addressOf(service, pod), ready: podConditions(service, pod).ready };
    for (const port of portsOf(service, pod)) add(byPort, JSON.stringify(port ?? null), port, backend);
  }
  return mergePorts([...byPort.values()])
    .map(toSubset)
    .sort(compareSubsets);
}

/** Unlike slices, Endpoints have no way to say that an address is ending. */
function belongs({ spec }: Service, pod: Observed<Pod>): boolean {
  if (!isBackend(pod)) return false;
  return spec?.publishNotReadyAddresses === true || pod.metadata.deletionTimestamp === undefined;
}

/** A headless Service may have no ports: its addresses count all the same. */
function portsOf(service: Service, pod: Pod): (PodPort | undefined)[] {
  const hasNone = (service.spec?.ports ?? []).length === 0;
  return hasNone && isHeadless(service) ? [undefined] : podPorts(service, pod);
}

function addressOf(service: Service, pod: Observed<Pod>): EndpointAddress {
  const { namespace, name, uid } = pod.metadata;
  const hostname = podHostname(service, pod);
  return {
    ...(hostname === undefined ? {} : { hostname }),
    ip: pod.status?.podIP ?? '',
    ...(pod.spec?.nodeName ? { nodeName: pod.spec.nodeName } : {}),
    targetRef: { kind: 'Pod', ...(namespace === undefined ? {} : { namespace }), name, uid },
  };
}

function add(groups: Map<string, Group>, key: string, port: PodPort | undefined, backend: Backend): void {
  const group = groups.get(key);
  if (group === undefined) groups.set(key, { ports: port === undefined ? [] : [port], backends: [backend] });
  else group.backends.push(backend);
}

/** Ports that the same backends have become one subset. */
function mergePorts(groups: readonly Group[]): Group[] {
  const merged = new Map<string, Group>();
  for (const { ports, backends } of groups) {
    const key = JSON.stringify(backends.map(({ address, ready }) => [address.targetRef?.uid, ready]));
    const same = merged.get(key);
    if (same === undefined) merged.set(key, { ports: [...ports], backends });
    else same.ports.push(...ports);
  }
  return [...merged.values()];
}

function toSubset({ ports, backends }: Group): EndpointSubset {
  const addresses = backends.filter(({ ready }) => ready).map(({ address }) => address);
  const notReadyAddresses = backends.filter(({ ready }) => !ready).map(({ address }) => address);
  const sorted = [...ports].sort((a, b) => compare(a.name, b.name) || a.port - b.port);
  return {
    ...(addresses.length === 0 ? {} : { addresses }),
    ...(notReadyAddresses.length === 0 ? {} : { notReadyAddresses }),
    ...(sorted.length === 0 ? {} : { ports: sorted.map(toPort) }),
  };
}

function toPort({ name, port, protocol, appProtocol }: PodPort) {
  return {
    ...(name === '' ? {} : { name }),
    port,
    protocol,
    ...(appProtocol === undefined ? {} : { appProtocol }),
  };
}

function compareAddresses(a: Observed<Pod>, b: Observed<Pod>): number {
  return compare(a.status?.podIP ?? '', b.status?.podIP ?? '') || compare(a.metadata.uid, b.metadata.uid);
}

function compareSubsets(a: EndpointSubset, b: EndpointSubset): number {
  return compare(JSON.stringify(a.ports ?? []), JSON.stringify(b.ports ?? []));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
