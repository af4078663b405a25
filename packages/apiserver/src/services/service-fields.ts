/**
 * Questions about a Service's spec that allocation asks, as upstream's `pkg/registry/core/service` does. Pure.
 */
import type { Service, ServicePort, ServiceSpec } from '@kindred/apis/core/v1';

export function specOf(service: Service): ServiceSpec {
  return (service.spec ??= {});
}

export function needsClusterIp({ type }: ServiceSpec): boolean {
  return type === undefined || type === 'ClusterIP' || type === 'NodePort' || type === 'LoadBalancer';
}

export function isHeadless(spec: ServiceSpec): boolean {
  return needsClusterIp(spec) && (spec.clusterIPs?.[0] ?? spec.clusterIP) === 'None';
}

/** Node ports are allocated for it unless it says otherwise. */
export function allocatesNodePorts({ type, allocateLoadBalancerNodePorts = true }: ServiceSpec): boolean {
  return type === 'NodePort' || (type === 'LoadBalancer' && allocateLoadBalancerNodePorts);
}

/** It may have node ports. */
export function mayHaveNodePorts({ type }: ServiceSpec): boolean {
  return type === 'NodePort' || type === 'LoadBalancer';
}

/** A load balancer that sends traffic only to nodes with endpoints asks nodes about that on a port of its own. */
export function needsHealthCheckNodePort({ type, externalTrafficPolicy }: ServiceSpec): boolean {
  return type === 'LoadBalancer' && externalTrafficPolicy === 'Local';
}

/** The ports of nodes that it has or asks for. */
export function nodePortsOf({ ports = [], healthCheckNodePort }: ServiceSpec): number[] {
  const wanted = ports.map(({ nodePort }: ServicePort) => nodePort ?? 0);
  return [...wanted, healthCheckNodePort ?? 0].filter((port) => port !== 0);
}

/** The addresses that it has or asks for; none when headless. */
export function clusterIpsOf(spec: ServiceSpec): string[] {
  const addresses = spec.clusterIPs ?? (spec.clusterIP ? [spec.clusterIP] : []);
  return needsClusterIp(spec) ? addresses.filter((address) => address !== 'None' && address !== '') : [];
}
