import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock, type Unstructured } from '@kindred/machinery';
import { openMemoryStore, StoreError } from '@kindred/store';
import { type ApiStorageOptions, openApiStorage } from './api-storage.ts';
import type { ResourceStorage, ResourceWatchRequest } from './resource-storage.ts';
import type { WatchEvent } from './watch-event.ts';

function website(name: string, labels: Record<string, string> = {}, spec: Record<string, unknown> = {}): Unstructured {
  const metadata = { name, namespace: 'default', labels };
  return { spec, apiVersion: 'extensions.example.com/v1', kind: 'Website', metadata };
}

async function openWebsites(options: Partial<ApiStorageOptions> = {}) {
  const store = options.store ?? openMemoryStore();
  const storage = await openApiStorage({ clock: new ManualClock(0), ...options, store });
  return { store, storage, websites: await storage.open('extensions.example.com', 'websites') };
}

async function create(websites: ResourceStorage, ...parameters: Parameters<typeof website>) {
  const stored = await websites.create('default', parameters[0], website(...parameters));
  assert.ok(stored);
  return stored;
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Collects what a watch is sent, as short texts. */
function record(websites: ResourceStorage, request: ResourceWatchRequest) {
  const seen: string[] = [];
  const events: WatchEvent[] = [];
  let ended: Error | undefined;
  let accept = true;
  const watch = websites.watch(request, {
    onEvents(batch) {
      for (const event of batch) {
        events.push(event);
        if (event.type === 'BOOKMARK') seen.push(event.initialEventsEnd ? 'END' : 'BOOKMARK');
        else seen.push(`${event.type} ${event.stored.name}`);
      }
      return accept;
    },
    onEnd: (reason) => {
      ended = reason;
    },
  });
  return {
    watch,
    seen,
    events,
    ended: () => ended,
    pause: () => {
      accept = false;
    },
    goOn: () => {
      accept = true;
      watch.resume();
    },
  };
}

test('a created object is there when the write is acknowledged, as bytes that begin canonically', async () => {
  const { websites } = await openWebsites();
  const stored = await create(websites, 'kubia', {}, { gitRepo: 'https://example.com/r.git' });
  assert.equal(websites.get('default', 'kubia'), stored);
  const text = Buffer.from(stored.bytes).toString();
  const start = `{"kind":"Website","apiVersion":"extensions.example.com/v1","metadata":{"resourceVersion":"${stored.revision}","name":"kubia"`;
  assert.equal(text.slice(0, start.length), start);
  assert.deepEqual(JSON.parse(text), stored.object);
  assert.equal(await websites.create('default', 'kubia', website('kubia')), undefined);
});

test('a stale writer is refused, and a write that changes nothing keeps the resourceVersion', async () => {
  const { websites } = await openWebsites();
  const first = await create(websites, 'kubia');
  const second = await websites.replace(first, website('kubia', { a: '1' }));
  assert.ok(second && second.revision > first.revision);
  assert.equal(await websites.replace(first, website('kubia', { a: '2' })), undefined);
  assert.equal(await websites.remove(first), undefined);
  assert.equal(await websites.replace(second, second.decode()), second);
  const gone = await websites.remove(second);
  assert.ok(gone && gone.revision > second.revision);
  assert.equal(gone.object.metadata.resourceVersion, String(gone.revision));
  assert.equal(websites.get('default', 'kubia'), undefined);
});

test('guaranteedUpdate loses no update of concurrent writers', async () => {
  const { websites } = await openWebsites();
  await create(websites, 'kubia', {}, { n: 0 });
  const increment = () =>
    websites.guaranteedUpdate('default', 'kubia', async (current) => {
      await turn();
      const { n } = current.object['spec'] as { n: number };
      return website('kubia', {}, { n: n + 1 });
    });
  await Promise.all(Array.from({ length: 10 }, increment));
  assert.deepEqual(websites.get('default', 'kubia')?.object['spec'], { n: 10 });
  assert.equal(await websites.guaranteedUpdate('default', 'absent', () => undefined), undefined);
});

test('a new storage over the same store loads what is there', async () => {
  const { store, storage, websites } = await openWebsites();
  for (let i = 0; i < 5; i++) await create(websites, `site-${i}`);
  await storage.close();
  const again = await openWebsites({ store });
  assert.equal(again.websites.size, 5);
  assert.equal(again.storage.revision, storage.revision);
  assert.throws(
    () => again.websites.listAt(2, {}),
    (error) => error instanceof StoreError && error.code === 'compacted',
  );
});

test('lists are ordered, selected and paged at one revision', async () => {
  const { websites } = await openWebsites();
  for (const [i, name] of ['c', 'a', 'd', 'b', 'e'].entries()) await create(websites, name, { odd: String(i % 2) });
  const page = websites.list({ namespace: 'default', limit: 2 });
  assert.deepEqual([page.items.map((item) => item.name), page.remaining], [['a', 'b'], 3]);
  await create(websites, 'bb');
  const c = websites.get('default', 'c');
  assert.ok(c);
  await websites.remove(c);
  const rest = websites.listAt(page.revision, { namespace: 'default', after: 'default/b', limit: 2 });
  assert.deepEqual([rest.items.map((item) => item.name), rest.remaining], [['c', 'd'], 1]);
  const now = websites.list({ after: 'default/b' });
  assert.deepEqual(
    now.items.map((item) => item.name),
    ['bb', 'd', 'e'],
  );
  const odd = websites.list({ matchesLabels: (labels) => labels['odd'] === '1', limit: 1 });
  assert.deepEqual([odd.items.map((item) => item.name), odd.remaining], [['a'], 4]);
  const named = { fields: { matches: (fields: Readonly<Record<string, string>>) => fields['metadata.name'] === 'd' } };
  assert.deepEqual(
    websites.list(named).items.map((item) => item.name),
    ['d'],
  );
  assert.deepEqual(websites.list({ namespace: 'other' }).items, []);
});

test('a watch sees objects come and go by its selector', async () => {
  const { websites } = await openWebsites();
  const all = record(websites, {});
  const red = record(websites, { matchesLabels: (labels) => labels['colour'] === 'red' });
  const first = await create(websites, 'kubia', { colour: 'red' });
  const second = await websites.replace(first, website('kubia', { colour: 'red' }, { x: 1 }));
  assert.ok(second);
  const third = await websites.replace(second, website('kubia', { colour: 'blue' }));
  assert.ok(third);
  await websites.remove(third);
  await turn();
  assert.deepEqual(all.seen, ['ADDED kubia', 'MODIFIED kubia', 'MODIFIED kubia', 'DELETED kubia']);
  assert.deepEqual(red.seen, ['ADDED kubia', 'MODIFIED kubia', 'DELETED kubia']);
  const left = red.events[2];
  assert.ok(left !== undefined && left.type === 'DELETED');
  assert.equal(left.stored.object.metadata.resourceVersion, String(third.revision));
  assert.deepEqual(left.stored.labels, { colour: 'red' });
  const shared = [all.events[0], red.events[0]].map((event) => (event?.type === 'ADDED' ? event.line : undefined));
  assert.equal(shared[0], shared[1]);
  assert.equal(
    Buffer.from(shared[0] ?? []).toString(),
    `{"type":"ADDED","object":${Buffer.from(first.bytes).toString()}}\n`,
  );
});

test('a watch begins with the present objects, or after a revision, and bookmarks show progress', async () => {
  const clock = new ManualClock(0);
  const { websites, storage } = await openWebsites({ clock });
  const a = await create(websites, 'a');
  await create(websites, 'b');
  const initial = record(websites, { initialEventsEnd: true, bookmarks: true });
  const since = record(websites, { since: a.revision });
  await turn();
  assert.deepEqual(initial.seen, ['ADDED a', 'ADDED b', 'END']);
  assert.deepEqual(since.seen, ['ADDED b']);
  const others = await storage.open('', 'configmaps');
  await others.create('default', 'x', website('x'));
  clock.advance(60_000);
  await turn();
  assert.deepEqual(initial.seen.slice(3), ['BOOKMARK']);
  assert.equal(initial.events.at(-1)?.revision, storage.revision);
  assert.throws(
    () => record(websites, { since: storage.revision + 1 }),
    (error) => error instanceof StoreError && error.code === 'futureRevision',
  );
});

test('a watch with few selected among many objects finds them, over several turns', async () => {
  const { websites } = await openWebsites();
  for (let i = 0; i < 1500; i++) await create(websites, `w-${i}`, i % 700 === 699 ? { colour: 'red' } : {});
  const red = record(websites, { matchesLabels: (labels) => labels['colour'] === 'red', initialEventsEnd: true });
  for (let i = 0; i < 10 && red.seen.at(-1) !== 'END'; i++) await turn();
  assert.deepEqual(red.seen, ['ADDED w-1399', 'ADDED w-699', 'END']);
});

test('many watches take turns, so that requests get in between', async () => {
  const turns: (() => void)[] = [];
  const { websites } = await openWebsites({ later: (run) => void turns.push(run) });
  const watches = Array.from({ length: 1000 }, () => record(websites, { since: websites.revision }));
  const runAll = (): number => {
    for (let count = 0; ; count++) {
      const next = turns.shift();
      if (next === undefined) return count;
      next();
    }
  };
  assert.equal(runAll(), 5);
  await create(websites, 'a');
  assert.equal(runAll(), 5);
  for (const { seen } of watches) assert.deepEqual(seen, ['ADDED a']);
});

test('a batch of large objects is a short one', async () => {
  const { websites } = await openWebsites();
  for (const name of ['a', 'b', 'c', 'd']) await create(websites, name, {}, { page: 'x'.repeat(300_000) });
  const slow = record(websites, {});
  slow.pause();
  await turn();
  assert.deepEqual(slow.seen, ['ADDED a', 'ADDED b']);
  slow.watch.close();
});

test('a watch that is slower than history ends, and one that was only paused goes on', async () => {
  const history = { keepMilliseconds: 0, minChanges: 4, maxChanges: 4 };
  const { websites } = await openWebsites({ history });
  const slow = record(websites, {});
  const paused = record(websites, {});
  slow.pause();
  paused.pause();
  await create(websites, 'a');
  await turn();
  for (const name of ['b', 'c', 'd']) await create(websites, name);
  await turn();
  assert.deepEqual(paused.seen, ['ADDED a']);
  paused.goOn();
  await turn();
  assert.deepEqual(paused.seen, ['ADDED a', 'ADDED b', 'ADDED c', 'ADDED d']);
  for (const name of ['e', 'f', 'g', 'h']) await create(websites, name);
  slow.goOn();
  await turn();
  const reason = slow.ended();
  assert.ok(reason instanceof StoreError && reason.code === 'compacted');
  assert.equal(paused.ended(), undefined);
});

test('closing ends the watches, and an old revision is too old', async () => {
  const clock = new ManualClock(0);
  const history = { keepMilliseconds: 1000, minChanges: 1, maxChanges: 100 };
  const { websites, storage } = await openWebsites({ clock, history });
  const a = await create(websites, 'a');
  await create(websites, 'b');
  clock.advance(2000);
  await create(websites, 'c');
  assert.throws(
    () => record(websites, { since: a.revision }),
    (error) => error instanceof StoreError && error.code === 'compacted',
  );
  const open = record(websites, { since: storage.revision });
  await storage.close();
  const reason = open.ended();
  assert.ok(reason instanceof StoreError && reason.code === 'closed');
  assert.throws(() => record(websites, {}), reason);
});

test('waiting for a revision ends when it is reached, or after three seconds', async () => {
  const clock = new ManualClock(0);
  const { websites, storage } = await openWebsites({ clock });
  const reached = storage.reaches(storage.revision + 1);
  await create(websites, 'a');
  assert.equal(await reached, true);
  const never = storage.reaches(storage.revision + 5);
  clock.advance(3000);
  assert.equal(await never, false);
});

test('an object with a time to live goes away', async () => {
  const clock = new ManualClock(0);
  const { websites } = await openWebsites({ clock, store: openMemoryStore({ clock }) });
  await websites.create('default', 'event', website('event'), { ttlSeconds: 3600 });
  clock.advance(3_600_000);
  assert.equal(websites.size, 1);
  clock.advance(60_000);
  assert.equal(websites.size, 0);
});
