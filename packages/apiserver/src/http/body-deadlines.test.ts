import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '@kindred/machinery';
import { BodyDeadlines } from './body-deadlines.ts';

const waiting = { place: -1, began: 0 };

test('each is given up at its own time, at most a second late, and not when it was done before', () => {
  const clock = new ManualClock();
  const deadlines = new BodyDeadlines(clock, 60_000);
  const givenUp: { name: string; at: number }[] = [];
  const timed = (name: string) => ({ ...waiting, giveUp: () => givenUp.push({ name, at: clock.now() }) });
  const done = timed('done');
  deadlines.add(timed('first'));
  deadlines.add(done);
  clock.advance(30_300);
  deadlines.add(timed('second'));
  clock.advance(29_000);
  deadlines.delete(done);
  assert.equal(givenUp.length, 0);
  clock.advance(60_000);
  assert.deepEqual(
    givenUp.map(({ name }) => name),
    ['first', 'second'],
  );
  for (const [index, began] of [0, 30_300].entries()) {
    const taken = (givenUp[index]?.at ?? 0) - began;
    assert.ok(taken >= 60_000 && taken <= 61_000, String(taken));
  }
});

test('no timer runs when nothing waits, or after closing', () => {
  const clock = new ManualClock();
  const deadlines = new BodyDeadlines(clock, 60_000);
  const timed = { ...waiting, giveUp: () => assert.fail('given up') };
  deadlines.add(timed);
  assert.notEqual(clock.nextDue(), undefined);
  deadlines.delete(timed);
  clock.advance(1000);
  assert.equal(clock.nextDue(), undefined);
  deadlines.add(timed);
  deadlines.close();
  assert.equal(clock.nextDue(), undefined);
});

test('whatever comes and goes in whatever order, all that is left is given up', () => {
  const clock = new ManualClock();
  const deadlines = new BodyDeadlines(clock, 5000);
  const left = new Set<number>();
  const all = Array.from({ length: 40 }, (_, n) => ({
    ...waiting,
    giveUp: () => assert.ok(left.delete(n), `${n} was done`),
  }));
  for (const [n, timed] of all.entries()) {
    deadlines.add(timed);
    left.add(n);
    // Those that are done before their time: never asked for again, whether deleted once or twice.
    const done = (n * 7) % 11;
    if (n % 3 === 0 && left.delete(done)) {
      const found = all[done];
      assert.ok(found);
      deadlines.delete(found);
      deadlines.delete(found);
    }
  }
  assert.ok(left.size < 40 && left.size > 20);
  clock.advance(7000);
  assert.equal(left.size, 0);
  assert.equal(clock.nextDue(), undefined);
});
