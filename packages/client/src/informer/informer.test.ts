import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConfigMap } from '@kindred/apis/core/v1';
import { ManualClock } from '@kindred/machinery';
import fc from 'fast-check';
import { createClient } from '../client/client.ts';
import { failure, MemoryApi, type MemoryApiOptions } from '../testing/memory-api.ts';
import { until } from '../testing/until.ts';
import { keyOf } from './indexed-store.ts';
import { InformerFactory } from './informer-factory.ts';

function setup(options: MemoryApiOptions = {}) {
  const api = new MemoryApi(options);
  const clock = new ManualClock();
  const client = createClient(api, { clock });
  const errors: unknown[] = [];
  const factory = new InformerFactory({ client, clock, random: () => 0, onError: (error) => errors.push(error) });
  const informer = factory.informer(ConfigMap);
  const seen: string[] = [];
  informer.addHandler({
    added: (object, { initial }) => seen.push(`+${object.metadata.name}${initial ? ' initial' : ''}`),
    updated: (object) => seen.push(`~${object.metadata.name} ${object.data?.['v']}`),
    deleted: (object, { stale }) => seen.push(`-${object.metadata.name}${stale ? ' stale' : ''}`),
  });
  const put = async (name: string, v: string) => {
    await client.apply(ConfigMap, { metadata: { name, namespace: 'default' }, data: { v } } as never);
  };
  const remove = (name: string) => client.delete(ConfigMap, { name, namespace: 'default' });
  const watches = () => api.requests.filter(({ path }) => path.includes('watch=true'));
  return { api, clock, client, errors, factory, informer, seen, put, remove, watches };
}

for (const streamingLists of [true, false]) {
  test(`it lists, then follows (${streamingLists ? 'streaming' : 'paged'} list)`, async () => {
    const { api, factory, informer, seen, put, remove, errors } = setup({ streamingLists });
    await put('a', '1');
    factory.start();
    await informer.waitForSync();
    await put('b', '1');
    await put('a', '2');
    await remove('b');
    await until(() => seen.length === 4);
    assert.deepEqual(seen, ['+a initial', '+b', '~a 2', '-b']);
    assert.deepEqual(informer.lister.get({ namespace: 'default', name: 'a' })?.data, { v: '2' });
    assert.equal(informer.lister.list({ namespace: 'other' }).length, 0);
    assert.deepEqual(errors, []);
    await factory.close();
    assert.equal(api.openWatches, 0);
  });
}

test('a dropped watch goes on where it was: nothing lost, nothing repeated', async () => {
  const { api, clock, factory, informer, seen, put, watches } = setup();
  factory.start();
  await informer.waitForSync();
  await put('a', '1');
  await until(() => seen.length === 1);
  api.dropWatches(new Error('connection reset'));
  await put('b', '1');
  await until(() => clock.nextDue() === 800, 'the back-off');
  clock.advance(800);
  await until(() => seen.length === 2);
  assert.deepEqual(seen, ['+a', '+b']);
  assert.match(watches().at(-1)?.path ?? '', /resourceVersion=2/);
  await factory.close();
});

test('a version that is too old leads to a new list, with the deletions that were missed', async () => {
  const { api, clock, errors, factory, informer, seen, put, remove } = setup();
  await put('a', '1');
  await put('b', '1');
  factory.start();
  await informer.waitForSync();
  api.fault = ({ path }) => (path.includes('watch=true') ? new Error('server is restarting') : undefined);
  api.dropWatches();
  await remove('a');
  await put('b', '2');
  api.compact();
  await until(() => errors.length === 1);
  api.fault = undefined;
  await until(() => {
    clock.advance(1000);
    return seen.length === 4;
  });
  assert.deepEqual(seen.slice(2).sort(), ['-a stale', '~b 2']);
  assert.deepEqual(errors.map(String), ['Error: server is restarting']);
  await factory.close();
});

test('a silent connection is given up', async () => {
  const { api, clock, errors, factory, informer, seen, put, watches } = setup();
  factory.start();
  await informer.waitForSync();
  api.silenceWatches();
  await put('a', '1');
  clock.advance(89_000);
  assert.equal(watches().length, 1);
  await until(() => {
    clock.advance(1000);
    return seen.length === 1;
  });
  assert.match(String(errors[0]), /The watch of configmaps was silent for 90000 ms/);
  await factory.close();
});

test('bookmarks keep an idle watch alive', async () => {
  const { api, clock, factory, informer, watches } = setup();
  factory.start();
  await informer.waitForSync();
  for (let minute = 0; minute < 10; minute++) {
    clock.advance(60_000);
    api.bookmark();
    await until(() => informer.lastEventTime === clock.now());
  }
  assert.equal(watches().length, 1);
  await factory.close();
});

test('failures back off from 0.8 s to 30 s, one request at a time', async () => {
  const { api, clock, errors, factory, informer } = setup();
  api.fault = () => new Error('connect ECONNREFUSED');
  factory.start();
  const delays: number[] = [];
  for (let attempt = 0; attempt < 8; attempt++) {
    await until(() => errors.length > attempt);
    const delay = (clock.nextDue() ?? 0) - clock.now();
    delays.push(delay);
    clock.advance(delay);
  }
  assert.deepEqual(delays, [800, 1600, 3200, 6400, 12800, 25600, 30000, 30000]);
  api.fault = undefined;
  await until(() => {
    clock.advance(1000);
    return informer.hasSynced;
  });
  await factory.close();
});

