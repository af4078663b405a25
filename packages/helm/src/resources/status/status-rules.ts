/** Which rules a wait goes by: everything (`--wait`), everything with jobs to their end, hooks. */
import { getString, parseGroupVersion, type Unstructured } from '@kindred/machinery';
import {
  conditionsOf,
  current,
  failed,
  genericStatus,
  inProgress,
  type ObjectStatus,
  readyStatus,
  type StatusRule,
} from './object-status.ts';
import { completedJobStatus, completedPodStatus, jobStatus, podStatus } from './pod-status.ts';
import { daemonSetStatus, deploymentStatus, replicaSetStatus, statefulSetStatus } from './workload-status.ts';

const ready: StatusRule = () => current('Resource is always ready');

/** By group and kind; the versions of a kind don't differ in this. */
const ruleOfKind: Readonly<Record<string, StatusRule>> = {
  '/Service': serviceStatus,
  '/Pod': podStatus,
  '/Secret': ready,
  '/ConfigMap': ready,
  '/PersistentVolumeClaim': claimStatus,
  'apps/StatefulSet': statefulSetStatus,
  'apps/DaemonSet': daemonSetStatus,
  'apps/Deployment': deploymentStatus,
  'apps/ReplicaSet': replicaSetStatus,
  'policy/PodDisruptionBudget': () => current('AllowedDisruptions has been computed.'),
  'batch/CronJob': ready,
  'batch/Job': jobStatus,
  'apiextensions.k8s.io/CustomResourceDefinition': definitionStatus,
};

/** The rules of `--wait`. */
export const statusOf: StatusRule = (object, now) => {
  const generic = genericStatus(object);
  if (generic !== undefined) return generic;
  const key = keyOf(object);
  const rule = Object.hasOwn(ruleOfKind, key) ? ruleOfKind[key] : undefined;
  return rule?.(object, now) ?? readyStatus(object) ?? current('Resource is current');
};

/** The rules of `--wait --wait-for-jobs`. */
export const statusWithJobs: StatusRule = (object, now) =>
  keyOf(object) === 'batch/Job' ? completedJobStatus(object, now) : statusOf(object, now);

/** The rules for hooks: jobs and pods must end, everything else is ready at once. */
export const hookStatus: StatusRule = (object, now) => {
  const key = keyOf(object);
  if (key === 'batch/Job') return completedJobStatus(object, now);
  if (key === '/Pod') return completedPodStatus(object, now);
  return current('Resource is current');
};

function keyOf({ apiVersion, kind }: Unstructured): string {
  return `${parseGroupVersion(apiVersion).group}/${kind}`;
}

function serviceStatus(service: Unstructured): ObjectStatus {
  const waits =
    getString(service, 'spec.type') === 'LoadBalancer' && (getString(service, 'spec.clusterIP') ?? '') === '';
  return waits ? inProgress('ClusterIP not set. Service type: LoadBalancer') : current('Service is ready');
}

function claimStatus(claim: Unstructured): ObjectStatus {
  const phase = getString(claim, 'status.phase') ?? 'unknown';
  return phase === 'Bound' ? current('PVC is Bound') : inProgress(`PVC is not Bound. phase: ${phase}`);
}

function definitionStatus(definition: Unstructured): ObjectStatus {
  for (const { type, status, reason, message } of conditionsOf(definition)) {
    if (type === 'NamesAccepted' && status === 'False') return failed(message);
    if (type !== 'Established') continue;
    if (status === 'False' && reason !== 'Installing') return failed(message);
    if (status === 'True') return current('CRD is established');
  }
  return inProgress('Install in progress');
}
