/**
 * What a job does next, and its status. Source: "Jobs", Kubernetes documentation. Pure.
 *
 * Ended pods are counted in two steps, so that each counts once whatever crashes: first their uids stand in
 * `status.uncountedTerminatedPods`; only then they lose the finalizer that holds them, and then they move into the counters
 * (KEP-2307).
 */
import type { Job, JobCondition, JobStatus } from '@kindred/apis/batch/v1';
import type { Pod } from '@kindred/apis/core/v1';
import { formatTime, type Observed } from '@kindred/machinery';
import { isActive, isReady } from '../pod/pod-state.ts';
import { formatIndexes, parseIndexes } from './completion-indexes.ts';
import { backoffLeft, hasFailed, hasSucceeded, indexOf, isIndexed, isTracked, restarts } from './job-pods.ts';

export interface JobPlan {
  readonly status: JobStatus;
  /** Pods that must be let go before the status is written: they are counted in it. */
  readonly release: readonly Observed<Pod>[];
  readonly remove: readonly Observed<Pod>[];
  /** One entry for each pod to make: its index, or undefined when the job isn't indexed. */
  readonly create: readonly (number | undefined)[];
  /** Milliseconds until time alone changes something. */
  readonly lookAgain: number | undefined;
  /** The condition that the job has newly come to: for an event. */
  readonly reached: JobCondition | undefined;
}

interface Outcome {
  readonly type: 'Complete' | 'Failed';
  readonly reason: string;
  readonly message: string;
}

/** @param pods the job's, ended and ending ones as well */
export function planJob(job: Observed<Job>, pods: readonly Observed<Pod>[], now: number): JobPlan {
  const counted = count(job, pods);
  const active = pods.filter(isActive);
  const outcome = outcomeOf(job, { counted, active, pods, now });
  const isSuspended = job.spec?.suspend === true;
  const startTime = isSuspended ? undefined : (job.status?.startTime ?? formatTime(now));
  const changes =
    outcome !== undefined || isSuspended ? { remove: active, create: [] } : resize(job, { counted, active, pods });
  const wait = changes.create.length > 0 ? backoffLeft(job, pods, now) : 0;
  const isSettled =
    counted.uncounted.length === 0 && pods.every((pod) => !isTracked(pod) || counted.release.includes(pod));
  const conditions = conditionsOf(job, { outcome, isDone: isSettled && active.length === 0, now });
  const before = job.status?.conditions ?? [];
  const create = wait > 0 ? [] : changes.create;
  return {
    status: {
      ...countsOf(job, { counted, active, pods }),
      ...(startTime === undefined ? {} : { startTime }),
      ...(conditions.some(({ type, status }) => type === 'Complete' && status === 'True')
        ? { completionTime: job.status?.completionTime ?? formatTime(now) }
        : {}),
      ...(conditions.length === 0 ? {} : { conditions }),
    },
    release: counted.release,
    remove: changes.remove,
    create,
    lookAgain: soonest([wait || undefined, deadlineLeft(job, startTime, now)]),
    reached: conditions.find(({ type, status }) => !before.some((old) => old.type === type && old.status === status)),
  };
}

interface Counted {
  readonly succeeded: number;
  readonly failed: number;
  readonly completed: ReadonlySet<number>;
  readonly uncounted: readonly Observed<Pod>[];
  readonly release: readonly Observed<Pod>[];
}

function count(job: Observed<Job>, pods: readonly Observed<Pod>[]): Counted {
  const { succeeded = 0, failed = 0, uncountedTerminatedPods = {}, completedIndexes } = job.status ?? {};
  const noted = { succeeded: uncountedTerminatedPods.succeeded ?? [], failed: uncountedTerminatedPods.failed ?? [] };
  const known = new Set([...noted.succeeded, ...noted.failed]);
  const tracked = pods.filter(isTracked);
  const uncounted = tracked.filter((pod) => !known.has(pod.metadata.uid) && (hasSucceeded(pod) || hasFailed(job, pod)));
  const completed = parseIndexes(completedIndexes, job.spec?.completions ?? 0);
  for (const pod of tracked.filter(hasSucceeded)) {
    const index = indexOf(pod);
    if (isIndexed(job) && index !== undefined && index < (job.spec?.completions ?? 0)) completed.add(index);
  }
  return {
    succeeded: succeeded + noted.succeeded.length,
    failed: failed + noted.failed.length,
    completed,
    uncounted,
    release: tracked.filter((pod) => known.has(pod.metadata.uid)),
  };
}

