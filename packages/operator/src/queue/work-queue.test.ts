import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '@kindred/machinery';
import fc from 'fast-check';
import { WorkQueue } from './work-queue.ts';

function setup() {
  const clock = new ManualClock();
  return { clock, queue: new WorkQueue({ clock }) };
}

const take = async (queue: WorkQueue) => (await queue.take())?.key;

test('a key is queued once; added while being worked on, it comes back after that', async () => {
  const { queue } = setup();
  queue.add('a');
  queue.add('a');
  queue.add('b');
  assert.equal(await take(queue), 'a');
  queue.add('a');
  assert.equal(await take(queue), 'b');
  assert.equal(queue.length, 0);
  queue.done('a');
  assert.equal(await take(queue), 'a');
});

test('higher priorities go first, equal ones in order; another add may only raise it', async () => {
  const { queue } = setup();
  queue.add('initial', { priority: -100 });
  queue.add('first');
  queue.add('raised', { priority: -100 });
  queue.add('urgent', { priority: 10 });
  queue.add('raised', { priority: 5 });
  queue.add('urgent', { priority: -100 });
  const order = [];
  while (queue.length > 0) order.push(await take(queue));
  assert.deepEqual(order, ['urgent', 'raised', 'first', 'initial']);
});

test('failures come back after 5 ms, doubled each time, up to 1000 s; forgetting starts over', async () => {
  const { clock, queue } = setup();
  const delays = [];
  for (let failure = 0; failure < 20; failure++) {
    queue.addRateLimited('a');
    delays.push((queue.nextDue() ?? 0) - clock.now());
    clock.advance(1_000_000);
    queue.done((await take(queue)) ?? '');
  }
  assert.deepEqual(delays.slice(0, 4), [5, 10, 20, 40]);
  assert.equal(delays.at(-1), 1_000_000);
  queue.forget('a');
  assert.equal(queue.failures('a'), 0);
});

test('of two delays the shorter counts, and an add without delay settles both', async () => {
  const { clock, queue } = setup();
  queue.add('a', { after: 100 });
  queue.add('a', { after: 50 });
  queue.add('a', { after: 200 });
  assert.equal(queue.nextDue(), 50);
  clock.advance(50);
  assert.equal(await take(queue), 'a');
  queue.done('a');
  queue.add('a', { after: 100 });
  queue.add('a');
  assert.equal(queue.delayedLength, 0);
  assert.equal(queue.length, 1);
});

test('shutdown frees waiting workers, drops what waits, and resolves when the work at hand is done', async () => {
  const { queue } = setup();
  queue.add('a');
  await queue.take();
  const waiting = queue.take();
  let drained = false;
  const shutdown = queue.shutDown().then(() => {
    drained = true;
  });
  assert.equal(await waiting, undefined);
  queue.add('b');
  assert.equal(await queue.take(), undefined);
  assert.equal(drained, false);
  queue.done('a');
  await shutdown;
});

test('whatever the order of calls: no key in two workers, none twice in the queue, none lost', async () => {
  const key = fc.constantFrom('a', 'b', 'c');
  const call = fc.oneof(
    fc.record({ do: fc.constant('add' as const), key, priority: fc.integer({ min: -2, max: 2 }) }),
    fc.record({ do: fc.constantFrom('delayed' as const, 'failed' as const), key }),
    fc.record({ do: fc.constantFrom('take' as const, 'done' as const, 'time' as const) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(call, { maxLength: 60 }), async (calls) => {
      const { clock, queue } = setup();
      const working = new Set<string>();
      const owed = new Set<string>();
      for (const action of calls) {
        if (action.do === 'add') queue.add(action.key, { priority: action.priority });
        else if (action.do === 'delayed') queue.add(action.key, { after: 10 });
        else if (action.do === 'failed') queue.addRateLimited(action.key);
        else if (action.do === 'time') clock.advance(7);
        else if (action.do === 'done') finishOne(queue, working);
        else if (queue.length > 0) await startOne(queue, working, owed);
        if ('key' in action) owed.add(action.key);
      }
      clock.advance(1e9);
      while (working.size > 0) finishOne(queue, working);
      while (queue.length > 0) {
        await startOne(queue, working, owed);
        finishOne(queue, working);
      }
      assert.deepEqual([...owed], []);
    }),
    { numRuns: 300 },
  );
});

async function startOne(queue: WorkQueue, working: Set<string>, owed: Set<string>): Promise<void> {
  const key = (await take(queue)) ?? '';
  assert.ok(!working.has(key), `${key} is in two workers`);
  working.add(key);
  owed.delete(key);
}

function finishOne(queue: WorkQueue, working: Set<string>): void {
  const [key] = working;
  if (key === undefined) return;
  working.delete(key);
  queue.done(key);
}
