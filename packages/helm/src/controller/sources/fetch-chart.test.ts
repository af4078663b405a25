import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { createClient } from '@kindred/client';
import { systemClock } from '@kindred/machinery';
import { IndexCache } from '../../repositories/index-cache.ts';
import { startS3Server } from './bucket/testing.ts';
import { fetchChart } from './fetch-chart.ts';
import type { FetchContext } from './fetch-context.ts';
import { testRepository } from './git/testing.ts';
import { SourceError } from './source-error.ts';

const FILES = {
  'all/Chart.yaml':
    'apiVersion: v2\nname: all\nversion: 1.0.0\ndependencies:\n- {name: common, version: "*", repository: "file://../common"}\n',
  'all/values.yaml': 'a: 1\n',
  'all/prod.yaml': 'a: 2\n',
  'common/Chart.yaml': 'apiVersion: v2\nname: common\nversion: 1.0.0\n',
  'common/values.yaml': '',
};
const plain = { valuesFiles: ['prod.yaml'], ignoreMissingValuesFiles: false };

async function context(t: TestContext): Promise<FetchContext> {
  const cacheDirectory = await mkdtemp(join(tmpdir(), 'kindred-fetch-'));
  t.after(() => rm(cacheDirectory, { recursive: true }));
  const cache = new IndexCache({ clock: systemClock });
  return {
    // Nothing of the cluster is asked for.
    client: createClient({ request: () => Promise.reject(new Error('asked')), close: () => Promise.resolve() }),
    cacheDirectory,
    gitProtocols: ['file'],
    environment: process.env,
    warn: () => undefined,
    now: () => new Date(0),
    indexes: { cache, maxAge: 0 },
  };
}

test('a bucket and a repository with the same files give the same chart, with dependencies from beside it', async (t) => {
  const fetching = await context(t);
  const server = await startS3Server(t);
  for (const [key, content] of Object.entries(FILES)) server.objects.set(key, content);
  const bucket = {
    type: 'bucket',
    endpoint: server.endpoint,
    bucket: 'charts',
    prefix: '',
    plainHttp: true,
    path: 'all',
    ignore: { defaults: true },
    access: {},
  } as const;
  const one = await fetchChart({ ...plain, source: bucket }, fetching);
  assert.deepEqual(
    one.chart.dependencies.map(({ metadata }) => metadata.name),
    ['common'],
  );
  assert.deepEqual([...one.chart.values], [['a', 2]]);
  assert.match(one.origin, /^sha256:/);
  const { source, commit } = await testRepository(t);
  const head = await commit(FILES);
  const two = await fetchChart({ ...plain, source: source({ path: 'all' }) }, fetching);
  assert.equal(two.origin, head);
  assert.equal(two.digest, one.digest);
});

test('a source that never answers is told, and one that is stopped is not', async (t) => {
  const fetching = await context(t);
  const server = createServer(() => undefined);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  // A server that listens on a port has such an address.
  const endpoint = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const source = {
    type: 'bucket',
    endpoint,
    bucket: 'charts',
    prefix: '',
    plainHttp: true,
    path: 'all',
    ignore: { defaults: true },
    access: { timeout: 20 },
  } as const;
  await assert.rejects(fetchChart({ ...plain, source }, fetching), (error: unknown) => {
    assert.ok(error instanceof SourceError);
    assert.match(error.message, /the source took longer than 0\.02 s/);
    return true;
  });
  const stopped = new AbortController();
  stopped.abort(new Error('stopped'));
  await assert.rejects(fetchChart({ ...plain, source }, { ...fetching, signal: stopped.signal }), /stopped/);
});