function totals(job: Job, { succeeded, failed, completed, uncounted }: Counted): { succeeded: number; failed: number } {
  const fresh = uncounted.filter(hasSucceeded).length;
  return {
    succeeded: isIndexed(job) ? completed.size : succeeded + fresh,
    failed: failed + uncounted.length - fresh,
  };
}

function countsOf(
  job: Observed<Job>,
  { counted, active, pods }: { counted: Counted; active: readonly Observed<Pod>[]; pods: readonly Observed<Pod>[] },
): JobStatus {
  const uids = (of: readonly Observed<Pod>[]): string[] => of.map(({ metadata }) => metadata.uid).sort();
  const succeeded = uids(counted.uncounted.filter(hasSucceeded));
  const failed = uids(counted.uncounted.filter((pod) => !hasSucceeded(pod)));
  const done = isIndexed(job) ? counted.completed.size : counted.succeeded;
  return {
    ...(active.length === 0 ? {} : { active: active.length }),
    ...(done === 0 ? {} : { succeeded: done }),
    ...(counted.failed === 0 ? {} : { failed: counted.failed }),
    ...(counted.completed.size === 0 ? {} : { completedIndexes: formatIndexes(counted.completed) }),
    ready: active.filter(isReady).length,
    terminating: pods.filter((pod) => pod.metadata.deletionTimestamp !== undefined && !isEnded(pod)).length,
    uncountedTerminatedPods: {
      ...(succeeded.length === 0 ? {} : { succeeded }),
      ...(failed.length === 0 ? {} : { failed }),
    },
  };
}

interface Situation {
  readonly counted: Counted;
  readonly active: readonly Observed<Pod>[];
  readonly pods: readonly Observed<Pod>[];
  readonly now: number;
}

/** How the job has ended; undefined while it goes on. What was decided once stands. */
function outcomeOf(job: Observed<Job>, { counted, active, now }: Situation): Outcome | undefined {
  const decided = decidedOutcome(job);
  if (decided !== undefined) return decided;
  const { backoffLimit = 6, completions } = job.spec ?? {};
  const { succeeded, failed } = totals(job, counted);
  if (failed > backoffLimit || restarts(active) > backoffLimit) {
    return { type: 'Failed', reason: 'BackoffLimitExceeded', message: 'Job has reached the specified backoff limit' };
  }
  if (deadlineLeft(job, job.status?.startTime, now) === 0) {
    return { type: 'Failed', reason: 'DeadlineExceeded', message: 'Job was active longer than specified deadline' };
  }
  const isDone = completions === undefined ? succeeded > 0 && active.length === 0 : succeeded >= completions;
  if (!isDone) return undefined;
  return { type: 'Complete', reason: 'CompletionsReached', message: 'Reached expected number of succeeded pods' };
}

function decidedOutcome({ status }: Job): Outcome | undefined {
  for (const [target, type] of [
    ['SuccessCriteriaMet', 'Complete'],
    ['FailureTarget', 'Failed'],
  ] as const) {
    const condition = status?.conditions?.find((candidate) => candidate.type === target && candidate.status === 'True');
    if (condition !== undefined) return { type, reason: condition.reason ?? '', message: condition.message ?? '' };
  }
  return undefined;
}

