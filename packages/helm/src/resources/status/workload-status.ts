/** Statuses of workloads by kstatus: replica counters against what is wanted. */
import { getNumber, getString, type Unstructured } from '@kindred/machinery';
import { conditionsOf, current, failed, inProgress, type ObjectStatus } from './object-status.ts';

/** A deadline of this many seconds stands for none; the controller reports no progress then. */
const NO_DEADLINE = 2 ** 31 - 1;

export function deploymentStatus(object: Unstructured): ObjectStatus {
  const conditions = conditionsOf(object);
  const progressing = conditions.find(({ type }) => type === 'Progressing');
  if (progressing?.reason === 'ProgressDeadlineExceeded') return failed('Progress deadline exceeded');
  const { wanted, existing, updated, ready, available } = counters(object);
  if (wanted > existing) return inProgress(`Replicas: ${existing}/${wanted}`);
  if (wanted > updated) return inProgress(`Updated: ${updated}/${wanted}`);
  if (existing > wanted) return inProgress(`Pending termination: ${existing - wanted}`);
  if (updated > available) return inProgress(`Available: ${available}/${updated}`);
  if (wanted > ready) return inProgress(`Ready: ${ready}/${wanted}`);
  const hasProgressed =
    (progressing?.status === 'True' && progressing.reason === 'NewReplicaSetAvailable') ||
    getNumber(object, 'spec.progressDeadlineSeconds') === NO_DEADLINE;
  if (!hasProgressed) return inProgress('ReplicaSet not Available');
  const isAvailable = conditions.some(({ type, status }) => type === 'Available' && status === 'True');
  if (!isAvailable) return inProgress('Deployment not Available');
  return current(`Deployment is available. Replicas: ${existing}`);
}

export function replicaSetStatus(object: Unstructured): ObjectStatus {
  if (conditionsOf(object).some(({ type, status }) => type === 'ReplicaFailure' && status === 'True')) {
    return inProgress('Replica Failure condition. Check Pods');
  }
  const { wanted, existing, ready, available } = counters(object);
  const labelled = getNumber(object, 'status.fullyLabeledReplicas') ?? 0;
  if (wanted > labelled) return inProgress(`Labelled: ${labelled}/${wanted}`);
  if (wanted > available) return inProgress(`Available: ${available}/${wanted}`);
  if (wanted > ready) return inProgress(`Ready: ${ready}/${wanted}`);
  if (existing > wanted) return inProgress(`Pending termination: ${existing - wanted}`);
  return current(`ReplicaSet is available. Replicas: ${existing}`);
}

export function statefulSetStatus(object: Unstructured): ObjectStatus {
  if (getString(object, 'spec.updateStrategy.type') === 'OnDelete') {
    return current('StatefulSet is using the ondelete update strategy');
  }
  const { wanted, existing, updated, ready } = counters(object);
  if (wanted > existing) return inProgress(`Replicas: ${existing}/${wanted}`);
  if (wanted > ready) return inProgress(`Ready: ${ready}/${wanted}`);
  if (existing > wanted) return inProgress(`Pending termination: ${existing - wanted}`);
  const partition = getNumber(object, 'spec.updateStrategy.rollingUpdate.partition');
  if (partition !== undefined && partition !== -1) {
    if (updated < wanted - partition) return inProgress(`updated: ${updated}/${wanted - partition}`);
    return current(`Partition rollout complete. updated: ${updated}`);
  }
  const ofRevision = getNumber(object, 'status.currentReplicas') ?? 0;
  if (wanted > ofRevision) return inProgress(`current: ${ofRevision}/${wanted}`);
  if (getString(object, 'status.currentRevision') !== getString(object, 'status.updateRevision')) {
    return inProgress('Waiting for updated revision to match current');
  }
  return current(`All replicas scheduled as expected. Replicas: ${existing}`);
}

export function daemonSetStatus(object: Unstructured): ObjectStatus {
  if (object.metadata.generation === undefined) return inProgress(`${object.kind} metadata.generation not found`);
  const count = (name: string): number => getNumber(object, ['status', name]) ?? 0;
  if (getNumber(object, 'status.observedGeneration') === undefined) {
    return inProgress(`${object.kind} status.observedGeneration not found`);
  }
  const wanted = getNumber(object, 'status.desiredNumberScheduled');
  if (wanted === undefined) return inProgress('Missing .status.desiredNumberScheduled');
  const counts = [
    ['Current', count('currentNumberScheduled')],
    ['Updated', count('updatedNumberScheduled')],
    ['Available', count('numberAvailable')],
    ['Ready', count('numberReady')],
  ] as const;
  const short = counts.find(([, number]) => wanted > number);
  if (short !== undefined) return inProgress(`${short[0]}: ${short[1]}/${wanted}`);
  return current(`All replicas scheduled as expected. Replicas: ${wanted}`);
}

function counters(object: Unstructured) {
  return {
    wanted: getNumber(object, 'spec.replicas') ?? 1,
    existing: getNumber(object, 'status.replicas') ?? 0,
    updated: getNumber(object, 'status.updatedReplicas') ?? 0,
    ready: getNumber(object, 'status.readyReplicas') ?? 0,
    available: getNumber(object, 'status.availableReplicas') ?? 0,
  };
}
