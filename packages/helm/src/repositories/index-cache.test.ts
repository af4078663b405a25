import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { ManualClock } from '@kindred/machinery';
import { IndexCache, type IndexRequest } from './index-cache.ts';
import type { IndexFile } from './index-file.ts';

interface Served {
  url: string;
  text: string;
  headers: Readonly<Record<string, string>>;
  /** Of each request: its validator and credentials, and what was answered. */
  readonly seen: { validator: string | undefined; authorization: string | undefined; status: number }[];
  /** Called before an answer. */
  before: () => Promise<void>;
}

/** A repository whose server knows ETags, or times, as the headers say. */
async function serve(t: TestContext): Promise<Served> {
  const served: Served = { url: '', text: indexOf('web', 1), headers: {}, seen: [], before: async () => undefined };
  const server = createServer((request, response) => {
    void served.before().then(() => {
      const { etag, 'last-modified': modified } = served.headers;
      const validator = request.headers['if-none-match'] ?? request.headers['if-modified-since'];
      const status = validator !== undefined && (validator === etag || validator === modified) ? 304 : 200;
      served.seen.push({ validator, authorization: request.headers.authorization, status });
      response.writeHead(status, served.headers).end(status === 200 ? served.text : undefined);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  // A server that listens on a port has such an address.
  served.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return served;
}

const indexOf = (chart: string, major: number): string =>
  `apiVersion: v1\nentries:\n  ${chart}:\n  - {apiVersion: v2, name: ${chart}, version: ${major}.0.0, urls: [c.tgz]}\n`;

const newest = (index: IndexFile, chart = 'web'): string | undefined => index.entries.get(chart)?.[0]?.metadata.version;

function cacheOf(t: TestContext, clock: ManualClock, maxBytes?: number): IndexCache {
  const cache = new IndexCache({ clock, ...(maxBytes === undefined ? {} : { maxBytes }) });
  t.after(() => cache.close());
  return cache;
}

function request(maxAge: number, more: Partial<IndexRequest> = {}): IndexRequest {
  return { chart: 'web', maxAge, warn: () => undefined, ...more };
}

test('asks once for many, then whether there is something new', async (t) => {
  const served = await serve(t);
  const clock = new ManualClock(0);
  const cache = cacheOf(t, clock);
  const ask = (maxAge = 60_000): Promise<IndexFile> => cache.index({ url: served.url }, request(maxAge));
  for (const headers of [{ etag: '"one"' }, { 'last-modified': 'Sat, 01 Jan 2028 00:00:00 GMT' }]) {
    served.headers = headers;
    served.text = indexOf('web', 1);
    clock.advance(60_000);
    const all = await Promise.all(Array.from({ length: 50 }, () => ask()));
    assert.deepEqual(
      served.seen.splice(0).map(({ status }) => status),
      [200],
    );
    assert.ok(
      all.every((index) => index === all[0]),
      'read once',
    );
    clock.advance(59_999);
    await ask();
    assert.equal(served.seen.length, 0);
    clock.advance(1);
    assert.equal(await ask(), all[0]);
    await ask();
    assert.deepEqual(
      served.seen.splice(0).map(({ validator, status }) => [validator, status]),
      [[Object.values(headers)[0], 304]],
    );
    served.headers = { etag: '"two"' };
    served.text = indexOf('web', 2);
    assert.equal(newest(await ask()), '1.0.0', 'not asked yet');
    assert.equal(newest(await ask(0)), '2.0.0');
    assert.deepEqual(
      served.seen.splice(0).map(({ status }) => status),
      [200],
    );
  }
});

test('without validators the whole index comes each time', async (t) => {
  const served = await serve(t);
  const cache = cacheOf(t, new ManualClock(0));
  await cache.index({ url: served.url }, request(0));
  await cache.index({ url: served.url }, request(0));
  assert.deepEqual(served.seen, Array(2).fill({ validator: undefined, authorization: undefined, status: 200 }));
});

test('who has other credentials asks for himself', async (t) => {
  const served = await serve(t);
  const cache = cacheOf(t, new ManualClock(0));
  const { url } = served;
  await cache.index({ url }, request(1000));
  await cache.index({ url, username: 'ann', password: 'one' }, request(1000));
  await cache.index({ url, username: 'ann', password: 'two' }, request(1000));
  await cache.index({ url, username: 'ann', password: 'two' }, request(1000));
  assert.equal(new Set(served.seen.map(({ authorization }) => authorization)).size, 3);
  assert.equal(served.seen.length, 3);
});

test('a failure is not kept, and what was known stays', async (t) => {
  const served = await serve(t);
  const clock = new ManualClock(0);
  const cache = cacheOf(t, clock);
  served.text = 'no index: [';
  await assert.rejects(cache.index({ url: served.url }, request(1000)), { name: 'ChartError' });
  served.text = indexOf('web', 1);
  assert.equal(newest(await cache.index({ url: served.url }, request(1000))), '1.0.0');
  served.before = () => Promise.reject(new Error('down'));
  const nobody = { url: 'http://127.0.0.1:1' };
  await assert.rejects(cache.index(nobody, request(0)), { name: 'ChartError' });
  assert.equal(newest(await cache.index({ url: served.url }, request(1000))), '1.0.0');
});

test('one who stops waiting does not stop the others; closing stops all', { timeout: 20_000 }, async (t) => {
  const served = await serve(t);
  const cache = cacheOf(t, new ManualClock(0));
  let open = (): void => undefined;
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  const asked = new Promise<void>((resolve) => {
    served.before = () => {
      resolve();
      return gate;
    };
  });
  const stop = new AbortController();
  const first = cache.index({ url: served.url }, request(0, { signal: stop.signal }));
  const second = cache.index({ url: served.url }, request(0));
  await asked;
  stop.abort(new Error('enough'));
  await assert.rejects(first, /enough/);
  open();
  assert.equal(newest(await second), '1.0.0');
  served.before = () => new Promise(() => undefined);
  const third = cache.index({ url: served.url }, request(0));
  cache.close();
  await assert.rejects(third, { name: 'ChartError' });
});

test('keeps as much as it may, what was used last', async (t) => {
  const served = await serve(t);
  const clock = new ManualClock(0);
  const cache = cacheOf(t, clock, 1500);
  const ask = (path: string): Promise<IndexFile> => cache.index({ url: `${served.url}/${path}` }, request(1000));
  await ask('a');
  const one = cache.bytes;
  assert.ok(one > 0 && one < 750, String(one));
  for (const path of ['b', 'a', 'c', 'd', 'a']) await ask(path);
  assert.ok(cache.bytes <= 1500);
  const before = served.seen.length;
  await ask('a');
  assert.equal(served.seen.length, before);
  await ask('b');
  assert.equal(served.seen.length, before + 1, 'was given up');
});
