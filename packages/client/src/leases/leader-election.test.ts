import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { Lease } from '@kindred/apis/coordination/v1';
import { ManualClock } from '@kindred/machinery';
import { createClient } from '../client/client.ts';
import { MemoryApi } from '../testing/memory-api.ts';
import { until } from '../testing/until.ts';
import { LeaderElector } from './leader-election.ts';

function setup(t: TestContext) {
  const api = new MemoryApi();
  const clock = new ManualClock();
  const client = createClient(api, { clock });
  const errors: unknown[] = [];
  const elector = (identity: string) => {
    const onError = (error: unknown) => errors.push(error);
    const one = new LeaderElector({
      client,
      clock,
      random: () => 0,
      namespace: 'kube-system',
      name: 'test',
      identity,
      onError,
    });
    t.after(() => one.release());
    return one;
  };
  const lease = () => client.get(Lease, { namespace: 'kube-system', name: 'test' });
  return { api, client, clock, elector, errors, lease };
}

const never = new AbortController().signal;

test('one leads; when it releases, the other takes over at its next attempt', async (t) => {
  const { clock, elector, lease } = setup(t);
  const [a, b] = [elector('a'), elector('b')];
  await a.acquire(never);
  let second = false;
  void b.acquire(never).then(() => {
    second = true;
  });
  for (let seconds = 0; seconds < 60; seconds += 2) {
    await until(() => clock.nextDue() !== undefined);
    clock.advance(2000);
    for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
  }
  assert.deepEqual([a.isLeader, second], [true, false]);
  await a.release();
  await until(() => {
    clock.advance(2000);
    return second;
  });
  const { spec } = await lease();
  assert.deepEqual([spec?.holderIdentity, spec?.leaseTransitions, spec?.leaseDurationSeconds], ['b', 1, 15]);
});

test('a holder that cannot renew gives up before another may take over', async (t) => {
  const { api, clock, elector } = setup(t);
  const a = elector('a');
  await a.acquire(never);
  const renewed = clock.now();
  let lostAt = 0;
  void a.lost.then(() => {
    lostAt = clock.now();
  });
  api.fault = () => new Error('network is away');
  await until(() => {
    clock.advance(500);
    return lostAt > 0;
  });
  assert.ok(lostAt - renewed >= 10_000 && lostAt - renewed < 15_000, String(lostAt - renewed));
  assert.equal(a.isLeader, false);
  api.fault = undefined;
});

test('a lease whose holder is gone is taken over after its duration, by this process’ own clock', async (t) => {
  const { client, clock, elector, lease } = setup(t);
  const spec = { holderIdentity: 'gone', leaseDurationSeconds: 15, renewTime: '2999-01-01T00:00:00.000000Z' };
  await client.create(Lease, { metadata: { namespace: 'kube-system', name: 'test' }, spec });
  let acquired = 0;
  void elector('b')
    .acquire(never)
    .then(() => {
      acquired = clock.now();
    });
  await until(() => {
    clock.advance(100);
    return acquired > 0;
  });
  assert.ok(acquired >= 15_000 && acquired < 20_000, String(acquired));
  assert.equal((await lease()).spec?.holderIdentity, 'b');
});
