/**
 * Where a webhook answers: its URL, or a ready endpoint of its Service. The server goes to the pods themselves, since a
 * Service's address is known to the nodes only; the certificate is that of the name `<service>.<namespace>.svc`.
 */
import type { Endpoints, Service } from '@kindred/apis/core/v1';
import { goQuote, notFound, serviceUnavailable, type WebhookAddress, type WebhookService } from '@kindred/machinery';
import type { ApiStorage, ResourceStorage } from '../../storage/resource-storage.ts';
import type { WebhookPost } from './webhook-transport.ts';

export type WebhookTarget = Pick<WebhookPost, 'host' | 'port' | 'path' | 'serverName'>;

/** What a Service is looked up in. */
export interface ServiceLookup {
  readonly services: ResourceStorage;
  readonly endpoints: ResourceStorage;
}

export async function openServiceLookup(storage: ApiStorage): Promise<ServiceLookup> {
  return { services: await storage.open('', 'services'), endpoints: await storage.open('', 'endpoints') };
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
  { services, endpoints }: ServiceLookup,
  random: () => number,
): Pick<WebhookTarget, 'host' | 'port'> {
  const stored = services.get(namespace, name);
  if (stored === undefined) throw notFound({ group: '', resource: 'services' }, name);
  // What is stored has passed the checks of its kind.
  const { spec = {} } = stored.object as Service;
  if (spec.type === 'ExternalName') return { host: spec.externalName ?? '', port };
  const servicePort = spec.ports?.find((each) => each.port === port);
  if (servicePort === undefined) throw serviceUnavailable(`no service port ${port} found for service ${goQuote(name)}`);
  const published = endpoints.get(namespace, name)?.object as Endpoints | undefined;
  const ready = (published?.subsets ?? []).flatMap(({ addresses = [], ports = [] }) => {
    const found = ports.find((each) => (each.name ?? '') === (servicePort.name ?? ''));
    return found === undefined ? [] : addresses.map(({ ip }) => ({ host: ip, port: found.port }));
  });
  const chosen = ready[Math.floor(random() * ready.length)];
  if (chosen === undefined) throw serviceUnavailable(`no endpoints available for service ${goQuote(name)}`);
  return chosen;
}
