import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from './manual-clock.ts';

test('timers fire in order of their due time, then of their making', () => {
  const clock = new ManualClock();
  const fired: string[] = [];
  clock.after(20, () => fired.push('late'));
  clock.after(10, () => {
    fired.push(`first at ${clock.now()}`);
    clock.after(5, () => fired.push(`nested at ${clock.now()}`));
  });
  clock.after(10, () => fired.push('second'));
  const cancel = clock.after(12, () => fired.push('cancelled'));
  cancel();
  clock.advance(16);
  assert.deepEqual(fired, ['first at 10', 'second', 'nested at 15']);
  assert.equal(clock.nextDue(), 20);
  clock.advance(4);
  assert.equal(fired.at(-1), 'late');
});
