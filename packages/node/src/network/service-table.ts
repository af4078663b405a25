/**
 * Which addresses of services must be listened on, and where connections go: from Services and EndpointSlices
 * (Kubernetes documentation, 'Virtual IPs and Service Proxies'). Pure.
 */
import type { Service, ServicePort } from '@kindred/apis/core/v1';
import type { EndpointSlice } from '@kindred/apis/discovery/v1';

export interface Backend {
  readonly host: string;
  readonly port: number;
}

export interface ServiceForward {
  /** `default/web:http 10.96.0.5:80/TCP`: the same forward has the same key. */
  readonly key: string;
  readonly protocol: 'TCP' | 'UDP';
  readonly host: string;
  readonly port: number;
  readonly backends: readonly Backend[];
  /** Seconds that a client keeps its backend; undefined: each connection goes to the next one. */
  readonly affinitySeconds?: number;
}

export interface ServiceTableOptions {
  /** Addresses on which node ports are open. */
  readonly nodePortAddresses: readonly string[];
  /** Where the service default/kubernetes leads, whatever its endpoints say. */
  readonly apiServer: Backend;
  /** The agent serves DNS here itself. */
  readonly dnsAddress: string;
}

export function serviceForwards(
  services: readonly Service[],
  slices: readonly EndpointSlice[],
  options: ServiceTableOptions,
): ServiceForward[] {
  const byService = new Map<string, EndpointSlice[]>();
  for (const slice of slices) {
    const key = `${slice.metadata.namespace}/${slice.metadata.labels?.['kubernetes.io/service-name'] ?? ''}`;
    byService.set(key, [...(byService.get(key) ?? []), slice]);
  }
  return services.flatMap((service) => {
    const key = `${service.metadata.namespace}/${service.metadata.name}`;
    return forwardsOf(service, byService.get(key) ?? [], options);
  });
}

function forwardsOf(
  service: Service,
  slices: readonly EndpointSlice[],
  options: ServiceTableOptions,
): ServiceForward[] {
  const { spec, metadata } = service;
  const clusterIP = spec?.clusterIP ?? '';
  if (clusterIP === '' || clusterIP === 'None' || spec?.type === 'ExternalName') return [];
  const name = `${metadata.namespace}/${metadata.name}`;
  const affinity =
    spec?.sessionAffinity === 'ClientIP' ? (spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? 10_800) : undefined;
  return (spec?.ports ?? []).flatMap((port) => {
    const protocol = port.protocol ?? 'TCP';
    if (protocol !== 'TCP' && protocol !== 'UDP') return [];
    const backends = name === 'default/kubernetes' ? [options.apiServer] : backendsOf(port, slices);
    const listen = (host: string, number: number): ServiceForward => ({
      key: `${name}:${port.name ?? ''} ${host}:${number}/${protocol}`,
      protocol,
      host,
      port: number,
      backends,
      ...(affinity !== undefined && { affinitySeconds: affinity }),
    });
    const own = clusterIP === options.dnsAddress && port.port === 53 ? [] : [listen(clusterIP, port.port)];
    const { nodePort } = port;
    return nodePort ? [...own, ...options.nodePortAddresses.map((host) => listen(host, nodePort))] : own;
  });
}

/** Ready endpoints with the slice's port of the same name, each once. */
function backendsOf(port: ServicePort, slices: readonly EndpointSlice[]): Backend[] {
  const backends = new Map<string, Backend>();
  for (const slice of slices) {
    const target = slice.ports?.find((candidate) => (candidate.name ?? '') === (port.name ?? ''))?.port;
    if (target === undefined || slice.addressType !== 'IPv4') continue;
    for (const { addresses, conditions } of slice.endpoints ?? []) {
      if (conditions?.ready === false) continue;
      for (const host of addresses) backends.set(`${host}:${target}`, { host, port: target });
    }
  }
  return [...backends.values()];
}
