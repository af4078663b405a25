import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PodDisruptionBudget, PodDisruptionBudgetSpec, PodDisruptionBudgetStatus } from '@kindred/apis/policy/v1';
import type { Observed } from '@kindred/machinery';
import { epoch, metadata, pod, timeAt } from '../testing/objects.ts';
import { budgetStatus, nextForgotten } from './budget-status.ts';

function budget(spec: PodDisruptionBudgetSpec, status: PodDisruptionBudgetStatus = {}): Observed<PodDisruptionBudget> {
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: metadata('b', { generation: 1 }),
    spec,
    status,
  };
}

function pods(ready: number, unready = 0) {
  return [
    ...Array.from({ length: ready }, (_, index) => pod(`ready-${index}`, { readySince: 0 })),
    ...Array.from({ length: unready }, (_, index) => pod(`unready-${index}`)),
  ];
}

const cases: [
  PodDisruptionBudgetSpec,
  ready: number,
  unready: number,
  [expected: number, desired: number, allowed: number],
][] = [
  [{ minAvailable: 2 }, 3, 0, [3, 2, 1]],
  [{ minAvailable: 2 }, 2, 1, [3, 2, 0]],
  [{ minAvailable: '50%' }, 4, 0, [4, 2, 2]],
  [{ minAvailable: '51%' }, 4, 0, [4, 3, 1]],
  [{ maxUnavailable: 1 }, 4, 0, [4, 3, 1]],
  [{ maxUnavailable: 1 }, 3, 1, [4, 3, 0]],
  [{ maxUnavailable: '25%' }, 4, 0, [4, 3, 1]],
  [{ maxUnavailable: 9 }, 2, 0, [2, 0, 2]],
  [{ minAvailable: 1 }, 0, 0, [0, 1, 0]],
];

for (const [spec, ready, unready, [expected, desired, allowed]] of cases) {
  test(`${JSON.stringify(spec)} with ${ready} ready and ${unready} other pods`, () => {
    const status = budgetStatus({
      budget: budget(spec),
      pods: pods(ready, unready),
      scale: ready + unready,
      now: epoch,
    });
    assert.deepEqual(
      [status.expectedPods, status.desiredHealthy, status.disruptionsAllowed],
      [expected, desired, allowed],
    );
    assert.equal(status.conditions?.[0]?.reason, allowed > 0 ? 'SufficientPods' : 'InsufficientPods');
  });
}

test('a pod whose eviction was allowed counts as gone until it ends, or for two minutes', () => {
  const disruptedPods = { 'ready-0': timeAt(0), other: timeAt(0) };
  const spent = budget({ minAvailable: 1 }, { disruptedPods });
  const at = (seconds: number) => budgetStatus({ budget: spent, pods: pods(2), scale: 2, now: epoch + seconds * 1000 });
  assert.deepEqual([at(10).currentHealthy, at(10).disruptedPods], [1, { 'ready-0': timeAt(0) }]);
  assert.equal(nextForgotten(at(10), epoch + 10_000), 110_000);
  assert.deepEqual([at(121).currentHealthy, at(121).disruptedPods], [2, undefined]);
});
