/**
 * What a Service sees of a Pod: whether it is a backend, at which ports, and whether it takes traffic. Pure.
 * Source: "Service" and "EndpointSlices", Kubernetes documentation; upstream's `k8s.io/endpointslice/util`.
 */
import type { Pod, Service, ServicePort } from '@kindred/apis/core/v1';
import type { Observed } from '@kindred/machinery';
import { isFinished, isReady } from '../pod/pod-state.ts';

export interface PodConditions {
  /** Takes traffic. */
  readonly ready: boolean;
  /** Could take traffic, were it not ending. */
  readonly serving: boolean;
  readonly terminating: boolean;
}

/** Where one port of a Service is on one Pod. */
export interface PodPort {
  readonly name: string;
  readonly port: number;
  readonly protocol: string;
  readonly appProtocol: string | undefined;
}

/** True for Services whose endpoints follow from their selector. */
export function hasSelector({ spec }: Service): boolean {
  return spec?.type !== 'ExternalName' && Object.keys(spec?.selector ?? {}).length > 0;
}

export function selects({ spec }: Service, pod: Pod): boolean {
  const labels = pod.metadata.labels ?? {};
  return Object.entries(spec?.selector ?? {}).every(([key, value]) => labels[key] === value);
}

export function isHeadless({ spec }: Service): boolean {
  return spec?.clusterIP === 'None';
}

/** A pod without an address has nothing to be reached at yet; a finished one never will again. */
export function isBackend(pod: Observed<Pod>): boolean {
  return Boolean(pod.status?.podIP) && !isFinished(pod);
}

export function podConditions(service: Service, pod: Observed<Pod>): PodConditions {
  const serving = isReady(pod);
  const terminating = pod.metadata.deletionTimestamp !== undefined;
  const ready = service.spec?.publishNotReadyAddresses === true || (serving && !terminating);
  return { ready, serving, terminating };
}

/** The Service's ports on this Pod; a named target port that the Pod doesn't have is left out. */
export function podPorts({ spec }: Service, pod: Pod): PodPort[] {
  return (spec?.ports ?? []).flatMap((port) => {
    const number = targetPort(port, pod);
    const { name = '', protocol = 'TCP', appProtocol } = port;
    return number === undefined ? [] : [{ name, port: number, protocol, appProtocol }];
  });
}

function targetPort({ port, targetPort: target = port, protocol = 'TCP' }: ServicePort, pod: Pod): number | undefined {
  if (typeof target === 'number') return target;
  const { containers = [], initContainers = [] } = pod.spec ?? {};
  const sidecars = initContainers.filter(({ restartPolicy }) => restartPolicy === 'Always');
  const named = [...containers, ...sidecars]
    .flatMap(({ ports = [] }) => ports)
    .find((candidate) => candidate.name === target && (candidate.protocol ?? 'TCP') === protocol);
  return named?.containerPort;
}

/** The name under which DNS finds the Pod below its Service. */
export function podHostname(service: Service, pod: Pod): string | undefined {
  const { hostname, subdomain } = pod.spec ?? {};
  return hostname && subdomain === service.metadata.name ? hostname : undefined;
}

/** True when a change of a Pod may change a Service's endpoints: not so for its logs' restarts and probes' times. */
export function endpointChanged(pod: Observed<Pod>, old: Observed<Pod> | undefined): boolean {
  if (old === undefined) return true;
  return JSON.stringify(relevant(pod)) !== JSON.stringify(relevant(old));
}

function relevant(pod: Observed<Pod>): unknown[] {
  const { metadata, spec, status } = pod;
  const { labels, deletionTimestamp } = metadata;
  return [labels, deletionTimestamp, status?.podIP, status?.phase, isReady(pod), spec?.nodeName, spec?.hostname];
}

/** The labels of a Service that its endpoints repeat: none of the ones that say what endpoints are. */
export function inheritedLabels({ metadata }: Service): Record<string, string> {
  const reserved = new Set<string>([serviceNameLabel, managedByLabel, endpointsManagedByLabel, headlessLabel]);
  return Object.fromEntries(Object.entries(metadata.labels ?? {}).filter(([key]) => !reserved.has(key)));
}

export const serviceNameLabel = 'kubernetes.io/service-name';
export const managedByLabel = 'endpointslice.kubernetes.io/managed-by';
export const endpointsManagedByLabel = 'endpoints.kubernetes.io/managed-by';
export const headlessLabel = 'service.kubernetes.io/headless';
/** On Endpoints that have slices of their own, so nobody needs to make slices out of them. */
export const skipMirrorLabel = 'endpointslice.kubernetes.io/skip-mirror';
