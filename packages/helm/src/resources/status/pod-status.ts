/** Statuses of pods and jobs by kstatus, and as helm looks at them in hooks, where only their end counts. */
import { getList, getNumber, getString, isJsonObject, parseTime, type Unstructured } from '@kindred/machinery';
import { conditionsOf, current, failed, inProgress, type ObjectStatus, type StatusRule } from './object-status.ts';

/** A pod that finds no node is given this long before it counts as failed. */
const SCHEDULE_WINDOW = 15_000;

export const podStatus: StatusRule = (pod, now) => {
  const phase = getString(pod, 'status.phase') ?? '';
  switch (phase) {
    case 'Succeeded':
      return current('Pod has completed successfully');
    case 'Failed':
      // Nothing more will come of it: helm goes on.
      return current('Pod has completed, but not successfully');
    case 'Running':
      return runningStatus(pod);
    case 'Pending':
      return pendingStatus(pod, now);
    case '':
      return inProgress('Pod phase not available');
    default:
      return { status: 'Unknown', message: `unknown phase ${phase}` };
  }
};

function runningStatus(pod: Unstructured): ObjectStatus {
  if (conditionsOf(pod).some(({ type, status }) => type === 'Ready' && status === 'True'))
    return current('Pod is Ready');
  const looping = ['initContainerStatuses', 'containerStatuses']
    .flatMap((list) => getList(pod, ['status', list]))
    .filter((container) => getString(container, 'state.waiting.reason') === 'CrashLoopBackOff')
    .map((container) => getString(container, 'name') ?? '');
  if (looping.length > 0) return failed(`Containers in CrashLoop state: ${looping.join(',')}`);
  return inProgress('Pod is running but is not Ready');
}

function pendingStatus(pod: Unstructured, now: number): ObjectStatus {
  const unschedulable = conditionsOf(pod).some(
    ({ type, status, reason }) => type === 'PodScheduled' && status === 'False' && reason === 'Unschedulable',
  );
  if (!unschedulable) return inProgress('Pod is in the Pending phase');
  const recheckAt = (parseTime(pod.metadata.creationTimestamp ?? '') ?? now) + SCHEDULE_WINDOW;
  if (now >= recheckAt) return failed('Pod could not be scheduled');
  return { ...inProgress('Pod has not been scheduled'), recheckAt };
}

export const jobStatus: StatusRule = (job) => {
  const ended = endOfJob(job);
  if (ended !== undefined) return ended;
  if ((getString(job, 'status.startTime') ?? '') === '') return inProgress('Job not started');
  const { succeeded, active, failures } = jobCounters(job);
  return current(`Job in progress. success:${succeeded}, active: ${active}, failed: ${failures}`);
};

/** With `--wait-for-jobs` and in hooks: a job is ready when it has ended well. */
export const completedJobStatus: StatusRule = (job) => endOfJob(job) ?? inProgress('Job in progress');

/** In hooks: a pod is ready when it has ended well. */
export const completedPodStatus: StatusRule = (pod) => {
  const phase = getString(pod, 'status.phase');
  const name = pod.metadata.name ?? '';
  if (phase === 'Succeeded') return current(`pod ${name} succeeded`);
  return phase === 'Failed' ? failed(`pod ${name} failed`) : inProgress('Pod in progress');
};

function endOfJob(job: Unstructured): ObjectStatus | undefined {
  const { completions, succeeded, failures } = jobCounters(job);
  for (const { type, status } of conditionsOf(job)) {
    if (status !== 'True') continue;
    if (type === 'Complete') return current(`Job Completed. succeeded: ${succeeded}/${completions}`);
    if (type === 'Failed') return failed(`Job Failed. failed: ${failures}/${completions}`);
  }
  return undefined;
}

function jobCounters(job: Unstructured) {
  const count = (path: string): number => getNumber(job, path) ?? 0;
  const completions = getNumber(job, 'spec.completions') ?? getNumber(job, 'spec.parallelism') ?? 1;
  return {
    completions,
    succeeded: count('status.succeeded'),
    active: count('status.active'),
    failures: count('status.failed'),
  };
}

/** Names of the containers of a pod that wait, failed or restart: those whose logs say why. */
export function troubledContainers(pod: Unstructured): string[] {
  return ['initContainerStatuses', 'containerStatuses']
    .flatMap((list) => getList(pod, ['status', list]))
    .filter(isJsonObject)
    .filter((status) => status['ready'] !== true && getString(status, 'state.terminated.reason') !== 'Completed')
    .map((status) => getString(status, 'name') ?? '');
}
