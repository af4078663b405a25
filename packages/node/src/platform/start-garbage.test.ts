import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '@kindred/machinery';
import { collectStartGarbage } from './start-garbage.ts';

function planned(uses: number[]) {
  const clock = new ManualClock();
  let collections = 0;
  const collect = async (): Promise<void> => {
    collections++;
  };
  const cancel = collectStartGarbage(clock, () => uses.shift() ?? 0, collect);
  return { clock, cancel, collections: () => collections };
}

test('the garbage of a start is collected once, and not before the process is at rest', () => {
  const { clock, collections } = planned([1, 0.9, 0.5, 0.01]);
  clock.advance(14_999);
  assert.equal(collections(), 0);
  clock.advance(1);
  assert.equal(collections(), 1);
  clock.advance(60_000);
  assert.equal(collections(), 1);
});

test('a collection that is called off never comes', () => {
  const { clock, cancel, collections } = planned([1, 0.9]);
  clock.advance(5_000);
  cancel();
  clock.advance(60_000);
  assert.equal(collections(), 0);
});
