/** Observed objects for tests of pure functions: what a server would have filled in, with as little as a test says. */

import type { Deployment, DeploymentSpec, ReplicaSet } from '@kindred/apis/apps/v1';
import type { Node, NodeSpec, Pod, PodSpec, PodStatus, Service, ServiceSpec } from '@kindred/apis/core/v1';
import type { KubeObject, ObjectMeta, Observed, OwnerReference } from '@kindred/machinery';
import { formatTime } from '@kindred/machinery';

let count = 0;

type Meta = Omit<ObjectMeta, 'creationTimestamp'> & { readonly creationTimestamp?: string };

/** The time at which test objects were made. */
export const epoch: number = Date.UTC(2026, 0, 1);

/** RFC 3339, `seconds` after the epoch of the tests. */
export function timeAt(seconds: number): string {
  return formatTime(epoch + seconds * 1000);
}

export function metadata(name: string, more: Meta = {}): Observed<KubeObject>['metadata'] {
  return {
    name,
    namespace: 'default',
    uid: `uid-${count++}`,
    resourceVersion: String(count),
    creationTimestamp: timeAt(0),
    ...more,
  };
}

export interface PodOptions {
  readonly metadata?: Meta;
  readonly spec?: Partial<PodSpec>;
  readonly status?: PodStatus;
  /** Ready since this many seconds after the epoch. */
  readonly readySince?: number;
}

export function pod(name: string, { metadata: meta, spec, status, readySince }: PodOptions = {}): Observed<Pod> {
  const ready =
    readySince === undefined ? [] : [{ type: 'Ready', status: 'True', lastTransitionTime: timeAt(readySince) }];
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: metadata(name, meta),
    spec: { containers: [{ name: 'main', image: 'main' }], ...spec },
    status: { phase: readySince === undefined ? 'Pending' : 'Running', conditions: ready, ...status },
  };
}

export function node(name: string, spec: NodeSpec = {}, labels: Record<string, string> = {}): Observed<Node> {
  const { namespace: _, ...meta } = metadata(name, { labels });
  const allocatable = { cpu: '4', memory: '8Gi', pods: '110' };
  return { apiVersion: 'v1', kind: 'Node', metadata: meta, spec, status: { allocatable } };
}

export function service(spec: ServiceSpec, name = 'web'): Observed<Service> {
  return { apiVersion: 'v1', kind: 'Service', metadata: metadata(name), spec: { clusterIP: '10.96.0.9', ...spec } };
}

export function deployment(spec: Partial<DeploymentSpec>, meta: Meta = {}): Observed<Deployment> {
  const labels = { app: 'web' };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: metadata('web', { generation: 1, ...meta }),
    spec: {
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'main', image: 'main:1' }] } },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } },
      ...spec,
    },
  };
}

export interface SetOptions {
  readonly replicas?: number;
  readonly available?: number;
  readonly revision?: number;
  readonly image?: string;
  readonly metadata?: Meta;
}

export function replicaSet(name: string, options: SetOptions = {}): Observed<ReplicaSet> {
  const { replicas = 0, available = replicas, revision = 1, image = 'main:1', metadata: meta = {} } = options;
  const labels = { app: 'web', 'pod-template-hash': name };
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: metadata(name, {
      generation: 1,
      labels,
      annotations: { 'deployment.kubernetes.io/revision': String(revision) },
      ...meta,
    }),
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'main', image }] } },
    },
    status: { replicas, readyReplicas: available, availableReplicas: available, observedGeneration: 1 },
  };
}

export function owner(uid: string, more: Partial<OwnerReference> = {}): OwnerReference {
  return { apiVersion: 'v1', kind: 'ConfigMap', name: uid, uid, ...more };
}
