/**
 * What an update of a Service keeps of the allocated values: those that the client left out stay, those that the new type
 * has no use for go, and cluster IPs that were given never change. Pure. Upstream: `patchAllocatedValues`,
 * `normalizeClusterIPs`, `dropTypeDependentFields` and `validateUpgradeDowngradeClusterIPs` of `pkg/registry/core/service`.
 */
import type { Service, ServicePort, ServiceSpec } from '@kindred/apis/core/v1';
import { deepEqual, type FieldError, indexPath, invalidValue } from '@kindred/machinery';
import { isHeadless, mayHaveNodePorts, needsClusterIp, needsHealthCheckNodePort, specOf } from './service-fields.ts';

/** Changes `service` in place. `old` is undefined for a new one. */
export function carryOver(service: Service, old: Service | undefined): void {
  const spec = specOf(service);
  const before = old?.spec;
  if (before !== undefined) keepAllocated(spec, before);
  settleClusterIps(spec, before);
  if (before !== undefined) dropUseless(spec, before);
}

function keepAllocated(spec: ServiceSpec, old: ServiceSpec): void {
  if (needsClusterIp(old) && needsClusterIp(spec)) {
    const { clusterIP, clusterIPs } = old;
    if (!spec.clusterIP && clusterIP !== undefined && (spec.clusterIPs ?? []).length === 0) spec.clusterIP = clusterIP;
    if ((spec.clusterIPs ?? []).length === 0 && spec.clusterIP === clusterIP && clusterIPs !== undefined) {
      spec.clusterIPs = [...clusterIPs];
    }
  }
  if (mayHaveNodePorts(old) && mayHaveNodePorts(spec)) keepNodePorts(spec.ports ?? [], old.ports ?? []);
  if (needsHealthCheckNodePort(old) && needsHealthCheckNodePort(spec) && !spec.healthCheckNodePort) {
    if (old.healthCheckNodePort !== undefined) spec.healthCheckNodePort = old.healthCheckNodePort;
  }
}

/** By the ports' names, unless another port of the new spec has taken the number. */
function keepNodePorts(ports: readonly ServicePort[], old: readonly ServicePort[]): void {
  const byName = new Map(old.map(({ name = '', nodePort = 0 }) => [name, nodePort]));
  const used = new Set(ports.map(({ nodePort = 0 }) => nodePort));
  for (const port of ports) {
    const before = byName.get(port.name ?? '') ?? 0;
    if (!port.nodePort && before !== 0 && !used.has(before)) port.nodePort = before;
  }
}

/** `clusterIP` and `clusterIPs` say the same, whichever of them the client has set or cleared. */
function settleClusterIps(spec: ServiceSpec, old: ServiceSpec | undefined): void {
  const isUnchangedList = old?.clusterIPs !== undefined && deepEqual(spec.clusterIPs, old.clusterIPs);
  if (old?.clusterIP && !spec.clusterIP && isUnchangedList) delete spec.clusterIPs;
  if (old?.clusterIP && spec.clusterIP && spec.clusterIP !== old.clusterIP && isUnchangedList) {
    spec.clusterIPs = [spec.clusterIP];
  }
  if (spec.clusterIP && (spec.clusterIPs ?? []).length === 0) spec.clusterIPs = [spec.clusterIP];
}

/** Values that belonged to the old type and that the client has sent back as they were. */
function dropUseless(spec: ServiceSpec, old: ServiceSpec): void {
  if (needsClusterIp(old) && !needsClusterIp(spec) && deepEqual(spec.clusterIPs, old.clusterIPs)) {
    delete spec.clusterIP;
    delete spec.clusterIPs;
    if (deepEqual(spec.ipFamilies, old.ipFamilies)) delete spec.ipFamilies;
    if (spec.ipFamilyPolicy === old.ipFamilyPolicy) delete spec.ipFamilyPolicy;
  }
  if (mayHaveNodePorts(old) && !mayHaveNodePorts(spec)) {
    const before = new Set((old.ports ?? []).map(({ nodePort }) => nodePort));
    const ports = spec.ports ?? [];
    if (ports.every(({ nodePort }) => before.has(nodePort))) for (const port of ports) delete port.nodePort;
  }
  if (!needsHealthCheckNodePort(spec) && spec.healthCheckNodePort === old.healthCheckNodePort) {
    delete spec.healthCheckNodePort;
  }
}

/** Why the cluster IPs may not become what they are in `spec`. */
export function clusterIpChangeErrors({ spec = {} }: Service, { spec: old = {} }: Service): FieldError[] {
  if (!needsClusterIp(spec) || !needsClusterIp(old) || (isHeadless(spec) && isHeadless(old))) return [];
  const path = 'spec.clusterIPs';
  const [now, before] = [spec.clusterIPs ?? [], old.clusterIPs ?? []];
  if (now.length === 0 && before.length > 0) {
    return [invalidValue(indexPath(path, 0), now, 'primary clusterIP can not be unset')];
  }
  return before.flatMap((address, index) =>
    index >= now.length || address === now[index]
      ? []
      : [invalidValue(indexPath(path, index), now, 'may not change once set')],
  );
}
