import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nextConditions } from './conditions.ts';

const object = {
  apiVersion: 'v1',
  kind: 'Thing',
  metadata: { name: 'a', generation: 3 },
  status: {
    conditions: [
      {
        type: 'Ready',
        status: 'True',
        reason: 'Up',
        message: '',
        lastTransitionTime: '2020-01-01T00:00:00Z',
        observedGeneration: 2,
      },
    ],
  },
};
const now = Date.UTC(2024, 0, 1);

test('the transition time moves only with the status; what changed is told', () => {
  const same = nextConditions(object, { Ready: [true, 'StillUp', 'fine'] }, now);
  assert.deepEqual(same.conditions, [
    {
      type: 'Ready',
      status: 'True',
      reason: 'StillUp',
      message: 'fine',
      lastTransitionTime: '2020-01-01T00:00:00Z',
      observedGeneration: 3,
    },
  ]);
  assert.deepEqual(
    same.changes.map(({ type }) => type),
    ['Ready'],
  );
  const flipped = nextConditions(object, { Ready: { status: false, reason: 'Down' } }, now);
  assert.equal(flipped.conditions[0]?.lastTransitionTime, '2024-01-01T00:00:00Z');
  assert.deepEqual(nextConditions(object, { Ready: [true, 'Up'] }, now).changes, []);
});

test('conditions come in a stable order, and a reason must be one word', () => {
  const { conditions } = nextConditions(object, { Z: ['Unknown', 'R'], A: [true, 'R'] }, now);
  assert.deepEqual(
    conditions.map(({ type, status }) => `${type} ${status}`),
    ['A True', 'Z Unknown'],
  );
  assert.throws(
    () => nextConditions(object, { Ready: [true, 'not one word'] }, now),
    /"not one word" of condition Ready/,
  );
});
