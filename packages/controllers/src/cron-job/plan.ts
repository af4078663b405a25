/**
 * Whether a cron job starts a job now, which finished ones it forgets, and when to look again. Pure.
 * Source: "CronJob", Kubernetes documentation.
 */
import type { CronJob, CronJobStatus, Job } from '@kindred/apis/batch/v1';
import { formatTime, type Observed } from '@kindred/machinery';
import { finishedCondition } from '../job/plan.ts';
import { latestTime, nextTime, type Schedule } from './cron-schedule.ts';

/** More missed times than these are worth a warning. */
const manyMissed = 100;

export interface CronPlan {
  /** The scheduled time (milliseconds) for which a job starts now. */
  readonly start: number | undefined;
  /** Running jobs that the new one replaces. */
  readonly replace: readonly Observed<Job>[];
  /** Finished jobs beyond the history limits. */
  readonly forget: readonly Observed<Job>[];
  readonly status: CronJobStatus;
  /** Milliseconds until the next scheduled time. */
  readonly lookAgain: number | undefined;
  readonly events: readonly {
    readonly type: 'Normal' | 'Warning';
    readonly reason: string;
    readonly message: string;
  }[];
}

/** @param jobs those that the cron job owns */
export function planCronJob(
  cronJob: Observed<CronJob>,
  jobs: readonly Observed<Job>[],
  { schedule, now }: { readonly schedule: Schedule; readonly now: number },
): CronPlan {
  const running = jobs.filter(({ status }) => finishedCondition(status) === undefined);
  const next = nextTime(schedule, now);
  const base = {
    replace: [],
    forget: surplus(cronJob, jobs),
    status: statusOf(cronJob, jobs, running),
    lookAgain: next === undefined ? undefined : next - now,
    events: [],
  };
  const idle = { ...base, start: undefined };
  if (cronJob.spec?.suspend === true || cronJob.metadata.deletionTimestamp !== undefined) return idle;
  const { time, isLate } = missedTime(cronJob, schedule, now);
  if (time === undefined) return idle;
  const { concurrencyPolicy } = cronJob.spec ?? {};
  if (concurrencyPolicy === 'Forbid' && running.length > 0) {
    const message = 'Not starting job because prior execution is running and concurrency policy is Forbid';
    return { ...idle, events: [{ type: 'Normal', reason: 'JobAlreadyActive', message }] };
  }
  const tooMany = `too many missed start times: more than ${manyMissed}. Set or decrease .spec.startingDeadlineSeconds or check clock skew`;
  return {
    ...base,
    start: time,
    replace: concurrencyPolicy === 'Replace' ? running : [],
    events: isLate ? [{ type: 'Warning', reason: 'TooManyMissedTimes', message: tooMany }] : [],
  };
}

/** The latest scheduled time since the last start, and whether there were so many that something must be wrong. */
function missedTime(
  { metadata, spec, status }: Observed<CronJob>,
  schedule: Schedule,
  now: number,
): { readonly time: number | undefined; readonly isLate: boolean } {
  const last = Date.parse(status?.lastScheduleTime ?? metadata.creationTimestamp);
  const deadline = spec?.startingDeadlineSeconds;
  const from = deadline === undefined ? last : Math.max(last, now - deadline * 1000 - 1);
  let next = nextTime(schedule, from);
  let missed = 0;
  while (next !== undefined && next <= now && missed <= manyMissed) {
    missed++;
    next = nextTime(schedule, next);
  }
  return { time: missed === 0 ? undefined : latestTime(schedule, from, now), isLate: missed > manyMissed };
}

function statusOf(
  { status = {} }: CronJob,
  jobs: readonly Observed<Job>[],
  running: readonly Observed<Job>[],
): CronJobStatus {
  const active = [...running].sort(byStart).map(({ metadata }) => ({
    apiVersion: 'batch/v1',
    kind: 'Job',
    name: metadata.name,
    ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }),
    uid: metadata.uid,
    resourceVersion: metadata.resourceVersion,
  }));
  const successes = jobs.flatMap((job) =>
    finishedCondition(job.status)?.type === 'Complete' ? [Date.parse(job.status?.completionTime ?? '') || 0] : [],
  );
  const latest = Math.max(Date.parse(status.lastSuccessfulTime ?? '') || 0, ...successes);
  return {
    // A running job's own version changes all the time: the reference keeps the one that it was made with.
    ...(active.length === 0 ? {} : { active: active.map((one) => known(status, one.uid) ?? one) }),
    ...(status.lastScheduleTime === undefined ? {} : { lastScheduleTime: status.lastScheduleTime }),
    ...(latest === 0 ? {} : { lastSuccessfulTime: formatTime(latest) }),
  };
}

function known({ active = [] }: CronJobStatus, uid: string) {
  return active.find((reference) => reference.uid === uid);
}

function surplus({ spec }: CronJob, jobs: readonly Observed<Job>[]): Observed<Job>[] {
  const ended = (type: string): Observed<Job>[] =>
    jobs.filter(({ status }) => finishedCondition(status)?.type === type).sort(byStart);
  const beyond = (list: Observed<Job>[], limit: number): Observed<Job>[] =>
    list.slice(0, Math.max(0, list.length - limit));
  return [
    ...beyond(ended('Complete'), spec?.successfulJobsHistoryLimit ?? 3),
    ...beyond(ended('Failed'), spec?.failedJobsHistoryLimit ?? 1),
  ];
}

function byStart(a: Observed<Job>, b: Observed<Job>): number {
  const start = ({ metadata, status }: Observed<Job>): number =>
    Date.parse(status?.startTime ?? metadata.creationTimestamp);
  return start(a) - start(b);
}
