import assert from 'node:assert/strict';
import { test } from 'node:test';
import { healthExpressionProblem, healthRule } from './health-expressions.ts';

function object(kind: string, status?: object, generation = 1) {
  return {
    apiVersion: 'example.com/v1',
    kind,
    metadata: { name: 'x', generation },
    ...(status === undefined ? {} : { status }),
  };
}

test('the first expression that is true says how far an object is; what cannot be told yet is in progress', () => {
  const rule = healthRule([
    { apiVersion: 'example.com/v9', current: 'true' },
    {
      apiVersion: 'example.com/v1',
      kind: 'Thing',
      inProgress: "status.phase == 'New'",
      failed: "status.phase == 'Broken'",
      current: "status.phase in ['New', 'Done']",
    },
  ]);
  const of = (...args: Parameters<typeof object>) => rule(object(...args))?.status;
  assert.equal(of('Other'), 'Current', 'for the whole group');
  assert.equal(of('Thing'), 'InProgress', 'there is no status');
  assert.equal(of('Thing', { phase: 'New' }), 'InProgress');
  assert.equal(of('Thing', { phase: 'Broken' }), 'Failed');
  assert.equal(of('Thing', { phase: 'Done' }), 'Current');
  assert.equal(of('Thing', { phase: 'Done', observedGeneration: 1 }, 2), 'InProgress');
  assert.equal(rule({ ...object('Thing'), apiVersion: 'v1' }), undefined);
});

test('what is wrong with an expression', () => {
  assert.equal(healthExpressionProblem('status.x == 1'), undefined);
  assert.match(healthExpressionProblem('status.x ==') ?? '', /compilation failed/);
  assert.match(healthExpressionProblem('nothing.x') ?? '', /compilation failed/);
  assert.equal(healthExpressionProblem('1 + 1'), 'must evaluate to a bool');
});
