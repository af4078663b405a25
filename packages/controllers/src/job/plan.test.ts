import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Job, JobSpec, JobStatus } from '@kindred/apis/batch/v1';
import type { Pod } from '@kindred/apis/core/v1';
import type { Observed } from '@kindred/machinery';
import { epoch, metadata, pod, timeAt } from '../testing/objects.ts';
import { trackingFinalizer } from './job-pods.ts';
import { type JobPlan, planJob } from './plan.ts';

const started: JobStatus = { startTime: timeAt(0) };

function job(spec: Partial<JobSpec> = {}, status: JobStatus = started): Observed<Job> {
  const template = { spec: { containers: [{ name: 'main', image: 'main' }] } };
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: metadata('work'),
    spec: { parallelism: 1, completions: 1, backoffLimit: 6, template, ...spec },
    status,
  };
}

function podIn(
  phase: string,
  more: { index?: number; counted?: boolean; ending?: boolean; created?: number } = {},
): Observed<Pod> {
  const { index, counted = false, ending = false, created = 0 } = more;
  return pod(`p-${phase}`, {
    metadata: {
      creationTimestamp: timeAt(created),
      ...(counted ? {} : { finalizers: [trackingFinalizer] }),
      ...(ending ? { deletionTimestamp: timeAt(1) } : {}),
      ...(index === undefined ? {} : { labels: { 'batch.kubernetes.io/job-completion-index': String(index) } }),
    },
    status: { phase },
  });
}

function conditions({ status }: JobPlan): string[] {
  return (status.conditions ?? []).map(({ type, status: is, reason }) => `${type} ${is} ${reason}`);
}

const plan = (of: Observed<Job>, pods: Observed<Pod>[], seconds = 0): JobPlan =>
  planJob(of, pods, epoch + seconds * 1000);

test('pods are made up to the parallelism, and never more than completions are missing', () => {
  assert.equal(plan(job({ parallelism: 3, completions: 5 }), []).create.length, 3);
  assert.equal(plan(job({ parallelism: 3, completions: 5 }, { ...started, succeeded: 4 }), []).create.length, 1);
  assert.equal(plan(job({ parallelism: 3, completions: 5 }), [podIn('Running')]).create.length, 2);
  assert.equal(plan(job({ parallelism: 0 }), []).create.length, 0);
  assert.equal(plan(job({ parallelism: 1, completions: 5 }), [podIn('Running'), podIn('Running')]).remove.length, 1);
});

test('an ended pod is noted first, then let go and counted', () => {
  const ended = podIn('Succeeded');
  const first = plan(job(), [ended]);
  assert.deepEqual(first.status.uncountedTerminatedPods, { succeeded: [ended.metadata.uid] });
  assert.equal(first.status.succeeded, undefined);
  assert.deepEqual(first.release, []);
  assert.deepEqual(conditions(first), ['SuccessCriteriaMet True CompletionsReached']);
  const second = plan(job({}, first.status), [ended], 5);
  assert.deepEqual(second.release, [ended]);
  assert.deepEqual(second.status.uncountedTerminatedPods, {});
  assert.equal(second.status.succeeded, 1);
  assert.deepEqual(conditions(second), [
    'SuccessCriteriaMet True CompletionsReached',
    'Complete True CompletionsReached',
  ]);
  assert.equal(second.status.completionTime, timeAt(5));
  // The pod is gone before the status was written: it counts all the same, and once.
  assert.equal(plan(job({}, first.status), []).status.succeeded, 1);
});

test('too many failures fail the job and end its other pods', () => {
  const status = { ...started, failed: 6 };
  const running = podIn('Running');
  const failed = plan(job({ parallelism: 2, completions: 9 }, status), [podIn('Failed'), running]);
  assert.deepEqual(conditions(failed), ['FailureTarget True BackoffLimitExceeded']);
  assert.deepEqual([failed.remove, failed.create], [[running], []]);
});

test('after a failure the next pod waits, longer each time', () => {
  const failures = [podIn('Failed', { counted: true }), podIn('Failed', { counted: true, created: 10 })];
  const waiting = plan(job({}, { ...started, failed: 2 }), failures, 11);
  assert.deepEqual([waiting.create.length, waiting.lookAgain], [0, 19_000]);
  assert.equal(plan(job({}, { ...started, failed: 2 }), failures, 30).create.length, 1);
});

test('a job that runs too long fails', () => {
  assert.equal(plan(job({ activeDeadlineSeconds: 30 }), [podIn('Running')], 10).lookAgain, 20_000);
  const late = plan(job({ activeDeadlineSeconds: 30 }), [podIn('Running')], 30);
  assert.deepEqual(conditions(late), ['FailureTarget True DeadlineExceeded']);
  assert.equal(late.remove.length, 1);
});

test('a suspended job has no pods and no start', () => {
  const suspended = plan(job({ suspend: true }), [podIn('Running')]);
  assert.equal(suspended.remove.length, 1);
  assert.equal(suspended.status.startTime, undefined);
  assert.deepEqual(conditions(suspended), ['Suspended True JobSuspended']);
  const resumed = plan(job({}, suspended.status), [], 9);
  assert.deepEqual(conditions(resumed), ['Suspended False JobResumed']);
  assert.equal(resumed.status.startTime, timeAt(9));
});

test('a job without completions is done when one pod has succeeded and none runs', () => {
  const { completions: _, ...spec } = job({ parallelism: 2 }).spec ?? { template: {} };
  const queue = { ...job(), spec };
  assert.equal(plan(queue, []).create.length, 2);
  const one = plan(queue, [podIn('Succeeded'), podIn('Running')]);
  assert.deepEqual([one.create.length, conditions(one)], [0, []]);
  assert.deepEqual(conditions(plan(queue, [podIn('Succeeded')])), ['SuccessCriteriaMet True CompletionsReached']);
});

test('indexed jobs make the indexes that are missing', () => {
  const indexed = job(
    { completionMode: 'Indexed', parallelism: 3, completions: 5 },
    { ...started, completedIndexes: '0,3' },
  );
  assert.deepEqual(plan(indexed, [podIn('Running', { index: 1 })]).create, [2, 4]);
  const done = plan(indexed, [podIn('Succeeded', { index: 1 }), podIn('Running', { index: 1 })]);
  assert.equal(done.status.completedIndexes, '0,1,3');
  assert.equal(done.status.succeeded, 3);
  assert.equal(done.remove.length, 1);
});

test('a pod that is being deleted is replaced at once, or when it has ended', () => {
  const ending = [podIn('Running', { ending: true })];
  assert.equal(plan(job({ podReplacementPolicy: 'Failed' }), ending).create.length, 0);
  const replaced = plan(job({ podReplacementPolicy: 'TerminatingOrFailed' }), ending, 60);
  assert.equal(replaced.status.uncountedTerminatedPods?.failed?.length, 1);
  assert.equal(replaced.create.length, 1);
});
