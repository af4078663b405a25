/** Cells of the smaller kinds of the core group. */
import type {
  ConfigMap,
  Event,
  Namespace,
  Node,
  ReplicationController,
  ResourceQuota,
  Secret,
} from '../gen/types/core/v1.ts';
import { ageOf } from '../printing/age.ts';
import { containerCells, labelsCell, none, orNone } from '../printing/cell-text.ts';

export function namespaceCells({ metadata, status }: Namespace, now: number): unknown[] {
  return [metadata.name ?? '', status?.phase ?? '', ageOf(metadata.creationTimestamp, now)];
}

export function secretCells({ metadata, type, data }: Secret, now: number): unknown[] {
  return [metadata.name ?? '', type ?? '', Object.keys(data ?? {}).length, ageOf(metadata.creationTimestamp, now)];
}

export function configMapCells({ metadata, data, binaryData }: ConfigMap, now: number): unknown[] {
  const count = Object.keys(data ?? {}).length + Object.keys(binaryData ?? {}).length;
  return [metadata.name ?? '', count, ageOf(metadata.creationTimestamp, now)];
}

export function replicationControllerCells({ metadata, spec, status }: ReplicationController, now: number): unknown[] {
  return [
    metadata.name ?? '',
    spec?.replicas ?? 0,
    status?.replicas ?? 0,
    status?.readyReplicas ?? 0,
    ageOf(metadata.creationTimestamp, now),
    ...containerCells(spec?.template?.spec),
    labelsCell(spec?.selector),
  ];
}

export function resourceQuotaCells({ metadata, status }: ResourceQuota, now: number): unknown[] {
  const use = Object.entries(status?.hard ?? {})
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, hard]) => ({ name, text: `${name}: ${status?.used?.[name] ?? '0'}/${hard}` }));
  const limits = use.filter(({ name }) => name.startsWith('limits'));
  const requests = use.filter(({ name }) => !name.startsWith('limits'));
  const joined = (list: typeof use) => list.map(({ text }) => text).join(', ');
  return [metadata.name ?? '', joined(requests), joined(limits), ageOf(metadata.creationTimestamp, now)];
}

export function nodeCells(node: Node, now: number): unknown[] {
  const { metadata, status } = node;
  const info = status?.nodeInfo;
  return [
    metadata.name ?? '',
    nodeStatus(node),
    orNone(nodeRoles(node).join(',')),
    ageOf(metadata.creationTimestamp, now),
    info?.kubeletVersion ?? '',
    nodeAddress(node, 'InternalIP'),
    nodeAddress(node, 'ExternalIP'),
    info?.osImage || '<unknown>',
    info?.kernelVersion || '<unknown>',
    info?.containerRuntimeVersion || '<unknown>',
  ];
}

export function eventCells(event: Event, now: number): unknown[] {
  const { metadata, involvedObject: object, series } = event;
  const first = ageOf(event.firstTimestamp ?? event.eventTime, now);
  const last = event.lastTimestamp === undefined ? first : ageOf(event.lastTimestamp, now);
  const kind = (object?.kind ?? '').toLowerCase();
  return [
    series === undefined ? last : ageOf(series.lastObservedTime, now),
    event.type ?? '',
    event.reason ?? '',
    object?.name ? `${kind}/${object.name}` : kind,
    object?.fieldPath ?? '',
    eventSource(event),
    (event.message ?? '').trim(),
    first,
    series?.count ?? (event.count || 1),
    metadata.name ?? '',
  ];
}

function nodeStatus({ spec, status }: Node): string {
  const ready = (status?.conditions ?? []).find(({ type }) => type === 'Ready');
  const words = [ready === undefined ? 'Unknown' : ready.status === 'True' ? 'Ready' : 'NotReady'];
  if (spec?.unschedulable === true) words.push('SchedulingDisabled');
  return words.join(',');
}

const rolePrefix = 'node-role.kubernetes.io/';

function nodeRoles({ metadata }: Node): string[] {
  const roles = Object.entries(metadata.labels ?? {}).flatMap(([label, value]) => {
    if (label.startsWith(rolePrefix)) return [label.slice(rolePrefix.length)];
    return label === 'kubernetes.io/role' && value !== '' ? [value] : [];
  });
  return [...new Set(roles.filter((role) => role !== ''))].sort();
}

function nodeAddress({ status }: Node, type: string): string {
  return (status?.addresses ?? []).find((address) => address.type === type)?.address ?? none;
}

function eventSource({ source, reportingComponent, reportingInstance }: Event): string {
  const component = source?.component || reportingComponent || '';
  const instance = source?.component ? source.host : reportingInstance;
  return instance ? `${component}, ${instance}` : component;
}
