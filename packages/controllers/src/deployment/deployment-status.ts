/**
 * A deployment's status: counts, and the conditions Available and Progressing with upstream's reasons and messages, which
 * `kubectl rollout status` reads. Pure.
 */
import type { Deployment, DeploymentCondition, DeploymentStatus, ReplicaSet } from '@kindred/apis/apps/v1';
import type { Observed } from '@kindred/machinery';
import { deepEqual, formatTime } from '@kindred/machinery';
import { limitsOf } from './rolling-update.ts';

export interface StatusInput {
  readonly deployment: Observed<Deployment>;
  readonly newSet: Observed<ReplicaSet> | undefined;
  readonly oldSets: readonly Observed<ReplicaSet>[];
  readonly collisionCount: number | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

export function deploymentStatus(input: StatusInput): DeploymentStatus {
  const { deployment, newSet, oldSets, collisionCount, now } = input;
  const sets = newSet === undefined ? oldSets : [newSet, ...oldSets];
  const total = (field: 'replicas' | 'readyReplicas' | 'availableReplicas', of = sets): number =>
    of.reduce((sum, set) => sum + (set.status?.[field] ?? 0), 0);
  const available = total('availableReplicas');
  const wanted = sets.reduce((sum, set) => sum + (set.spec?.replicas ?? 0), 0);
  const counts = {
    observedGeneration: deployment.metadata.generation ?? 0,
    replicas: total('replicas'),
    updatedReplicas: newSet?.status?.replicas ?? 0,
    readyReplicas: total('readyReplicas'),
    availableReplicas: available,
    unavailableReplicas: Math.max(0, wanted - available),
    ...(collisionCount === undefined ? {} : { collisionCount }),
  };
  const conditions = [availableCondition(deployment, available), progressing(input, counts), failure(sets)];
  return { ...counts, conditions: settle(deployment.status?.conditions ?? [], conditions, now) };
}

/** Equal as far as readers care: the API server leaves out counts of 0. */
export function sameStatus(wanted: DeploymentStatus, present: DeploymentStatus | undefined): boolean {
  const withoutZeros = (status: DeploymentStatus): object =>
    Object.fromEntries(Object.entries(status).filter(([, value]) => value !== 0));
  return deepEqual(withoutZeros(wanted), withoutZeros(present ?? {}));
}

type Wanted = Pick<DeploymentCondition, 'type' | 'status' | 'reason' | 'message'> & {
  /** Progress was made: lastUpdateTime moves even when nothing else does. */
  readonly progressed?: boolean;
};

function availableCondition(deployment: Deployment, available: number): Wanted {
  const { replicas, maxUnavailable } = limitsOf(deployment);
  return available >= replicas - maxUnavailable
    ? {
        type: 'Available',
        status: 'True',
        reason: 'MinimumReplicasAvailable',
        message: 'Deployment has minimum availability.',
      }
    : {
        type: 'Available',
        status: 'False',
        reason: 'MinimumReplicasUnavailable',
        message: 'Deployment does not have minimum availability.',
      };
}

type Counts = Required<Pick<DeploymentStatus, 'replicas' | 'updatedReplicas' | 'readyReplicas' | 'availableReplicas'>>;

/** True when all replicas are of the new template and available, and nothing old runs. */
export function isComplete(deployment: Deployment, counts: Partial<Counts>): boolean {
  const replicas = deployment.spec?.replicas ?? 1;
  return counts.updatedReplicas === replicas && counts.replicas === replicas && counts.availableReplicas === replicas;
}

function progressing(input: StatusInput, counts: Counts): Wanted | undefined {
  const { deployment, newSet, now } = input;
  const existing = deployment.status?.conditions?.find(({ type }) => type === 'Progressing');
  if (deployment.spec?.paused === true) {
    return {
      type: 'Progressing',
      status: 'Unknown',
      reason: 'DeploymentPaused',
      message: 'Deployment is paused',
    };
  }
  const name =
    newSet === undefined ? `Deployment "${deployment.metadata.name}"` : `ReplicaSet "${newSet.metadata.name}"`;
  if (isComplete(deployment, counts)) {
    return {
      type: 'Progressing',
      status: 'True',
      reason: 'NewReplicaSetAvailable',
      message: `${name} has successfully progressed.`,
    };
  }
  if (existing?.reason === 'DeploymentPaused') {
    return {
      type: 'Progressing',
      status: 'Unknown',
      reason: 'DeploymentResumed',
      message: 'Deployment is resumed',
      progressed: true,
    };
  }
  if (existing === undefined || existing.reason === 'NewReplicaSetAvailable' || madeProgress(deployment, counts)) {
    return {
      type: 'Progressing',
      status: 'True',
      reason: 'ReplicaSetUpdated',
      message: `${name} is progressing.`,
      progressed: true,
    };
  }
  if (isTimedOut(deployment, existing, now)) {
    return {
      type: 'Progressing',
      status: 'False',
      reason: 'ProgressDeadlineExceeded',
      message: `${name} has timed out progressing.`,
    };
  }
  return existing;
}

function madeProgress({ status = {} }: Deployment, counts: Counts): boolean {
  const old = (status.replicas ?? 0) - (status.updatedReplicas ?? 0);
  return (
    counts.updatedReplicas > (status.updatedReplicas ?? 0) ||
    counts.replicas - counts.updatedReplicas < old ||
    counts.readyReplicas > (status.readyReplicas ?? 0) ||
    counts.availableReplicas > (status.availableReplicas ?? 0)
  );
}

function isTimedOut(deployment: Deployment, condition: DeploymentCondition, now: number): boolean {
  const left = progressDeadline(deployment, condition);
  return left !== undefined && now >= left;
}

/** When a rollout without progress is called failed, in milliseconds since the epoch; undefined when there is no limit. */
export function progressDeadline(
  deployment: Deployment,
  condition: DeploymentCondition | undefined,
): number | undefined {
  const seconds = deployment.spec?.progressDeadlineSeconds;
  // The largest int32 means no limit, as the older API versions default it.
  if (seconds === undefined || seconds === 2_147_483_647 || condition?.lastUpdateTime === undefined) return undefined;
  return Date.parse(condition.lastUpdateTime) + seconds * 1000;
}

function failure(sets: readonly Observed<ReplicaSet>[]): Wanted | undefined {
  const failed = sets
    .flatMap((set) => set.status?.conditions ?? [])
    .find(({ type, status }) => type === 'ReplicaFailure' && status === 'True');
  if (failed === undefined) return undefined;
  const { reason = '', message = '' } = failed;
  return { type: 'ReplicaFailure', status: 'True', reason, message };
}

/** Gives times to the conditions: a transition when the status changed, an update when anything did or progress was made. */
function settle(
  current: readonly DeploymentCondition[],
  wanted: readonly (Wanted | undefined)[],
  now: number,
): DeploymentCondition[] {
  const time = formatTime(now);
  return wanted.flatMap((condition) => {
    if (condition === undefined) return [];
    const { progressed = false, type, status, reason = '', message = '' } = condition;
    const before = current.find((existing) => existing.type === type);
    const same = before?.status === status && before.reason === reason && before.message === message;
    if (before !== undefined && same && !progressed) return [before];
    const lastTransitionTime = before?.status === status ? (before.lastTransitionTime ?? time) : time;
    return [{ type, status, reason, message, lastUpdateTime: time, lastTransitionTime }];
  });
}
