import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Readiness } from './readiness.ts';

test('a part is not ready until it says so, and again when it says that it fails', () => {
  const readiness = new Readiness(['controllers', 'node-agent']);
  const problems = () => readiness.checks().map(({ check }) => check());
  assert.deepEqual(problems(), ['has not started yet', 'has not started yet']);
  readiness.serves('controllers');
  readiness.serves('node-agent');
  assert.deepEqual(problems(), [undefined, undefined]);
  readiness.fails('node-agent', 'it ended');
  assert.deepEqual(problems(), [undefined, 'it ended']);
});
