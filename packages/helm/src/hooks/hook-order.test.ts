import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { NEVER_RUN, type ReleaseHook } from '../release/release.ts';
import { hooksOf } from './hook-order.ts';

const hook = (name: string, weight: number, events: readonly string[] = ['test']): ReleaseHook => ({
  name,
  weight,
  events,
  kind: 'Job',
  path: '',
  manifest: '',
  lastRun: NEVER_RUN,
  deletePolicies: [],
  outputLogPolicies: [],
});

test('weight comes first, then the name, then the place', () => {
  const hooks = [hook('b', 1), hook('a', 1), hook('z', -5), hook('x', 0, ['pre-install']), hook('a', 1)];
  assert.deepEqual(
    hooksOf(hooks, 'test').map(({ hook: { name }, index }) => `${name}${index}`),
    ['z2', 'a1', 'a4', 'b0'],
  );
});

test('the order does not depend on how hooks with different names come in', () => {
  const some = fc.uniqueArray(fc.tuple(fc.string({ maxLength: 3 }), fc.integer({ min: -2, max: 2 })), {
    selector: ([name]) => name,
  });
  fc.assert(
    fc.property(some, fc.infiniteStream(fc.nat()), (pairs, random) => {
      const hooks = pairs.map(([name, weight]) => hook(name, weight));
      const shuffled = hooks
        .map((each) => ({ each, key: random.next().value as number }))
        .toSorted((a, b) => a.key - b.key)
        .map(({ each }) => each);
      const names = (all: readonly ReleaseHook[]): string[] => hooksOf(all, 'test').map(({ hook: { name } }) => name);
      assert.deepEqual(names(shuffled), names(hooks));
    }),
  );
});
