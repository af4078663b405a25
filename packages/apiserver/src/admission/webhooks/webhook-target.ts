/**
 * Where a webhook answers: its URL, or a ready endpoint of its Service. The certificate is that of the name
 * `<service>.<namespace>.svc`.
 */
import type { WebhookAddress } from '@kindred/machinery';
import { type ServiceLookup, serviceAddress } from '../../services/service-endpoints.ts';
import type { WebhookPost } from './webhook-transport.ts';

export type WebhookTarget = Pick<WebhookPost, 'host' | 'port' | 'path' | 'serverName'>;

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
  if (address.service === undefined) return target;
  const { name = '', namespace = '', port: servicePort = 443 } = address.service;
  return { ...target, ...serviceAddress(lookup, { namespace, name, port: servicePort }, random) };
}
