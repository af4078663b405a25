import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { selfSignedCertificate } from '@kindred/client/testing';
import type { BucketSource } from '../../intent/release-intent.ts';
import type { SourceData } from '../source-access.ts';
import { SourceError } from '../source-error.ts';
import type { SourceTree } from '../source-tree.ts';
import { type BucketFetchOptions, fetchBucketChart } from './bucket-source.ts';
import { parseListing } from './s3-listing.ts';
import { etagOf, type S3Server, startS3Server } from './testing.ts';

const KEYS = { AKIDEXAMPLE: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' };
const GOOD = { accesskey: 'AKIDEXAMPLE', secretkey: `${KEYS.AKIDEXAMPLE}\n` };

function options(data: Readonly<Record<string, string>> = GOOD, more: Partial<SourceData> = {}): BucketFetchOptions {
  return {
    secrets: {
      access: () => Promise.resolve({ data, tls: {}, ...more }),
      keys: () => Promise.resolve(new Map()),
    },
    proxy: () => undefined,
    now: () => new Date('2030-01-02T03:04:05.678Z'),
  };
}

function source({ endpoint }: S3Server, more: Partial<BucketSource> = {}): BucketSource {
  const common = { type: 'bucket', bucket: 'charts', prefix: '', plainHttp: true, path: 'web', access: {} } as const;
  return { ...common, endpoint, ignore: { defaults: true }, ...more };
}

function filesOf({ chart }: SourceTree): Record<string, string> {
  assert.ok(!(chart instanceof Uint8Array));
  return Object.fromEntries(chart.map(({ name, data }) => [name, Buffer.from(data).toString()]));
}

function put({ objects }: S3Server, contents: Readonly<Record<string, string>>): void {
  for (const [key, content] of Object.entries(contents)) objects.set(key, content);
}

const CHART = { 'web/Chart.yaml': 'name: web', 'web/values.yaml': 'a: 1', 'web/templates/a.yaml': 'b' };

test('signed requests for all pages of a list and for objects with any name; the revision is that of Flux', async (t) => {
  const server = await startS3Server(t, { keys: KEYS });
  const odd = "web/files/a b+c&d=e'(f)*!~ü%20?#.txt";
  put(server, { ...CHART, [odd]: 'odd', 'other/x': 'y', 'web/logo.png': 'left out', 'web/dir/': '' });
  const tree = await fetchBucketChart(source(server), options());
  assert.deepEqual(filesOf(tree), {
    'Chart.yaml': 'name: web',
    'values.yaml': 'a: 1',
    'templates/a.yaml': 'b',
    [odd.slice(4)]: 'odd',
  });
  const counted = { ...CHART, [odd]: 'odd', 'other/x': 'y' };
  const lines = Object.entries(counted)
    .map(([key, content]) => `${key} ${etagOf(content)}\n`)
    .sort();
  assert.equal(tree.origin, `sha256:${createHash('sha256').update(lines.join('')).digest('hex')}`);
  assert.equal((await tree.all()).length, 5);
  assert.ok(server.requests.filter((path) => path.includes('continuation-token')).length >= 2);
});

test('a prefix, rules of the object and of the bucket, an archive', async (t) => {
  const server = await startS3Server(t, { keys: KEYS });
  put(server, { ...CHART, '.sourceignore': 'values.yaml\n', 'packed/web-1.0.0.tgz': 'packed', 'web/NOTES.md': '' });
  const ignore = { defaults: true, rules: '!/web/values.yaml\n*.md' };
  assert.deepEqual(Object.keys(filesOf(await fetchBucketChart(source(server), options()))).sort(), [
    'Chart.yaml',
    'NOTES.md',
    'templates/a.yaml',
  ]);
  const ruled = await fetchBucketChart(source(server, { ignore, prefix: 'web/' }), options());
  assert.deepEqual(Object.keys(filesOf(ruled)).sort(), ['Chart.yaml', 'templates/a.yaml', 'values.yaml']);
  assert.equal((await ruled.all()).length, 3);
  const { chart } = await fetchBucketChart(source(server, { path: 'packed/web-1.0.0.tgz' }), options());
  assert.ok(chart instanceof Uint8Array);
  assert.equal(Buffer.from(chart).toString(), 'packed');
});

test('what is refused, missing or changing is told, without the key', async (t) => {
  const server = await startS3Server(t, { keys: KEYS });
  put(server, CHART);
  const failing: readonly (readonly [Partial<BucketSource>, Readonly<Record<string, string>>, RegExp])[] = [
    [{}, { ...GOOD, secretkey: 'hunter2' }, /SignatureDoesNotMatch: it & so on/],
    [{}, { ...GOOD, accesskey: 'nobody' }, /InvalidAccessKeyId/],
    [{}, {}, /AccessDenied/],
    [{}, { accesskey: 'x' }, /needs accesskey and secretkey/],
    [{ bucket: 'none' }, GOOD, /bucket 'none' does not exist/],
    [{ path: 'none' }, GOOD, /there is nothing at none in bucket 'charts'/],
    [{ path: 'web/none.tgz' }, GOOD, /there is nothing at web\/none\.tgz/],
    [{ region: 'eu-west-1' }, GOOD, /AuthorizationHeaderMalformed/],
  ];
  const failsWith = (pattern: RegExp) => (error: unknown) => {
    assert.ok(error instanceof SourceError, String(error));
    assert.match(error.message, pattern);
    assert.doesNotMatch(error.message, /hunter2|wJalr/);
    return true;
  };
  for (const [more, data, message] of failing) {
    await assert.rejects(fetchBucketChart(source(server, more), options(data)), failsWith(message));
  }
  server.beforeGet = (key) => {
    if (key === 'web/values.yaml') server.objects.set(key, 'changed');
  };
  await assert.rejects(fetchBucketChart(source(server), options()), failsWith(/it has changed meanwhile/));
  server.beforeGet = () => undefined;
  put(server, { 'web/../../escape': 'x' });
  await assert.rejects(fetchBucketChart(source(server), options()), failsWith(/a key that is no path/));
});

test('another region than the usual one is found; buckets for everybody need no key; TLS by an authority of its own', async (t) => {
  const far = await startS3Server(t, { keys: KEYS, region: 'eu-central-1' });
  put(far, CHART);
  assert.equal(Object.keys(filesOf(await fetchBucketChart(source(far), options()))).length, 3);
  const open = await startS3Server(t);
  put(open, CHART);
  assert.equal(Object.keys(filesOf(await fetchBucketChart(source(open), options({})))).length, 3);
  const tls = await selfSignedCertificate();
  const secure = await startS3Server(t, { keys: KEYS, tls });
  put(secure, CHART);
  const wanted = source(secure, { plainHttp: false });
  await assert.rejects(fetchBucketChart(wanted, options()), /certificate/);
  const directory = await mkdtemp(join(tmpdir(), 'kindred-bucket-'));
  t.after(() => rm(directory, { recursive: true }));
  await writeFile(join(directory, 'ca'), tls.cert);
  const trusting = options(GOOD, { tls: { caFile: join(directory, 'ca') } });
  assert.equal(Object.keys(filesOf(await fetchBucketChart(wanted, trusting))).length, 3);
});

test('lists that are none, or cut short', () => {
  for (const text of ['', '<html></html>', '<!DOCTYPE x [<!ENTITY a "b">]><ListBucketResult></ListBucketResult>']) {
    assert.throws(() => parseListing(text), SourceError);
  }
  assert.throws(() => parseListing('<ListBucketResult><Contents><Key>a'), /cut short/);
  const plain =
    '<ListBucketResult><Contents><Key>a&#43;b&amp;c</Key><ETag>"e"</ETag><Size>3</Size></Contents></ListBucketResult>';
  assert.deepEqual(parseListing(plain), { objects: [{ key: 'a+b&c', etag: 'e', size: 3 }] });
});