/** Pods to make or to delete, so that as many run as the job may run now. */
function resize(
  job: Observed<Job>,
  { counted, active, pods }: Omit<Situation, 'now'>,
): { readonly remove: readonly Observed<Pod>[]; readonly create: readonly (number | undefined)[] } {
  const { parallelism = 1, completions, podReplacementPolicy } = job.spec ?? {};
  const { succeeded } = totals(job, counted);
  const left = completions === undefined ? (succeeded > 0 ? active.length : parallelism) : completions - succeeded;
  const wanted = Math.max(0, Math.min(parallelism, left));
  const doubled = isIndexed(job) ? withRepeatedIndex(active, counted.completed) : [];
  const running = active.filter((pod) => !doubled.includes(pod));
  if (running.length > wanted) return { remove: [...doubled, ...running.slice(wanted)], create: [] };
  const ending = pods.filter((pod) => pod.metadata.deletionTimestamp !== undefined && !isEnded(pod));
  const occupied = podReplacementPolicy === 'Failed' ? running.length + ending.length : running.length;
  const missing = Math.max(0, wanted - occupied);
  if (!isIndexed(job)) return { remove: doubled, create: Array<undefined>(missing).fill(undefined) };
  const taken = new Set([...counted.completed, ...running.flatMap((pod) => indexOf(pod) ?? [])]);
  const free = Array.from({ length: completions ?? 0 }, (_, index) => index).filter((index) => !taken.has(index));
  return { remove: doubled, create: free.slice(0, missing) };
}

function withRepeatedIndex(active: readonly Observed<Pod>[], completed: ReadonlySet<number>): Observed<Pod>[] {
  const seen = new Set(completed);
  return active.filter((pod) => {
    const index = indexOf(pod) ?? -1;
    if (index < 0 || seen.has(index)) return true;
    seen.add(index);
    return false;
  });
}

function conditionsOf(
  { spec, status }: Job,
  { outcome, isDone, now }: { outcome: Outcome | undefined; isDone: boolean; now: number },
): JobCondition[] {
  const conditions = [...(status?.conditions ?? [])];
  const add = (condition: Pick<JobCondition, 'type' | 'status' | 'reason' | 'message'>): void => {
    const index = conditions.findIndex(({ type }) => type === condition.type);
    if (conditions[index]?.status === condition.status) return;
    const time = formatTime(now);
    const settledCondition = { ...condition, lastProbeTime: time, lastTransitionTime: time };
    conditions.splice(index < 0 ? conditions.length : index, index < 0 ? 0 : 1, settledCondition);
  };
  if (outcome !== undefined) {
    const { type, reason, message } = outcome;
    add({ type: type === 'Complete' ? 'SuccessCriteriaMet' : 'FailureTarget', status: 'True', reason, message });
    if (isDone) add({ type, status: 'True', reason, message });
    return conditions;
  }
  if (spec?.suspend === true)
    add({ type: 'Suspended', status: 'True', reason: 'JobSuspended', message: 'Job suspended' });
  else if (conditions.some(({ type }) => type === 'Suspended')) {
    add({ type: 'Suspended', status: 'False', reason: 'JobResumed', message: 'Job resumed' });
  }
  return conditions;
}

/** Milliseconds until the job has run too long: 0 when it has; undefined when it may run for ever, or doesn't run. */
function deadlineLeft({ spec }: Job, startTime: string | undefined, now: number): number | undefined {
  if (spec?.activeDeadlineSeconds === undefined || startTime === undefined || spec.suspend === true) return undefined;
  return Math.max(0, Date.parse(startTime) + spec.activeDeadlineSeconds * 1000 - now);
}

export function finishedCondition(status: JobStatus | undefined): JobCondition | undefined {
  return status?.conditions?.find(
    ({ type, status: is }) => (type === 'Complete' || type === 'Failed') && is === 'True',
  );
}

function isEnded({ status }: Pod): boolean {
  return status?.phase === 'Succeeded' || status?.phase === 'Failed';
}

function soonest(times: readonly (number | undefined)[]): number | undefined {
  const known = times.flatMap((time) => (time === undefined ? [] : [time]));
  return known.length === 0 ? undefined : Math.min(...known);
}
