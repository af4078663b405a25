/**
 * When helm 3 took an object for ready (`--wait=legacy`): fewer kinds than kstatus, updates may leave as many replicas
 * unavailable as their strategy allows, load balancers must have an address, custom resources are always ready.
 */
import {
  getList,
  getNumber,
  getPath,
  getString,
  type IntOrString,
  parseGroupVersion,
  scaledIntOrPercent,
  type Unstructured,
} from '@kindred/machinery';
import { conditionsOf, current, failed, inProgress, type StatusRule } from '../status/object-status.ts';
import { hookStatus } from '../status/status-rules.ts';

/** With `jobs`, jobs must have succeeded. */
export function legacyStatus({ jobs }: { readonly jobs: boolean }): StatusRule {
  return (object) => {
    const kind = `${parseGroupVersion(object.apiVersion).group}/${object.kind}`;
    if (kind === 'batch/Job' && !jobs) return current('ready');
    const check = Object.hasOwn(isReady, kind) ? isReady[kind] : undefined;
    return check === undefined || check(object) ? current('ready') : inProgress(`${object.kind} is not ready`);
  };
}

/** For hooks: jobs and pods must end; a job says why it failed. */
export const legacyHookStatus: StatusRule = (object, now) => {
  const ended = hookStatus(object, now);
  if (ended.status !== 'Failed' || object.kind !== 'Job') return ended;
  const { reason = '' } = conditionsOf(object).find(({ type }) => type === 'Failed') ?? {};
  return failed(`job ${object.metadata.name} failed: ${reason}`);
};

const isReady: Readonly<Record<string, (object: Unstructured) => boolean>> = {
  '/Pod': (pod) => hasCondition(pod, 'Ready', 'True'),
  '/PersistentVolumeClaim': (claim) => getString(claim, 'status.phase') === 'Bound',
  '/ReplicationController': replicasReady,
  '/Service': serviceReady,
  'apps/DaemonSet': daemonSetReady,
  'apps/Deployment': deploymentReady,
  'apps/ReplicaSet': replicasReady,
  'apps/StatefulSet': statefulSetReady,
  'batch/Job': (job) => count(job, 'status.succeeded') >= (getNumber(job, 'spec.completions') ?? 1),
  'apiextensions.k8s.io/CustomResourceDefinition': (definition) =>
    hasCondition(definition, 'Established', 'True') || hasCondition(definition, 'NamesAccepted', 'False'),
};

function deploymentReady(deployment: Unstructured): boolean {
  if (getPath(deployment, 'spec.paused') === true) return true;
  if (!isObserved(deployment)) return false;
  const wanted = getNumber(deployment, 'spec.replicas') ?? 1;
  const old = count(deployment, 'status.replicas') - count(deployment, 'status.updatedReplicas');
  // What the new ReplicaSet has at least: all old pods may be among the ready ones.
  const ready = count(deployment, 'status.readyReplicas') - old;
  return ready >= wanted - deploymentMaxUnavailable(deployment, wanted);
}

function deploymentMaxUnavailable(deployment: Unstructured, wanted: number): number {
  if (wanted === 0 || getString(deployment, 'spec.strategy.type') !== 'RollingUpdate') return 0;
  const surge = scaled(getPath(deployment, 'spec.strategy.rollingUpdate.maxSurge') ?? '25%', wanted, true);
  const unavailable = scaled(getPath(deployment, 'spec.strategy.rollingUpdate.maxUnavailable') ?? '25%', wanted, false);
  // Something must be allowed to change.
  return Math.min(wanted, surge === 0 && unavailable === 0 ? 1 : unavailable);
}

function statefulSetReady(set: Unstructured): boolean {
  if (!isObserved(set)) return false;
  if (getString(set, 'spec.updateStrategy.type') !== 'RollingUpdate') return true;
  const wanted = getNumber(set, 'spec.replicas') ?? 1;
  const partition = getNumber(set, 'spec.updateStrategy.rollingUpdate.partition') ?? 0;
  if (count(set, 'status.updatedReplicas') < wanted - partition) return false;
  if (count(set, 'status.readyReplicas') !== wanted) return false;
  return partition !== 0 || getString(set, 'status.currentRevision') === getString(set, 'status.updateRevision');
}

function daemonSetReady(set: Unstructured): boolean {
  if (!isObserved(set)) return false;
  if (getString(set, 'spec.updateStrategy.type') !== 'RollingUpdate') return true;
  const wanted = count(set, 'status.desiredNumberScheduled');
  if (count(set, 'status.updatedNumberScheduled') !== wanted) return false;
  const unavailable = scaled(getPath(set, 'spec.updateStrategy.rollingUpdate.maxUnavailable') ?? 1, wanted, true);
  return count(set, 'status.numberReady') >= wanted - unavailable;
}

function replicasReady(object: Unstructured): boolean {
  return isObserved(object) && count(object, 'status.readyReplicas') >= (getNumber(object, 'spec.replicas') ?? 1);
}

function serviceReady(service: Unstructured): boolean {
  const type = getString(service, 'spec.type');
  if (type === 'ExternalName') return true;
  if ((getString(service, 'spec.clusterIP') ?? '') === '') return false;
  if (type !== 'LoadBalancer' || getList(service, 'spec.externalIPs').length > 0) return true;
  return getPath(service, 'status.loadBalancer.ingress') !== undefined;
}

function isObserved(object: Unstructured): boolean {
  return count(object, 'status.observedGeneration') === (object.metadata.generation ?? 0);
}

function count(object: Unstructured, path: string): number {
  return getNumber(object, path) ?? 0;
}

function hasCondition(object: Unstructured, wantedType: string, wantedStatus: string): boolean {
  return conditionsOf(object).some(({ type, status }) => type === wantedType && status === wantedStatus);
}

function scaled(value: unknown, total: number, roundUp: boolean): number {
  const amount: IntOrString = typeof value === 'number' || typeof value === 'string' ? value : 0;
  return scaledIntOrPercent(amount, total, { roundUp }) ?? 0;
}
