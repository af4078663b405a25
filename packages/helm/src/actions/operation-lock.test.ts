/** The lease of a release: held and renewed while an operation runs, refused to others, given up when it can't be renewed. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { Lease } from '@kindred/apis/coordination/v1';
import { createClient } from '@kindred/client';
import { failure, MemoryApi, until } from '@kindred/client/testing';
import { ManualClock, systemClock } from '@kindred/machinery';
import { memoryDriver } from '../release/memory-driver.ts';
import type { ReleaseDriver } from '../release/release-driver.ts';
import { isReleaseError } from '../release/release-error.ts';
import { type ActionContext, createActionContext } from './action-context.ts';
import type { ActionEvent } from './action-event.ts';
import { isLockLost, LEASE_DURATION, leaseName, liveHolder, withLock } from './operation-lock.ts';

const namespace = 'default';

function setup() {
  const api = new MemoryApi();
  const clock = new ManualClock(1_700_000_000_000);
  const client = createClient(api, { clock });
  const events: ActionEvent[] = [];
  // Releases in memory need no lock: here only the name says that they are elsewhere.
  const driver: ReleaseDriver = { ...memoryDriver(), name: 'Secret' };
  const context = (identity: string, signal?: AbortSignal): ActionContext =>
    createActionContext({
      client,
      driver,
      namespace,
      clock,
      identity,
      signal,
      functions: { time: { now: () => BigInt(systemClock.now()) * 1_000_000n, timeZone: 'UTC' } },
      report: (event) => events.push(event),
    });
  return { api, clock, client, context, events };
}

/** An operation that goes on until it is told to end. */
function operation(t: TestContext, context: ActionContext) {
  let finish: () => void = () => undefined;
  let running: AbortSignal | undefined;
  const done = withLock(context, 'web', async ({ signal }) => {
    running = signal;
    await new Promise<void>((resolve, reject) => {
      finish = resolve;
      signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    });
  });
  done.catch(() => undefined);
  t.after(() => finish());
  return { done, finish: () => finish(), isRunning: () => running !== undefined };
}

test('a lease is there while an operation runs, and renewed', async (t) => {
  const { clock, client, context } = setup();
  const { done, finish, isRunning } = operation(t, context('a'));
  await until(isRunning);
  const at = { namespace, name: leaseName('web') };
  const first = await client.get(Lease, at);
  assert.equal(first.spec?.holderIdentity, 'a');
  assert.equal(first.spec.leaseDurationSeconds, LEASE_DURATION / 1000);
  let renewed = first;
  for (let seconds = 0; seconds < 120; seconds += 8) {
    clock.advance(8000);
    const before = renewed;
    await until(() => clock.nextDue() !== undefined);
    for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
    renewed = await client.get(Lease, at);
    assert.notEqual(renewed.spec?.renewTime, before.spec?.renewTime);
  }
  assert.equal(await liveHolder(context('b'), 'web'), 'a');
  await assert.rejects(
    withLock(context('b'), 'web', () => Promise.resolve()),
    (error) => isReleaseError(error, 'InProgress'),
  );
  finish();
  await done;
  assert.equal(await liveHolder(context('b'), 'web'), undefined);
  await assert.rejects(client.get(Lease, at), /not found/);
});

test('a lease that nobody renews is taken over, its holder stops', async (t) => {
  const { api, clock, context } = setup();
  const { done, isRunning } = operation(t, context('a'));
  await until(isRunning);
  // The first one can't reach the server any more.
  api.fault = ({ method }) => (method === 'PUT' ? failure(500, 'InternalError', 'away') : undefined);
  for (let seconds = 0; seconds < 29; seconds++) {
    clock.advance(1000);
    for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
  }
  await assert.rejects(done, (error) => isLockLost(error));
  assert.equal(await liveHolder(context('b'), 'web'), undefined, 'given back as far as possible');
});

test('a lease of a process that was killed runs out', async () => {
  const { client, clock, context } = setup();
  const renewTime = new Date(clock.now()).toISOString().replace('Z', '000Z');
  const spec = { holderIdentity: 'gone', renewTime, leaseDurationSeconds: 30 };
  await client.create(Lease, { metadata: { namespace, name: leaseName('web') }, spec });
  assert.equal(await liveHolder(context('b'), 'web'), 'gone');
  await assert.rejects(
    withLock(context('b'), 'web', () => Promise.resolve(1)),
    {
      message: 'another operation (install/upgrade/rollback) is in progress',
    },
  );
  clock.advance(LEASE_DURATION);
  assert.equal(await withLock(context('b'), 'web', () => Promise.resolve(1)), 1);
});

test('who may not write leases works without one, and is told', async () => {
  const { api, context, events } = setup();
  api.fault = ({ path }) => (path.includes('/leases') ? failure(403, 'Forbidden', 'no leases for you') : undefined);
  assert.equal(await withLock(context('a'), 'web', () => Promise.resolve(1)), 1);
  assert.deepEqual(
    events.map(({ type }) => type),
    ['warning'],
  );
});
