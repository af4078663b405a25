/** Names and addresses that the parts of an embedded cluster agree on. */
import { hostname } from 'node:os';

export interface ClusterSettings {
  readonly nodeName: string;
  /** Range of ClusterIPs. On loopback where pods are plain processes, so that they can be reached without a network of ours. */
  readonly serviceCidr: string;
  /** Address of the Service `kubernetes`: the first of the range. */
  readonly apiServerIp: string;
  readonly dnsIp: string;
  readonly podCidr: string;
  readonly plainPodCidr: string;
  /** `iss` of service-account tokens, and their default audience. */
  readonly tokenIssuer: string;
}

/**
 * @param userId the user that Kindred runs as; only root can give pods a network of their own
 * @param slot tells platforms on one machine apart: none of their ranges overlap (address-slot.ts)
 */
export function clusterSettings({ userId, slot }: { userId: number; slot: number }): ClusterSettings {
  const prefix = `${userId === 0 ? 10 : 127}.${96 + slot}`;
  return {
    nodeName: nodeName(hostname()),
    serviceCidr: `${prefix}.0.0/16`,
    apiServerIp: `${prefix}.0.1`,
    dnsIp: `${prefix}.0.10`,
    podCidr: `10.244.${slot}.0/24`,
    plainPodCidr: `127.244.${slot}.0/24`,
    tokenIssuer: 'https://kubernetes.default.svc.cluster.local',
  };
}

/** The machine's name as a DNS subdomain, as the kubelet makes it. */
function nodeName(host: string): string {
  const name = host
    .toLowerCase()
    .replace(/[^a-z0-9.-]/g, '-')
    .replace(/^[^a-z0-9]+|[^a-z0-9]+$/g, '');
  return name === '' ? 'localhost' : name.slice(0, 63);
}
