/**
 * The files of a chart in a bucket of a server that speaks S3. Its revision is that of Flux: the digest of a list of all keys
 * that count, each with its entity tag.
 */
import { createHash } from 'node:crypto';
import type { ProxyFor } from '@kindred/client';
import type { ChartFile } from '../../../chart/chart.ts';
import { compareText } from '../../../go/compare-text.ts';
import { readTlsMaterial } from '../../../http/tls-material.ts';
import { DEFAULT_CHART_LIMITS } from '../../../node/chart-limits.ts';
import type { BucketSource } from '../../intent/release-intent.ts';
import type { SourceData, SourceSecrets } from '../source-access.ts';
import { SourceError } from '../source-error.ts';
import { IGNORE_FILE, withoutIgnored } from '../source-ignore.ts';
import { chartFiles, isArchive, type SourceTree, type TreeFile } from '../source-tree.ts';
import { S3Client, type S3Key } from './s3-client.ts';
import type { ListedObject } from './s3-listing.ts';

export interface BucketFetchOptions {
  readonly secrets: SourceSecrets;
  /** For sources that name no proxy. */
  readonly proxy: ProxyFor;
  readonly now: () => Date;
  readonly signal?: AbortSignal | undefined;
}

/** Objects that are fetched at the same time. */
const AT_ONCE = 8;
const LEAST_ANSWER = 64 * 1024;
const LARGEST_IGNORE_FILE = 1024 * 1024;

/** @throws SourceError, ChartError when the server can't be reached */
export async function fetchBucketChart(source: BucketSource, options: BucketFetchOptions): Promise<SourceTree> {
  const { path, bucket } = source;
  const objects = await withBucket(source, options, (client) => listed(client, source));
  const all = async (): Promise<ChartFile[]> =>
    chartFiles(await withBucket(source, options, (client) => fetchAll(client, objects, '')));
  const origin = revisionOf(objects);
  const prefix = path === '' ? '' : `${path}/`;
  const wanted = objects.filter(({ key }) => (isArchive(path) ? key === path : key.startsWith(prefix)));
  if (wanted.length === 0) throw new SourceError(`there is nothing at ${path} in bucket '${bucket}'`);
  const files = await withBucket(source, options, (client) => fetchAll(client, wanted, isArchive(path) ? '' : prefix));
  const [archive] = files;
  if (!isArchive(path) || archive === undefined) return { origin, chart: chartFiles(files), all };
  return { origin, chart: archive.data, all };
}

async function withBucket<T>(
  { endpoint, bucket, region, plainHttp, access }: BucketSource,
  { secrets, proxy: fromEnvironment, now, signal }: BucketFetchOptions,
  work: (client: S3Client) => Promise<T>,
): Promise<T> {
  const found = await secrets.access(access);
  const { tls, proxy } = found;
  const client = new S3Client({
    endpoint,
    bucket,
    region,
    plainHttp,
    now,
    signal,
    key: keyOf(found),
    tls: await readTlsMaterial(tls),
    proxy: proxy === undefined ? fromEnvironment : () => proxy,
  });
  try {
    return await work(client);
  } finally {
    client.close();
  }
}

/** Without any, buckets for everybody can be read. */
function keyOf({ data }: SourceData): S3Key | undefined {
  const { accesskey: id, secretkey: secret } = data;
  if (id === undefined && secret === undefined) return undefined;
  if (id === undefined || secret === undefined)
    throw new SourceError('the Secret of a bucket needs accesskey and secretkey');
  return { id: id.trim(), secret: secret.trim() };
}

/** What counts, by the rules of the object and of `.sourceignore` at the top. */
async function listed(client: S3Client, { prefix, ignore }: BucketSource): Promise<ListedObject[]> {
  const rules = await client.get(IGNORE_FILE, { maxBytes: LARGEST_IGNORE_FILE });
  const above = rules === undefined ? [] : [{ name: IGNORE_FILE, data: rules }];
  const objects = (await client.list(prefix)).filter(({ key }) => !key.endsWith('/') && key !== IGNORE_FILE);
  const named = objects.map((object) => ({ object, name: object.key, data: new Uint8Array() }));
  return withoutIgnored(named, ignore, above).map(({ object }) => object);
}

function revisionOf(objects: readonly ListedObject[]): string {
  const hash = createHash('sha256');
  const sorted = [...objects].sort((a, b) => compareText(a.key, b.key));
  for (const { key, etag } of sorted) hash.update(`${key} ${etag}\n`);
  return `sha256:${hash.digest('hex')}`;
}

async function fetchAll(client: S3Client, objects: readonly ListedObject[], prefix: string): Promise<TreeFile[]> {
  const { totalBytes } = DEFAULT_CHART_LIMITS;
  if (objects.reduce((sum, { size }) => sum + size, 0) > totalBytes) {
    throw new SourceError(`the objects of the chart have more than ${totalBytes} bytes`);
  }
  const files: TreeFile[] = [];
  for (let at = 0; at < objects.length; at += AT_ONCE) {
    const some = objects.slice(at, at + AT_ONCE).map(async ({ key, etag, size }) => {
      if (key.split('/').some((part) => part === '.' || part === '..' || part === '')) {
        throw new SourceError(`the bucket has a key that is no path: ${key}`);
      }
      // No more than was listed; refusals need their room too.
      const data = await client.get(key, { etag, maxBytes: Math.max(size, LEAST_ANSWER) });
      return { name: key.slice(prefix.length), data: data ?? new Uint8Array(), isFile: true };
    });
    files.push(...(await Promise.all(some)));
  }
  return files;
}
