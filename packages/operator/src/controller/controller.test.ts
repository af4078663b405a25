import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { ConfigMap, Event, Secret } from '@kindred/apis/core/v1';
import { createClient } from '@kindred/client';
import { failure, MemoryApi, until } from '@kindred/client/testing';
import { type KindRef, type KubeObject, ManualClock, type Observed } from '@kindred/machinery';
import type { Condition } from '@kindred/schema';
import { findCondition } from '../conditions/conditions.ts';
import { createManager } from '../manager/manager.ts';
import type { Runnable } from '../manager/runnable.ts';
import { child } from './children.ts';
import { controller } from './controller.ts';

interface Site extends KubeObject {
  spec: { text: string; pages?: number; secret?: string };
  status?: { pages?: number; conditions?: Condition[] };
}
const Site: KindRef<Site> = { group: 'example.com', version: 'v1', kind: 'Site', plural: 'sites', scope: 'Namespaced' };

const at = { namespace: 'default', name: 'kubia' };

async function start(t: TestContext, ...runnables: Runnable[]) {
  const api = new MemoryApi();
  const clock = new ManualClock(1_000_000);
  const client = createClient(api, { clock, userAgent: 'person' });
  const manager = createManager({ client: createClient(api, { clock }), clock, random: () => 0 });
  for (const runnable of runnables) manager.add(runnable);
  t.after(() => manager.close());
  await manager.start();
  /** Nothing to do, and everything written seen. */
  const settle = async () => {
    let quiet = 0;
    await until(() => {
      quiet = manager.isIdle() ? quiet + 1 : 0;
      return quiet > 20;
    }, 'the controllers to come to rest');
  };
  const exists = (kind: KindRef<KubeObject>, name: string) =>
    client.get(kind, { namespace: 'default', name }).then(
      () => true,
      () => false,
    );
  return { api, clock, client, manager, settle, exists };
}

/** A config map for each page. */
const pages = (calls: string[] = []) =>
  controller(Site, {
    owns: [ConfigMap],
    reconcile({ object, owned }) {
      calls.push(object.metadata.resourceVersion);
      const count = object.spec.pages ?? 1;
      const children = Array.from({ length: count }, (_, n) =>
        child(ConfigMap, { metadata: { name: `${object.metadata.name}-${n}` }, data: { text: object.spec.text } }),
      );
      const there = owned(ConfigMap).length;
      return {
        children,
        status: { pages: there },
        conditions: { Ready: [there === count, there === count ? 'Serving' : 'Starting', `${there} of ${count}`] },
      };
    },
  });

test('children come, change and go as the function says; status and conditions follow', async (t) => {
  const { clock, client, settle, exists } = await start(t, pages());
  await client.create(Site, { metadata: at, spec: { text: 'hello', pages: 2 } });
  await settle();
  const page = await client.get(ConfigMap, { namespace: 'default', name: 'kubia-1' });
  let site = await client.get(Site, at);
  assert.deepEqual(page.data, { text: 'hello' });
  assert.equal(page.metadata.ownerReferences?.[0]?.uid, site.metadata.uid);
  assert.equal(page.metadata.managedFields?.[0]?.manager, 'site-controller');
  assert.equal(site.status?.pages, 2);
  const ready = { type: 'Ready', status: 'True', reason: 'Serving', message: '2 of 2', observedGeneration: 1 };
  assert.deepEqual(findCondition(site, 'Ready'), { ...ready, lastTransitionTime: '1970-01-01T00:16:40Z' });
  clock.advance(5000);
  await client.mergePatch(Site, at, { spec: { pages: 1, text: 'bye' } });
  await settle();
  site = await client.get(Site, at);
  assert.equal(await exists(ConfigMap, 'kubia-1'), false);
  assert.deepEqual((await client.get(ConfigMap, { namespace: 'default', name: 'kubia-0' })).data, { text: 'bye' });
  // Ready went through False while two pages were there, so the time has moved.
  assert.equal(findCondition(site, 'Ready')?.lastTransitionTime, '1970-01-01T00:16:45Z');
});

test('in the steady state nothing is written, also after a restart', async (t) => {
  const { api, client, manager, settle } = await start(t, pages());
  await client.create(Site, { metadata: at, spec: { text: 'hello', pages: 3 } });
  await settle();
  api.requests.length = 0;
  await client.mergePatch(Site, at, { metadata: { labels: { touched: 'yes' } } });
  await settle();
  assert.deepEqual(
    api.writes.map(({ method }) => method),
    ['PATCH'],
    'only the label',
  );
  await manager.close();
  api.requests.length = 0;
  const calls: string[] = [];
  const next = createManager({ client, clock: new ManualClock(), random: () => 0 });
  t.after(() => next.close());
  next.add(pages(calls));
  await next.start();
  await until(() => calls.length > 0 && next.isIdle());
  assert.deepEqual(api.writes, []);
});

