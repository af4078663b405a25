import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DeploymentStatus } from '@kindred/apis/apps/v1';
import { deployment, epoch, replicaSet, timeAt } from '../testing/objects.ts';
import { deploymentStatus } from './deployment-status.ts';

function statusOf(options: {
  spec?: object;
  before?: DeploymentStatus;
  available?: number;
  old?: number;
  seconds?: number;
}): DeploymentStatus {
  const { spec = {}, before, available = 0, old = 0, seconds = 0 } = options;
  const web = {
    ...deployment({ replicas: 3, progressDeadlineSeconds: 600, ...spec }),
    ...(before && { status: before }),
  };
  const newSet = replicaSet('web-1', { replicas: 3, available });
  const oldSets = old === 0 ? [] : [replicaSet('web-0', { replicas: old, image: 'main:0' })];
  return deploymentStatus({ deployment: web, newSet, oldSets, collisionCount: undefined, now: epoch + seconds * 1000 });
}

function conditions(status: DeploymentStatus): Record<string, string> {
  return Object.fromEntries((status.conditions ?? []).map(({ type, status: is, reason }) => [type, `${is} ${reason}`]));
}

test('a rollout begins, completes, and stays so without another write', () => {
  const begun = statusOf({});
  assert.deepEqual(conditions(begun), {
    Available: 'False MinimumReplicasUnavailable',
    Progressing: 'True ReplicaSetUpdated',
  });
  assert.equal(begun.unavailableReplicas, 3);
  const done = statusOf({ before: begun, available: 3, seconds: 5 });
  assert.deepEqual(conditions(done), {
    Available: 'True MinimumReplicasAvailable',
    Progressing: 'True NewReplicaSetAvailable',
  });
  const progressing = done.conditions?.find(({ type }) => type === 'Progressing');
  assert.equal(progressing?.message, 'ReplicaSet "web-1" has successfully progressed.');
  assert.equal(progressing?.lastTransitionTime, timeAt(0));
  assert.equal(progressing?.lastUpdateTime, timeAt(5));
  assert.deepEqual(statusOf({ before: done, available: 3, seconds: 500 }), done);
});

test('no progress within the deadline fails the rollout; progress moves the deadline', () => {
  const begun = statusOf({});
  assert.deepEqual(statusOf({ before: begun, seconds: 599 }), begun);
  const late = statusOf({ before: begun, seconds: 601 });
  assert.equal(conditions(late)['Progressing'], 'False ProgressDeadlineExceeded');
  assert.equal(
    late.conditions?.find(({ type }) => type === 'Progressing')?.message,
    'ReplicaSet "web-1" has timed out progressing.',
  );
  const moved = statusOf({ before: begun, available: 1, seconds: 500 });
  assert.equal(
    conditions(statusOf({ before: moved, available: 1, seconds: 700 }))['Progressing'],
    'True ReplicaSetUpdated',
  );
});

test('a failed rollout that completes after all is a success', () => {
  const late = statusOf({ before: statusOf({}), seconds: 601 });
  assert.equal(
    conditions(statusOf({ before: late, available: 3, seconds: 700 }))['Progressing'],
    'True NewReplicaSetAvailable',
  );
});

test('pause and resume show', () => {
  const begun = statusOf({ old: 2 });
  const paused = statusOf({ before: begun, spec: { paused: true }, old: 2 });
  assert.equal(conditions(paused)['Progressing'], 'Unknown DeploymentPaused');
  const resumed = statusOf({ before: paused, old: 2 });
  assert.equal(conditions(resumed)['Progressing'], 'Unknown DeploymentResumed');
});

test('what a set could not create shows at its deployment', () => {
  const web = deployment({ replicas: 1 });
  const failure = { type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: 'quota' };
  const newSet = {
    ...replicaSet('web-1', { replicas: 1, available: 0 }),
    status: { replicas: 0, conditions: [failure] },
  };
  const status = deploymentStatus({ deployment: web, newSet, oldSets: [], collisionCount: undefined, now: epoch });
  assert.equal(conditions(status)['ReplicaFailure'], 'True FailedCreate');
});
