import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ShutdownStack } from './shutdown-stack.ts';

test('parts end newest first, and a failing one does not keep the others', async () => {
  const stack = new ShutdownStack();
  const ended: string[] = [];
  stack.add('store', () => void ended.push('store'));
  stack.add('server', () => Promise.reject(new Error('stuck')));
  stack.add('agent', async () => void ended.push('agent'));
  await assert.rejects(stack.run(), (error: AggregateError) => {
    assert.deepEqual(
      error.errors.map((failure: Error) => failure.message),
      ['Ending server failed'],
    );
    return true;
  });
  assert.deepEqual(ended, ['agent', 'store']);
});

test('a part that comes while or after the others end is ended as well', async () => {
  const stack = new ShutdownStack();
  const ended: string[] = [];
  stack.add('store', () => void ended.push('store'));
  stack.add('agent', () => {
    stack.add('latecomer', () => void ended.push('latecomer'));
    ended.push('agent');
  });
  await stack.run();
  stack.add('straggler', () => void ended.push('straggler'));
  await stack.run();
  assert.deepEqual(ended, ['agent', 'latecomer', 'store', 'straggler']);
});