test('a child that somebody changed or deleted is put right', async (t) => {
  const { client, settle } = await start(t, pages());
  const page = { namespace: 'default', name: 'kubia-0' };
  await client.create(Site, { metadata: at, spec: { text: 'hello' } });
  await settle();
  await client.mergePatch(ConfigMap, page, { data: { text: 'vandalized', extra: 'kept' } });
  await settle();
  assert.deepEqual((await client.get(ConfigMap, page)).data, { text: 'hello', extra: 'kept' });
  await client.delete(ConfigMap, page);
  await settle();
  assert.deepEqual((await client.get(ConfigMap, page)).data, { text: 'hello' });
});

test('a child of another controller is left alone, and the conflict is told', async (t) => {
  const { client, settle } = await start(t, pages());
  const owner = { apiVersion: 'v1', kind: 'Other', name: 'other', uid: 'u', controller: true };
  await client.create(ConfigMap, {
    metadata: { ...at, name: 'kubia-0', ownerReferences: [owner] },
    data: { mine: 'yes' },
  });
  await client.create(Site, { metadata: at, spec: { text: 'hello' } });
  await settle();
  assert.deepEqual((await client.get(ConfigMap, { ...at, name: 'kubia-0' })).data, { mine: 'yes' });
  const { status, reason, message } = findCondition(await client.get(Site, at), 'Ready') ?? {};
  assert.deepEqual([status, reason], ['False', 'ReconcileFailed']);
  assert.equal(message, 'Object default/kubia-0 is already owned by another Other controller other');
  const events = await client.list(Event);
  assert.equal(events.items[0]?.reason, 'ReconcileFailed');
  assert.equal(events.items[0]?.involvedObject.name, 'kubia');
});

test('a failed write is tried again with back-off, and keeps what status said before', async (t) => {
  const { api, clock, client, settle } = await start(t, pages());
  await client.create(Site, { metadata: at, spec: { text: 'hello' } });
  await settle();
  api.fault = ({ path }) => (path.includes('/configmaps/') ? failure(500, 'InternalError', 'disk on fire') : undefined);
  await client.mergePatch(Site, at, { spec: { text: 'new' } });
  await settle();
  const failed = await client.get(Site, at);
  assert.equal(failed.status?.pages, 1);
  assert.equal(findCondition(failed, 'Ready')?.message, 'disk on fire');
  const tries = () =>
    api.requests.filter(({ method, path }) => method === 'PATCH' && path.includes('/configmaps/')).length;
  const before = tries();
  clock.advance(5);
  await settle();
  assert.equal(tries(), before + 1);
  clock.advance(9);
  await settle();
  assert.equal(tries(), before + 1);
  api.fault = undefined;
  clock.advance(1);
  await settle();
  assert.equal(findCondition(await client.get(Site, at), 'Ready')?.reason, 'Serving');
});

test('a finalizer is there before the function runs, and goes only when finalize is done', async (t) => {
  const outside = new Set<string>();
  let broken = true;
  const { clock, client, settle, exists } = await start(
    t,
    controller(Site, {
      name: 'outside',
      reconcile({ object }) {
        assert.deepEqual(object.metadata.finalizers, ['example.com/outside']);
        outside.add(object.metadata.name);
        return {};
      },
      finalize({ object }) {
        if (broken) throw new Error('cannot clean up');
        outside.delete(object.metadata.name);
        return 'done';
      },
    }),
  );
  await client
    .create(Site, { metadata: { ...at, finalizers: ['someone/else'] }, spec: { text: '' } })
    .catch(() => undefined);
  await settle();
  assert.equal(outside.size, 0, 'a foreign finalizer in the test above fails the function');
  await client.mergePatch(Site, at, { metadata: { finalizers: null } });
  clock.advance(1_000);
  await settle();
  assert.equal(outside.size, 1);
  await client.delete(Site, at);
  await settle();
  assert.ok(await exists(Site, 'kubia'));
  assert.equal(findCondition(await client.get(Site, at), 'Ready')?.message, 'cannot clean up');
  broken = false;
  clock.advance(1_000_000);
  await settle();
  assert.equal(await exists(Site, 'kubia'), false);
  assert.equal(outside.size, 0);
});

test('a change of what an object refers to is seen', async (t) => {
  const seen: (string | undefined)[] = [];
  const { client, settle } = await start(
    t,
    controller(Site, {
      refersTo: { cert: [Secret, (site: Observed<Site>) => site.spec.secret] },
      reconcile({ refs }) {
        seen.push(refs.cert?.type);
        return {};
      },
    }),
  );
  await client.create(Site, { metadata: at, spec: { text: '', secret: 'tls' } });
  await client.create(Site, { metadata: { ...at, name: 'unrelated' }, spec: { text: '' } });
  await settle();
  await client.create(Secret, { metadata: { ...at, name: 'tls' }, type: 'Opaque' });
  await settle();
  assert.deepEqual(seen, [undefined, undefined, 'Opaque']);
});
