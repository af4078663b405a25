import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { ConfigMap, Namespace, Pod, Secret } from '@kindred/apis/core/v1';
import { createClient } from '@kindred/client';
import { MemoryApi, until } from '@kindred/client/testing';
import type { Logger } from '@kindred/machinery';
import { ManualClock } from '@kindred/machinery';
import { createManager } from '../manager/manager.ts';
import type { Runnable } from '../manager/runnable.ts';
import { TerminalError } from '../reconcile/reconcile-result.ts';
import { watch } from '../watch/watch.ts';
import { imperative } from './imperative.ts';

async function start(t: TestContext, ...runnables: Runnable[]) {
  const api = new MemoryApi();
  const clock = new ManualClock();
  const client = createClient(api, { clock });
  const logged: string[] = [];
  const logger: Logger = {
    info: (message) => logged.push(message),
    debug: () => undefined,
    error: (message, error) => logged.push(`${message}: ${error instanceof Error ? error.message : ''}`),
    with: () => logger,
  };
  const manager = createManager({
    client: createClient(api, { clock }),
    clock,
    random: () => 0,
    logger,
    stopLimit: 5000,
  });
  for (const runnable of runnables) manager.add(runnable);
  t.after(() => manager.close());
  await manager.start();
  return { api, clock, client, manager, logged };
}

const at = (name: string) => ({ metadata: { namespace: 'default', name } });

test('changes of the kind, of what it owns and of what it watches all lead to its key', async (t) => {
  const seen: string[] = [];
  const owner = imperative(ConfigMap, {
    owns: [Pod],
    watches: [watch(Secret, { to: (secret) => [`default/${secret.metadata.labels?.['for']}`] })],
    reconcile: ({ key, object, owned, lister }) => {
      seen.push(`${key} ${object ? 'is there' : 'is gone'} ${owned(Pod).length} ${lister(Secret).list().length}`);
    },
  });
  const { client, manager } = await start(t, owner);
  const config = await client.create(ConfigMap, at('a'));
  await until(() => seen.length === 1);
  const reference = { apiVersion: 'v1', kind: 'ConfigMap', name: 'a', uid: config.metadata.uid, controller: true };
  await client.create(Pod, {
    metadata: { ...at('p').metadata, ownerReferences: [reference] },
    spec: { containers: [] },
  });
  await until(() => seen.length === 2);
  const secret = await client.create(Secret, { metadata: { ...at('s').metadata, labels: { for: 'a' } } });
  await until(() => seen.length === 3);
  await client.mergePatch(Secret, secret.metadata, { metadata: { labels: { for: 'b' } } });
  await until(() => seen.length === 5 && manager.isIdle());
  await client.delete(ConfigMap, config.metadata);
  await until(() => seen.length === 6);
  assert.deepEqual(seen, [
    'default/a is there 0 0',
    'default/a is there 1 0',
    'default/a is there 1 1',
    'default/b is gone 0 1',
    'default/a is there 1 1',
    'default/a is gone 0 1',
  ]);
});

test('failures come back with back-off, final ones do not, requeueAfter comes when it is due', async (t) => {
  const calls: number[] = [];
  const { clock, client, manager, logged } = await start(
    t,
    imperative(Namespace, {
      reconcile({ object, now }) {
        if (object?.metadata.name === 'final') throw new TerminalError('no use');
        calls.push(now());
        if (calls.length < 3) throw new Error('not yet');
        return { requeueAfter: 60_000 };
      },
    }),
  );
  await client.create(Namespace, { metadata: { name: 'final' } });
  await until(() => logged.length === 1);
  await client.create(Namespace, { metadata: { name: 'a' } });
  await until(() => calls.length === 1 && manager.isIdle());
  clock.advance(5);
  await until(() => calls.length === 2 && manager.isIdle());
  clock.advance(10);
  await until(() => calls.length === 3 && manager.isIdle());
  clock.advance(59_999);
  await until(() => manager.isIdle());
  assert.equal(calls.length, 3);
  clock.advance(1);
  await until(() => calls.length === 4);
  assert.deepEqual(calls, [0, 5, 15, 60_015]);
  assert.deepEqual(logged, [
    'Reconcile failed for good: no use',
    'Reconcile failed: not yet',
    'Reconcile failed: not yet',
  ]);
});

test('a key is not reconciled before its last writes are visible; other keys need not wait', async (t) => {
  const order: string[] = [];
  const counted = imperative(ConfigMap, {
    owns: [Secret],
    async reconcile({ key, object, client, lister }) {
      if (object === undefined) return;
      const there = lister(Secret).list().length;
      order.push(`${key} sees ${there}`);
      if (object.data?.['make'] !== undefined && there < 2) await client.create(Secret, at(`made-${there}`));
    },
  });
  const { api, client, logged } = await start(t, counted);
  // The informer of secrets hears nothing for a while.
  api.silenceWatchesOf('secrets');
  await client.create(ConfigMap, { ...at('a'), data: { make: '1' } });
  await until(() => order.length === 1);
  await until(() => api.writes.some(({ path }) => path.includes('/secrets')));
  await client.mergePatch(ConfigMap, at('a').metadata, { data: { again: 'x' } });
  await client.create(ConfigMap, at('b'));
  await until(() => order.length === 2);
  assert.deepEqual(order, ['default/a sees 0', 'default/b sees 0']);
  api.resumeWatchesOf('secrets');
  await until(() => order.length === 3);
  assert.equal(order[2], 'default/a sees 1');
  assert.deepEqual(logged, []);
});

test('closing waits for the reconcile at hand, aborts it at the limit, and leaves no watch open', async (t) => {
  let aborted = false;
  let running = false;
  const slow = imperative(ConfigMap, {
    reconcile: ({ signal }) =>
      new Promise((_, reject) => {
        running = true;
        signal.addEventListener('abort', () => {
          aborted = true;
          reject(new Error('aborted'));
        });
      }),
  });
  const { api, clock, client, manager } = await start(t, slow);
  await client.create(ConfigMap, at('a'));
  await until(() => running);
  let closed = false;
  const closing = manager.close().then(() => {
    closed = true;
  });
  await until(() => clock.nextDue() === 5000);
  clock.advance(4999);
  await until(() => true);
  assert.deepEqual([aborted, closed], [false, false]);
  clock.advance(1);
  await closing;
  assert.equal(aborted, true);
  assert.equal(api.openWatches, 0);
});

test('reading a kind that was not declared is a mistake that is told', async (t) => {
  const { client, logged } = await start(
    t,
    imperative(ConfigMap, { reconcile: ({ lister }) => void lister(Pod).list() }),
  );
  await client.create(ConfigMap, at('a'));
  await until(() => logged.length > 0);
  assert.match(logged[0] ?? '', /Pod is neither watched nor owned/);
});

test('rights follow from the declaration', () => {
  const rules = [{ apiGroups: [''], resources: ['pods/binding'], verbs: ['create'] }];
  const declared = imperative(ConfigMap, {
    owns: [Pod],
    watches: [watch(Namespace, { to: () => [] })],
    rules,
    reconcile: () => {},
  });
  assert.deepEqual(declared.rules, [
    { apiGroups: [''], resources: ['configmaps', 'namespaces', 'pods'], verbs: ['get', 'list', 'watch'] },
    { apiGroups: [''], resources: ['pods/binding'], verbs: ['create'] },
  ]);
});
