/** Addresses and ports that were given to a Service stay with it when an update leaves them out. */
import type { Service, ServiceSpec } from '../../gen/types/core/v1.ts';

export function keepAllocatedFields({ spec }: Service, { spec: old }: Service): void {
  if (spec === undefined || old === undefined) return;
  if (hasClusterIp(spec) && hasClusterIp(old)) {
    if (!spec.clusterIP && (spec.clusterIPs ?? []).length === 0) {
      if (old.clusterIP !== undefined) spec.clusterIP = old.clusterIP;
      if (old.clusterIPs !== undefined) spec.clusterIPs = old.clusterIPs;
    }
    if (old.ipFamilies !== undefined) spec.ipFamilies ??= old.ipFamilies;
    if (old.ipFamilyPolicy !== undefined) spec.ipFamilyPolicy ??= old.ipFamilyPolicy;
  }
  if (hasNodePorts(spec) && hasNodePorts(old)) keepNodePorts(spec, old);
  if (old.healthCheckNodePort !== undefined && spec.externalTrafficPolicy === 'Local') {
    spec.healthCheckNodePort ??= old.healthCheckNodePort;
  }
  settlePrimaryAddress({ spec });
  dropNodePortsOfOtherTypes(spec, old);
}

/** By name, since the rest of a port may have been edited, and only when nobody else took the number. */
function keepNodePorts(spec: ServiceSpec, old: ServiceSpec): void {
  const wanted = new Set((spec.ports ?? []).map(({ nodePort }) => nodePort));
  const before = new Map((old.ports ?? []).map(({ name = '', nodePort }) => [name, nodePort]));
  for (const port of spec.ports ?? []) {
    const nodePort = before.get(port.name ?? '');
    if (!port.nodePort && nodePort && !wanted.has(nodePort)) port.nodePort = nodePort;
  }
}

/** `clusterIP` and the first of `clusterIPs` are one value; older clients know the first only. */
export function settlePrimaryAddress({ spec }: Pick<Service, 'spec'>): void {
  if (spec === undefined) return;
  const [first] = spec.clusterIPs ?? [];
  if (spec.clusterIP && first === undefined) spec.clusterIPs = [spec.clusterIP];
  else if (!spec.clusterIP && first !== undefined) spec.clusterIP = first;
}

/** A client that turns a NodePort Service into a ClusterIP one seldom takes the numbers out. */
function dropNodePortsOfOtherTypes(spec: ServiceSpec, old: ServiceSpec): void {
  if (spec.type !== 'ClusterIP' || !hasNodePorts(old)) return;
  for (const port of spec.ports ?? []) {
    if ((old.ports ?? []).some(({ nodePort }) => nodePort === port.nodePort)) delete port.nodePort;
  }
}

function hasClusterIp({ type }: ServiceSpec): boolean {
  return type !== 'ExternalName';
}

function hasNodePorts({ type }: ServiceSpec): boolean {
  return type === 'NodePort' || type === 'LoadBalancer';
}
