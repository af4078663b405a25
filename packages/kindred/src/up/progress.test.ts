import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createProgress } from './progress.ts';

function recording(isTTY: boolean) {
  const stream = { isTTY, text: '', write: (text: string) => (stream.text += text) };
  let time = 0;
  return { stream, progress: createProgress(stream, () => (time += 50)) };
}

test('a file gets one line for each step, with its time', async () => {
  const { stream, progress } = recording(false);
  assert.equal(await progress.step('Starting', async () => 7), 7);
  progress.say('  a remark');
  assert.equal(stream.text, 'Starting (50 ms)\n  a remark\n');
});

test('a terminal sees the step under way, and its line is rewritten', async () => {
  const { stream, progress } = recording(true);
  await progress.step('Starting', async () => undefined);
  assert.equal(stream.text, 'Starting …\rStarting (50 ms)   \n');
});

test('a step that fails says so and passes the failure on', async () => {
  const { stream, progress } = recording(false);
  await assert.rejects(
    progress.step('Starting', () => Promise.reject(new Error('no'))),
    /no/,
  );
  assert.equal(stream.text, 'Starting: failed\n');
});
