import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ManualClock } from '@kindred/machinery';
import { packageChart } from '../../packaging/package-chart.ts';
import { digestOf } from '../../repositories/content-cache.ts';
import { downloadChart } from '../../repositories/download-chart.ts';
import { IndexCache } from '../../repositories/index-cache.ts';
import { ChartCache, type FetchWithin } from './chart-cache.ts';
import { chartOfArchive } from './chart-content.ts';
import { KnownCharts } from './known-charts.ts';

const MINUTE = 60_000;
const plain = { valuesFiles: [], ignoreMissingValuesFiles: false };

function archiveOf(version: string): Uint8Array {
  const files = { 'Chart.yaml': `apiVersion: v2\nname: web\nversion: ${version}\n`, 'values.yaml': '' };
  const encoder = new TextEncoder();
  return packageChart(
    Object.entries(files).map(([name, text]) => ({ name, data: encoder.encode(text) })),
    { now: new Date(0) },
  ).archive;
}

test('fifty releases from one repository ask it once an interval', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'kindred-charts-'));
  t.after(() => rm(directory, { recursive: true }));
  const archives = new Map(['1.0.0', '1.1.0'].map((version) => [version, archiveOf(version)]));
  let published = ['1.0.0'];
  let asked = 0;
  const server = createServer((request, response) => {
    if (request.url === '/index.yaml') {
      asked++;
      const etag = `"${published.join()}"`;
      const versions = published.map((version) => {
        const digest = digestOf(archives.get(version) ?? new Uint8Array());
        return `  - {apiVersion: v2, name: web, version: ${version}, urls: [${version}.tgz], digest: ${digest}}\n`;
      });
      const isKnown = request.headers['if-none-match'] === etag;
      response.writeHead(isKnown ? 304 : 200, { etag });
      response.end(isKnown ? undefined : `apiVersion: v1\nentries:\n  web:\n${versions.join('')}`);
    } else {
      response.end(archives.get(request.url?.slice(1, -4) ?? ''));
    }
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  // A server that listens on a port has such an address.
  const repo = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const clock = new ManualClock(0);
  const [charts, cache] = [new ChartCache(clock, new KnownCharts()), new IndexCache({ clock })];
  t.after(() => cache.close());
  const paths = {
    repositoryConfig: join(directory, 'repositories.yaml'),
    repositoryCache: join(directory, 'repositories'),
    contentCache: join(directory, 'content'),
    registryConfig: join(directory, 'registry.json'),
  };
  const quiet = { warn: () => undefined, report: () => undefined };
  const look = async (key: string, version = '', isForced = false): Promise<string> => {
    const source = { type: 'repository', url: repo, name: 'web', version, access: {} } as const;
    const fetch: FetchWithin = async (maxAge) => {
      const context = { paths, ...quiet, indexes: { cache, maxAge } };
      return chartOfArchive((await downloadChart('web', { repo, version }, context)).archive, plain);
    };
    return (await charts.identify(key, { source, ...plain, interval: 5 * MINUTE }, { isForced, fetch })).version;
  };
  const lookAll = (): Promise<string[]> => Promise.all(Array.from({ length: 50 }, (_, at) => look(`ns/${at}`)));
  const since = (): number => {
    const count = asked;
    asked = 0;
    return count;
  };

  await lookAll();
  assert.equal(since(), 1, 'all that are new at the same time');
  clock.advance(4 * MINUTE);
  await lookAll();
  assert.equal(since(), 0);
  clock.advance(MINUTE);
  published = ['1.0.0', '1.1.0'];
  assert.deepEqual([...new Set(await lookAll())], ['1.1.0']);
  assert.equal(since(), 1);
  clock.advance(MINUTE);
  published = ['1.1.0'];
  await look('ns/51');
  assert.equal(since(), 1, 'what is new later wants to know what there is now');
  await look('ns/1', '', true);
  assert.equal(since(), 1, 'so does who asks for it');
  published = ['1.0.0', '1.1.0'];
  assert.equal(await look('ns/2', '1.0.0'), '1.0.0');
  assert.equal(since(), 1, 'an index without the version is not the last word');
  await assert.rejects(look('ns/3', '3.0.0'), /version "3.0.0" not found/);
});

test('a suspended source stays what it was; the interval of the source counts, not that of the release', async () => {
  const clock = new ManualClock(0);
  const charts = new ChartCache(clock, new KnownCharts());
  const source = { type: 'archive', url: 'http://127.0.0.1:1/a.tgz', access: {} } as const;
  const intent = { source, ...plain, interval: 60 * MINUTE, sourceInterval: MINUTE };
  let version = '1.0.0';
  const fetch: FetchWithin = () => Promise.resolve(chartOfArchive(archiveOf(version), plain));
  const seen = async (more: object = {}, isForced = false) =>
    (await charts.identify('apps/web', { ...intent, ...more }, { isForced, fetch })).version;
  assert.equal(await seen(), '1.0.0');
  version = '1.1.0';
  assert.equal(await seen(), '1.0.0');
  clock.advance(2 * MINUTE);
  const changed = { ...source, url: 'http://127.0.0.1:1/b.tgz' };
  assert.equal(await seen({ sourceSuspended: true, source: changed }, true), '1.0.0');
  const { chart } = await charts.chart('apps/web', { ...intent, sourceSuspended: true, source: changed }, fetch);
  assert.equal(chart.metadata.version, '1.0.0');
  assert.equal(await seen(), '1.1.0');
});
