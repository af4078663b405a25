import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CronJob, CronJobSpec, CronJobStatus, Job } from '@kindred/apis/batch/v1';
import type { Observed } from '@kindred/machinery';
import { epoch, metadata, timeAt } from '../testing/objects.ts';
import { parseSchedule } from './cron-schedule.ts';
import { type CronPlan, planCronJob } from './plan.ts';

const schedule = parseSchedule('*/10 * * * *', 'Etc/UTC');
const minute = 60;

function cronJob(spec: Partial<CronJobSpec> = {}, status: CronJobStatus = {}): Observed<CronJob> {
  return {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: metadata('tick'),
    spec: { schedule: '', jobTemplate: {}, ...spec },
    status,
  };
}

function job(name: string, end?: 'Complete' | 'Failed', started = 0): Observed<Job> {
  const conditions = end === undefined ? [] : [{ type: end, status: 'True' }];
  const status = { startTime: timeAt(started), completionTime: timeAt(started + 1), conditions };
  return { apiVersion: 'batch/v1', kind: 'Job', metadata: metadata(name), status };
}

const plan = (of: Observed<CronJob>, jobs: Observed<Job>[], seconds: number): CronPlan =>
  planCronJob(of, jobs, { schedule, now: epoch + seconds * 1000 });

test('a job starts at its time, and not before', () => {
  const early = plan(cronJob(), [], 9 * minute);
  assert.deepEqual([early.start, early.lookAgain], [undefined, minute * 1000]);
  assert.equal(plan(cronJob(), [], 10 * minute).start, epoch + 10 * minute * 1000);
  const started = cronJob({}, { lastScheduleTime: timeAt(10 * minute) });
  assert.equal(plan(started, [], 11 * minute).start, undefined);
});

test('of several missed times only the latest counts, within the deadline', () => {
  assert.equal(plan(cronJob(), [], 35 * minute).start, epoch + 30 * minute * 1000);
  assert.equal(plan(cronJob({ startingDeadlineSeconds: 100 }), [], 35 * minute).start, undefined);
  const late = plan(cronJob(), [], 5000 * minute);
  assert.equal(late.start, epoch + 5000 * minute * 1000);
  assert.equal(late.events[0]?.reason, 'TooManyMissedTimes');
});

test('a running job is joined, waited for, or replaced', () => {
  const running = job('before');
  assert.notEqual(plan(cronJob(), [running], 10 * minute).start, undefined);
  const forbidden = plan(cronJob({ concurrencyPolicy: 'Forbid' }), [running], 10 * minute);
  assert.deepEqual([forbidden.start, forbidden.events[0]?.reason], [undefined, 'JobAlreadyActive']);
  const replacing = plan(cronJob({ concurrencyPolicy: 'Replace' }), [running], 10 * minute);
  assert.deepEqual(replacing.replace, [running]);
});

test('a suspended cron job starts nothing', () => {
  assert.equal(plan(cronJob({ suspend: true }), [], 10 * minute).start, undefined);
});

test('old jobs beyond the limits are forgotten, oldest first', () => {
  const jobs = [
    job('c2', 'Complete', 2),
    job('c1', 'Complete', 1),
    job('f1', 'Failed', 3),
    job('f2', 'Failed', 4),
    job('r'),
  ];
  const names = (spec: Partial<CronJobSpec>) => plan(cronJob(spec), jobs, 0).forget.map((old) => old.metadata.name);
  assert.deepEqual(names({}), ['f1']);
  assert.deepEqual(names({ successfulJobsHistoryLimit: 1, failedJobsHistoryLimit: 0 }), ['c1', 'f1', 'f2']);
});

test('the status names what runs and the last success', () => {
  const { status } = plan(cronJob(), [job('done', 'Complete', 5), job('runs')], 0);
  assert.deepEqual(
    status.active?.map(({ name }) => name),
    ['runs'],
  );
  assert.equal(status.lastSuccessfulTime, timeAt(6));
});
