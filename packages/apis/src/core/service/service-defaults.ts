/** Defaults of Services. Cluster IPs, IP families and node ports are the API server's allocators' job. */
import type { Service } from '../../gen/types/core/v1.ts';

/** Three hours: how long a client sticks to a pod with `sessionAffinity: ClientIP`. */
const defaultClientIpSeconds = 10800;

export function setServiceDefaults(service: Service): void {
  service.spec ??= {};
  const { spec } = service;
  spec.sessionAffinity ??= 'None';
  if (spec.sessionAffinity === 'None') delete spec.sessionAffinityConfig;
  else spec.sessionAffinityConfig ??= {};
  if (spec.sessionAffinityConfig !== undefined) {
    spec.sessionAffinityConfig.clientIP ??= {};
    spec.sessionAffinityConfig.clientIP.timeoutSeconds ??= defaultClientIpSeconds;
  }
  spec.type ??= 'ClusterIP';
  for (const port of spec.ports ?? []) {
    port.protocol ??= 'TCP';
    if (port.targetPort === undefined || port.targetPort === 0 || port.targetPort === '') port.targetPort = port.port;
  }
  const isExternal = spec.type === 'NodePort' || spec.type === 'LoadBalancer' || hasExternalIps(service);
  if (isExternal) spec.externalTrafficPolicy ??= 'Cluster';
  if (spec.type !== 'ExternalName') spec.internalTrafficPolicy ??= 'Cluster';
  if (spec.type === 'LoadBalancer') spec.allocateLoadBalancerNodePorts ??= true;
}

function hasExternalIps({ spec }: Service): boolean {
  return spec?.type === 'ClusterIP' && (spec.externalIPs ?? []).length > 0;
}
