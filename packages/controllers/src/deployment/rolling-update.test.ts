import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { deployment } from '../testing/objects.ts';
import { type Limits, limitsOf, type SetState, scaleDown, scaleProportionally, scaleUp } from './rolling-update.ts';

function set(name: string, desired: number, available = desired, more: Partial<SetState> = {}): SetState {
  return { name, desired, available, recordedMax: 0, created: 0, ...more };
}

const limits = (replicas: number, maxSurge: number, maxUnavailable: number): Limits => ({
  replicas,
  maxSurge,
  maxUnavailable,
});

test('percentages round up for surge and down for unavailability, and never stop everything', () => {
  const cases: [replicas: number, surge: string | number, unavailable: string | number, Limits][] = [
    [10, '25%', '25%', limits(10, 3, 2)],
    [1, '25%', '25%', limits(1, 1, 0)],
    [3, 0, 0, limits(3, 0, 1)],
    [3, '0%', '10%', limits(3, 0, 1)],
    [2, 1, 5, limits(2, 1, 2)],
  ];
  for (const [replicas, maxSurge, maxUnavailable, expected] of cases) {
    const rollingUpdate = { maxSurge, maxUnavailable };
    assert.deepEqual(limitsOf(deployment({ replicas, strategy: { type: 'RollingUpdate', rollingUpdate } })), expected);
  }
  assert.deepEqual(limitsOf(deployment({ replicas: 3, strategy: { type: 'Recreate' } })), limits(3, 0, 3));
});

test('the new set grows into the room that the surge leaves', () => {
  const cases: [Limits, SetState, SetState[], number | undefined][] = [
    [limits(10, 0, 2), set('new', 0), [set('old', 10)], undefined],
    [limits(10, 3, 2), set('new', 0), [set('old', 10)], 3],
    [limits(10, 3, 2), set('new', 3), [set('old', 8)], 5],
    [limits(10, 3, 2), set('new', 9), [], 10],
    [limits(10, 3, 2), set('new', 12), [], 10],
    [limits(10, 3, 2), set('new', 10), [set('old', 1)], undefined],
  ];
  for (const [bounds, current, old, to] of cases) {
    assert.deepEqual(scaleUp(bounds, current, old), to === undefined ? undefined : { name: 'new', to });
  }
});

test('old sets shrink first by what serves nobody, then as far as availability allows', () => {
  const cases: [Limits, SetState, SetState[], Record<string, number>][] = [
    [limits(10, 0, 2), set('new', 0), [set('old', 10)], { old: 8 }],
    [limits(10, 3, 2), set('new', 3, 0), [set('old', 10)], { old: 8 }],
    [limits(10, 3, 2), set('new', 5, 3), [set('old', 8)], { old: 5 }],
    [limits(10, 3, 2), set('new', 5, 0), [set('old', 8)], {}],
    // Pods of old sets that never came up go although the new ones are not there yet.
    [limits(10, 3, 2), set('new', 3, 0), [set('bad', 3, 0, { created: 1 }), set('old', 7)], { bad: 1 }],
    [limits(1, 1, 0), set('new', 1, 0), [set('old', 1)], {}],
    [limits(1, 1, 0), set('new', 1, 1), [set('old', 1)], { old: 0 }],
  ];
  for (const [bounds, current, old, expected] of cases) {
    const shrunk = Object.fromEntries(scaleDown(bounds, current, old).map(({ name, to }) => [name, to]));
    assert.deepEqual(shrunk, expected, JSON.stringify({ bounds, current, old }));
  }
});

test('a paused or running rollout scales in proportion, and the largest set takes what rounding leaves', () => {
  const cases: [Limits, SetState[], Record<string, number>][] = [
    [
      limits(15, 3, 2),
      [set('old', 8, 8, { recordedMax: 13 }), set('new', 5, 5, { recordedMax: 13 })],
      { old: 11, new: 7 },
    ],
    [
      limits(5, 0, 1),
      [set('old', 5, 5, { recordedMax: 10 }), set('new', 5, 5, { recordedMax: 10, created: 1 })],
      { old: 2, new: 3 },
    ],
    [limits(0, 0, 1), [set('old', 5), set('new', 3)], { old: 0, new: 0 }],
    [limits(10, 0, 1), [set('old', 7), set('new', 3)], {}],
  ];
  for (const [bounds, sets, expected] of cases) {
    const resized = Object.fromEntries(scaleProportionally(bounds, sets).map(({ name, to }) => [name, to]));
    assert.deepEqual(resized, expected, JSON.stringify({ bounds, sets }));
  }
});

test('proportional scaling always adds up to what is allowed', () => {
  const sets = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(sets, fc.integer({ min: 0, max: 100 }), fc.integer({ min: 0, max: 10 }), (sizes, replicas, surge) => {
      const states = sizes.map((size, index) => set(`s${index}`, size, size, { created: index }));
      const resized = new Map(
        scaleProportionally(limits(replicas, surge, 1), states).map(({ name, to }) => [name, to]),
      );
      const total = states.reduce((sum, { name, desired }) => sum + (resized.get(name) ?? desired), 0);
      assert.equal(total, replicas === 0 ? 0 : replicas + surge);
      assert.ok([...resized.values()].every((size) => size >= 0));
    }),
  );
});

test('a rollout whose pods come up ends with the new set alone, within its limits all the way', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 30 }),
      fc.integer({ min: 0, max: 10 }),
      fc.integer({ min: 0, max: 10 }),
      (replicas, maxSurge, wanted) => {
        const maxUnavailable = Math.min(maxSurge === 0 && wanted === 0 ? 1 : wanted, replicas);
        const bounds = limits(replicas, maxSurge, maxUnavailable);
        let current = set('new', 0);
        let old = set('old', replicas);
        for (let step = 0; step < 200 && (current.desired < replicas || old.desired > 0); step++) {
          const grown = scaleUp(bounds, current, [old])?.to ?? current.desired;
          current = { ...current, desired: grown };
          const shrunk = scaleDown(bounds, current, [old])[0]?.to ?? old.desired;
          old = { ...old, desired: shrunk, available: Math.min(old.available, shrunk) };
          assert.ok(current.desired + old.desired <= replicas + maxSurge);
          assert.ok(current.available + old.available >= replicas - maxUnavailable);
          // One more pod comes up.
          current = { ...current, available: Math.min(current.desired, current.available + 1) };
        }
        assert.deepEqual([current.desired, old.desired], [replicas, 0]);
      },
    ),
  );
});
