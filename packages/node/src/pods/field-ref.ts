/**
 * The downward API: fields of a pod and its containers' resources as text, for environment variables and files
 * (core/v1 ObjectFieldSelector, ResourceFieldSelector). Pure.
 */
import type { Container, Pod, ResourceFieldSelector } from '@kindred/apis/core/v1';
import { quantityNumber } from '../platform/quantity.ts';

export interface NodeFigures {
  readonly hostIP: string;
  /** In cores and bytes: what a container without limits may use. */
  readonly cpu: number;
  readonly memory: number;
  readonly ephemeralStorage: number;
}

/** undefined for a path that the downward API doesn't have. */
export function podField(
  pod: Pod,
  fieldPath: string,
  podIPs: readonly string[],
  node: NodeFigures,
): string | undefined {
  const { metadata, spec } = pod;
  const keyed = /^metadata\.(labels|annotations)\['(.*)'\]$/.exec(fieldPath);
  if (keyed) return (keyed[1] === 'labels' ? metadata.labels : metadata.annotations)?.[keyed[2] ?? ''] ?? '';
  const fields: Record<string, string> = {
    'metadata.name': metadata.name ?? '',
    'metadata.namespace': metadata.namespace ?? '',
    'metadata.uid': metadata.uid ?? '',
    'metadata.labels': formatMap(metadata.labels),
    'metadata.annotations': formatMap(metadata.annotations),
    'spec.nodeName': spec?.nodeName ?? '',
    'spec.serviceAccountName': spec?.serviceAccountName ?? '',
    'status.hostIP': node.hostIP,
    'status.hostIPs': node.hostIP,
    'status.podIP': podIPs[0] ?? '',
    'status.podIPs': podIPs.join(','),
  };
  return fields[fieldPath];
}

/** One `key="value"` a line, sorted, as the kubelet writes label and annotation files. */
function formatMap(map: Readonly<Record<string, string>> = {}): string {
  return Object.keys(map)
    .sort()
    .map((key) => `${key}=${JSON.stringify(map[key])}`)
    .join('\n');
}

/** A limit or request divided by the divisor and rounded up; a missing limit is the node's capacity. */
export function resourceField(
  pod: Pod,
  selector: ResourceFieldSelector,
  container: Container,
  node: NodeFigures,
): string {
  const named = [...(pod.spec?.initContainers ?? []), ...(pod.spec?.containers ?? [])];
  const subject = named.find(({ name }) => name === selector.containerName) ?? container;
  const [kind = '', resource = ''] = selector.resource.split(/\.(.*)/s);
  const stated = kind === 'limits' ? subject.resources?.limits?.[resource] : subject.resources?.requests?.[resource];
  const capacity: Record<string, number> = {
    cpu: node.cpu,
    memory: node.memory,
    'ephemeral-storage': node.ephemeralStorage,
  };
  const value = quantityNumber(stated) ?? (kind === 'limits' ? (capacity[resource] ?? 0) : 0);
  const divisor = quantityNumber(selector.divisor) || 1;
  // Milli-units are not exact in binary; a rounding error must not become one more.
  return String(Math.ceil(Number((value / divisor).toFixed(6))));
}
