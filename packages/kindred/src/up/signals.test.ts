import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { test } from 'node:test';
import { ManualClock } from '@kindred/machinery';
import { waitForEnd } from './signals.ts';

function waiting() {
  const ending = new AbortController();
  const clock = new ManualClock();
  const signals = new EventEmitter();
  const codes: number[] = [];
  const ended = waitForEnd({ ending, clock, signals, exit: (code) => codes.push(code) });
  return { ending, clock, signals, codes, ended };
}

test('a signal that is passed on by several parents is one signal; a later one ends the process at once', async () => {
  const { clock, signals, codes, ended, ending } = waiting();
  signals.emit('SIGINT');
  await ended;
  assert.equal(ending.signal.aborted, true);
  signals.emit('SIGINT');
  clock.advance(100);
  signals.emit('SIGTERM');
  assert.deepEqual(codes, []);
  clock.advance(1000);
  signals.emit('SIGINT');
  assert.deepEqual(codes, [1]);
});

test('a stop that hangs is cut off within five seconds', async () => {
  const { clock, codes, ended, ending } = waiting();
  ending.abort(new Error('the store failed'));
  await ended;
  clock.advance(4_899);
  assert.deepEqual(codes, []);
  clock.advance(1);
  assert.deepEqual(codes, [1]);
});
