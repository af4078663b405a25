/**
 * Where a Service answers: one of its ready endpoints, or the name that an ExternalName Service stands for. The server goes
 * to the pods themselves, since a Service's own address is known to the nodes only.
 */
import type { Endpoints, Service } from '@kindred/apis/core/v1';
import type { EndpointSlice } from '@kindred/apis/discovery/v1';
import { goQuote, notFound, serviceUnavailable } from '@kindred/machinery';
import type { ApiStorage, ResourceStorage } from '../storage/resource-storage.ts';

/** A port of a Service. */
export interface ServicePort {
  readonly namespace: string;
  readonly name: string;
  readonly port: number;
}

export interface ServiceAddress {
  readonly host: string;
  readonly port: number;
}

/** What a Service is looked up in. */
export interface ServiceLookup {
  readonly services: ResourceStorage;
  readonly endpoints: ResourceStorage;
  readonly slices: ResourceStorage;
}

export async function openServiceLookup(storage: ApiStorage): Promise<ServiceLookup> {
  return {
    services: await storage.open('', 'services'),
    endpoints: await storage.open('', 'endpoints'),
    slices: await storage.open('discovery.k8s.io', 'endpointslices'),
  };
}

/** The Service as it is stored; undefined when there is none. */
export function findService({ services }: ServiceLookup, { namespace, name }: ServicePort): Service | undefined {
  // What is stored has passed the checks of its kind.
  return services.get(namespace, name)?.object as Service | undefined;
}

/**
 * Every address at which the port of the Service answers now.
 * @throws StatusError when there is no such Service, or none of its ports has the number.
 */
export function serviceAddresses(lookup: ServiceLookup, service: ServicePort): readonly ServiceAddress[] {
  const { namespace, name, port } = service;
  const stored = findService(lookup, service);
  if (stored === undefined) throw notFound({ group: '', resource: 'services' }, name);
  const { spec = {} } = stored;
  if (spec.type === 'ExternalName') return [{ host: spec.externalName ?? '', port }];
  const servicePort = spec.ports?.find((each) => each.port === port);
  if (servicePort === undefined) throw serviceUnavailable(`no service port ${port} found for service ${goQuote(name)}`);
  return readyEndpoints(lookup, namespace, name, servicePort.name ?? '');
}

/**
 * One of the addresses.
 * @param random in [0, 1): which one
 * @throws StatusError also when the Service has no ready endpoint.
 */
export function serviceAddress(lookup: ServiceLookup, service: ServicePort, random: () => number): ServiceAddress {
  const ready = serviceAddresses(lookup, service);
  const chosen = ready[Math.floor(random() * ready.length)];
  if (chosen === undefined) {
    throw serviceUnavailable(`no endpoints available for service ${goQuote(service.name)}`);
  }
  return chosen;
}

/** From the Endpoints of the Service's name; where somebody keeps slices only, from those. */
function readyEndpoints(
  { endpoints, slices }: ServiceLookup,
  namespace: string,
  service: string,
  portName: string,
): readonly ServiceAddress[] {
  const published = endpoints.get(namespace, service);
  if (published !== undefined) {
    const { subsets = [] } = published.object as Endpoints;
    return subsets.flatMap(({ addresses = [], ports = [] }) => {
      const port = ports.find(({ name = '' }) => name === portName)?.port;
      return port === undefined ? [] : addresses.map(({ ip }) => ({ host: ip, port }));
    });
  }
  return slicesOf(slices, namespace, service).flatMap((slice) => {
    const port = slice.ports?.find(({ name = '' }) => name === portName)?.port;
    const ready = (slice.endpoints ?? []).filter(({ conditions }) => conditions?.ready !== false);
    return port === undefined ? [] : ready.flatMap(({ addresses }) => addresses.map((host) => ({ host, port })));
  });
}

/** True when somebody publishes endpoints of the Service, ready or not. */
export function hasEndpoints({ endpoints, slices }: ServiceLookup, { namespace, name }: ServicePort): boolean {
  return endpoints.get(namespace, name) !== undefined || slicesOf(slices, namespace, name).length > 0;
}

function slicesOf(slices: ResourceStorage, namespace: string, service: string): readonly Partial<EndpointSlice>[] {
  const matchesLabels = (labels: Readonly<Record<string, string>>): boolean => labels[serviceLabel] === service;
  return slices.list({ namespace, matchesLabels }).items.map((stored) => stored.object as Partial<EndpointSlice>);
}

/** On the slices of a Service. */
export const serviceLabel = 'kubernetes.io/service-name';
