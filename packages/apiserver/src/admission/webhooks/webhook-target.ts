/**
 * Where a webhook answers: its URL, or a ready endpoint of its Service. The server goes to the pods themselves, since a
 * Service's address is known to the nodes only; the certificate is that of the name `<service>.<namespace>.svc`.
 */
import type { Endpoints, Service } from '@kindred/apis/core/v1';
import type { EndpointSlice } from '@kindred/apis/discovery/v1';
import { goQuote, notFound, serviceUnavailable, type WebhookAddress, type WebhookService } from '@kindred/machinery';
import type { ApiStorage, ResourceStorage } from '../../storage/resource-storage.ts';
import type { WebhookPost } from './webhook-transport.ts';

export type WebhookTarget = Pick<WebhookPost, 'host' | 'port' | 'path' | 'serverName'>;

type Address = Pick<WebhookTarget, 'host' | 'port'>;

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

/** The address as messages name it, with the time limit that the webhook is told of. */
export function webhookUrl({ url, service }: WebhookAddress, timeoutSeconds: number): string {
  const query = `?timeout=${timeoutSeconds}s`;
  if (service === undefined) return `${url ?? ''}${query}`;
  const { name = '', namespace = '', port = 443, path = '' } = service;
  return `https://${name}.${namespace}.svc:${port}${path === '' ? '/' : path}${query}`;
}

/**
 * @param random in [0, 1): which of several endpoints is asked.
 * @throws Error when the Service can't be reached, with the reason.
 */
export function resolveTarget(
  address: WebhookAddress,
  timeoutSeconds: number,
  lookup: ServiceLookup,
  random: () => number,
): WebhookTarget {
  const { hostname, port, pathname, search } = new URL(webhookUrl(address, timeoutSeconds));
  const serverName = hostname.replace(/^\[(.*)\]$/, '$1');
  const target = { host: serverName, port: port === '' ? 443 : Number(port), path: `${pathname}${search}`, serverName };
  return address.service === undefined ? target : { ...target, ...endpointOf(address.service, lookup, random) };
}

function endpointOf(
  { name = '', namespace = '', port = 443 }: WebhookService,
  lookup: ServiceLookup,
  random: () => number,
): Address {
  const stored = lookup.services.get(namespace, name);
  if (stored === undefined) throw notFound({ group: '', resource: 'services' }, name);
  // What is stored has passed the checks of its kind.
  const { spec = {} } = stored.object as Service;
  if (spec.type === 'ExternalName') return { host: spec.externalName ?? '', port };
  const servicePort = spec.ports?.find((each) => each.port === port);
  if (servicePort === undefined) throw serviceUnavailable(`no service port ${port} found for service ${goQuote(name)}`);
  const ready = readyEndpoints(lookup, namespace, name, servicePort.name ?? '');
  const chosen = ready[Math.floor(random() * ready.length)];
  if (chosen === undefined) throw serviceUnavailable(`no endpoints available for service ${goQuote(name)}`);
  return chosen;
}

/** From the Endpoints of the Service's name; where somebody keeps slices only, from those. */
function readyEndpoints(
  { endpoints, slices }: ServiceLookup,
  namespace: string,
  service: string,
  portName: string,
): readonly Address[] {
  const published = endpoints.get(namespace, service);
  if (published !== undefined) {
    const { subsets = [] } = published.object as Endpoints;
    return subsets.flatMap(({ addresses = [], ports = [] }) => {
      const port = ports.find(({ name = '' }) => name === portName)?.port;
      return port === undefined ? [] : addresses.map(({ ip }) => ({ host: ip, port }));
    });
  }
  const matchesLabels = (labels: Readonly<Record<string, string>>): boolean => labels[serviceLabel] === service;
  return slices.list({ namespace, matchesLabels }).items.flatMap((stored) => {
    const slice = stored.object as Partial<EndpointSlice>;
    const port = slice.ports?.find(({ name = '' }) => name === portName)?.port;
    const ready = (slice.endpoints ?? []).filter(({ conditions }) => conditions?.ready !== false);
    return port === undefined ? [] : ready.flatMap(({ addresses }) => addresses.map((host) => ({ host, port })));
  });
}

const serviceLabel = 'kubernetes.io/service-name';
