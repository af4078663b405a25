import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Pod, PodCondition } from '@kindred/apis/core/v1';
import { podConditions } from './pod-conditions.ts';

function podWith(conditions: PodCondition[]): Pod {
  const spec = { containers: [{ name: 'main' }] };
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'kubia' }, spec, status: { conditions } };
}

const view = {
  records: new Map(),
  decision: { start: [], stop: [], initialized: true },
  phase: 'Running',
  hasSandbox: true,
} as const;
const minute = (count: number) => Date.UTC(2026, 0, 1, 0, count);

it('says the same whatever older state of the pod it is shown', () => {
  const first = podConditions({ ...view, pod: podWith([]), now: minute(0) });
  const older = podWith([{ type: 'Ready', status: 'True', lastTransitionTime: '2025-12-31T00:00:00Z' }]);
  const again = podConditions({ ...view, pod: older, written: first, now: minute(5) });
  assert.deepEqual(again, first);
  assert.deepEqual(podConditions({ ...view, pod: podWith(first), written: first, now: minute(6) }), first);
});

it('leaves the conditions of others out', () => {
  const pod = podWith([
    { type: 'PodScheduled', status: 'True' },
    { type: 'example.com/gate', status: 'True' },
  ]);
  const types = podConditions({ ...view, pod, now: minute(0) }).map(({ type }) => type);
  assert.deepEqual(types, ['PodReadyToStartContainers', 'Initialized', 'Ready', 'ContainersReady']);
});