test('garbage and error events in the stream end it, and a new one follows', async () => {
  const { api, clock, errors, factory, informer, seen, put } = setup();
  factory.start();
  await informer.waitForSync();
  api.inject('{"type":"MODIFIED"}\n');
  await until(() => errors.length === 1);
  assert.match(String(errors[0]), /not a watch event/);
  await until(() => {
    clock.advance(800);
    return api.openWatches === 1;
  });
  api.inject(`${JSON.stringify({ type: 'ERROR', object: { kind: 'Status', code: 500, message: 'etcd is away' } })}\n`);
  await until(() => errors.length === 2);
  assert.match(String(errors[1]), /etcd is away/);
  await put('a', '1');
  await until(() => {
    clock.advance(1600);
    return seen.length === 1;
  });
  await factory.close();
});

test('an exception in a handler is reported and stops neither the stream nor other handlers', async () => {
  const { errors, factory, informer, seen, put } = setup();
  informer.addHandler({
    added: () => {
      throw new Error('handler failed');
    },
  });
  factory.start();
  await informer.waitForSync();
  await put('a', '1');
  await put('b', '1');
  await until(() => seen.length === 2);
  assert.deepEqual(errors.map(String), ['Error: handler failed', 'Error: handler failed']);
  await factory.close();
});

test('informers of one scope are shared, indexes may come late, objects are frozen', async () => {
  const { api, factory, informer, put, watches } = setup();
  assert.equal(factory.informer(ConfigMap), informer);
  assert.notEqual(factory.informer(ConfigMap, { namespace: 'default' }), informer);
  await put('a', '1');
  await put('b', '2');
  factory.start();
  await factory.waitForSync();
  assert.equal(watches().length, 2);
  informer.addIndex('v', (object) => [object.data?.['v'] ?? '']);
  assert.deepEqual(informer.lister.byIndex('v', '2').map(keyOf), ['default/b']);
  await put('b', '1');
  await until(() => informer.lister.byIndex('v', '1').length === 2);
  assert.deepEqual(informer.lister.byIndex('v', '2'), []);
  const object = informer.lister.list()[0];
  assert.throws(() => Object.assign(object?.data ?? {}, { v: '9' }), TypeError);
  await factory.close();
  assert.equal(api.openWatches, 0);
});

test('one can wait for one own write to be visible', async () => {
  const { client, factory, informer } = setup();
  factory.start();
  await informer.waitForSync();
  const written = await client.create(ConfigMap, { metadata: { name: 'mine', namespace: 'default' } });
  await informer.waitForResourceVersion(written.metadata.resourceVersion, keyOf(written));
  assert.equal(informer.lister.getByKey('default/mine')?.metadata.uid, written.metadata.uid);
  await client.delete(ConfigMap, written.metadata);
  await informer.waitForDeletion('default/mine', written.metadata.uid);
  await factory.close();
});

test('whatever goes wrong, the store ends up as the server has it, and handlers tell the same story', async () => {
  const step = fc.oneof(
    fc.record({
      do: fc.constant('put' as const),
      name: fc.constantFrom('a', 'b', 'c'),
      v: fc.string({ maxLength: 2 }),
    }),
    fc.record({ do: fc.constant('remove' as const), name: fc.constantFrom('a', 'b', 'c') }),
    fc.record({
      do: fc.constantFrom('drop' as const, 'reset' as const, 'compact' as const, 'refuse' as const, 'turn' as const),
    }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), fc.boolean(), async (steps, streamingLists) => {
      const { api, client, clock, factory, informer, put, remove } = setup({ streamingLists });
      const told = new Map<string, string | undefined>();
      informer.addHandler({
        added: (object) => {
          assert.ok(!told.has(keyOf(object)));
          told.set(keyOf(object), object.data?.['v']);
        },
        updated: (object, old) => {
          assert.equal(told.get(keyOf(object)), old.data?.['v']);
          told.set(keyOf(object), object.data?.['v']);
        },
        deleted: (object) => assert.ok(told.delete(keyOf(object))),
      });
      factory.start();
      for (const action of steps) {
        if (action.do === 'put') await put(action.name, action.v);
        else if (action.do === 'remove') await remove(action.name).catch(() => undefined);
        else if (action.do === 'drop') api.dropWatches();
        else if (action.do === 'reset') api.dropWatches(new Error('reset'));
        else if (action.do === 'compact') api.compact();
        else if (action.do === 'refuse') refuseOnce(api);
        else await until(() => true);
        clock.advance(700);
      }
      // Whoever knows of this one has heard of all before it: a state in between may look like the last one.
      await put('last', 'end');
      const { items } = await client.list(ConfigMap);
      const actual = items.map((item) => `${keyOf(item)}=${item.data?.['v']}`).sort();
      await until(() => {
        clock.advance(5000);
        return (
          [...told]
            .map(([key, v]) => `${key}=${v}`)
            .sort()
            .join() === actual.join() && informer.hasSynced
        );
      });
      assert.deepEqual(
        informer.lister
          .list()
          .map((item) => `${keyOf(item)}=${item.data?.['v']}`)
          .sort(),
        actual,
      );
      await factory.close();
    }),
    { numRuns: 100 },
  );
});

function refuseOnce(api: MemoryApi): void {
  api.fault = (request) => {
    if (!request.path.includes('watch=true')) return undefined;
    api.fault = undefined;
    return failure(503, 'ServiceUnavailable', 'not now');
  };
}
