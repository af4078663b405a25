/** Gets the chart of a release from wherever its source says. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { ConfigMap } from '@kindred/apis/core/v1';
import type { Client } from '@kindred/client';
import { proxyFromEnvironment } from '@kindred/client';
import { ChartError } from '../../chart/chart.ts';
import { parseReference } from '../../registry/reference.ts';
import type { ChartContext } from '../../repositories/chart-source.ts';
import { checkDigest } from '../../repositories/content-cache.ts';
import { type DownloadedChart, downloadChart } from '../../repositories/download-chart.ts';
import { openRegistry } from '../../repositories/open-registry.ts';
import type { ChartSource, ObjectName, ReleaseIntent } from '../intent/release-intent.ts';
import { fetchBucketChart } from './bucket/bucket-source.ts';
import { chartOf, chartOfArchive, type FetchedChart } from './chart-content.ts';
import type { Environment } from './git/git-command.ts';
import { fetchDependencies, missingDependencies } from './git/git-dependencies.ts';
import { fetchGitChart } from './git/git-source.ts';
import { missing, sourceSecrets } from './source-access.ts';
import { SourceError } from './source-error.ts';
import { credentialsOf } from './source-secret.ts';
import type { SourceTree } from './source-tree.ts';

export interface FetchContext {
  /** Reads ConfigMaps and Secrets. */
  readonly client: Client;
  readonly cacheDirectory: string;
  /** What git may use: `https`, `ssh`, … */
  readonly gitProtocols: readonly string[];
  readonly signal?: AbortSignal | undefined;
  /** Of the process: `PATH`, where git is, and proxies. */
  readonly environment: Environment;
  readonly warn: (message: string) => void;
  readonly now: () => Date;
  /** Indexes of repositories, and how old they may be. */
  readonly indexes: NonNullable<ChartContext['indexes']>;
}

type Wanted = Pick<ReleaseIntent, 'source' | 'valuesFiles' | 'ignoreMissingValuesFiles'>;

type Remote = Extract<ChartSource, { readonly type: 'repository' | 'oci' | 'archive' }>;

const DEFAULT_LIMIT = 60_000;

/** @throws SourceError, StatusError when the cluster can't be asked */
export async function fetchChart(wanted: Wanted, outer: FetchContext): Promise<FetchedChart> {
  const limit = ('access' in wanted.source ? wanted.source.access.timeout : undefined) ?? DEFAULT_LIMIT;
  const timeout = AbortSignal.timeout(limit);
  const signal = outer.signal === undefined ? timeout : AbortSignal.any([outer.signal, timeout]);
  const context = { ...outer, signal };
  try {
    const fetched = await fetchFrom(wanted, context);
    const missing = missingDependencies(fetched.chart);
    if (missing.length === 0) return fetched;
    throw new SourceError(`found in Chart.yaml, but missing in charts/ directory: ${missing.join(', ')}`);
  } catch (error) {
    outer.signal?.throwIfAborted();
    if (timeout.aborted) throw new SourceError(`the source took longer than ${limit / 1000} s`, { cause: error });
    if (!(error instanceof ChartError)) throw error;
    throw new SourceError(error.message, { cause: error });
  }
}

async function fetchFrom(wanted: Wanted, context: FetchContext): Promise<FetchedChart> {
  const { source } = wanted;
  switch (source.type) {
    case 'inline':
      return chartOfArchive(decodeBase64(source.base64, 'the inline chart'), wanted);
    case 'configMap':
      return chartOfArchive(await archiveOfConfigMap(source.object, source.key, context), wanted);
    case 'git': {
      const { cacheDirectory, gitProtocols: protocols, signal, environment } = context;
      const options = { cacheDirectory, protocols, signal, environment, secrets: sourceSecrets(context) };
      return chartOfTree(await fetchGitChart(source, options), source.path, wanted, context);
    }
    case 'bucket': {
      const { environment, now, signal } = context;
      const options = { secrets: sourceSecrets(context), proxy: proxyFromEnvironment(environment), now, signal };
      return chartOfTree(await fetchBucketChart(source, options), source.path, wanted, context);
    }
    default: {
      const downloaded = await download(source, context);
      return chartOfArchive(downloaded.archive, wanted);
    }
  }
}

async function chartOfTree(
  { origin, chart, all }: SourceTree,
  path: string,
  wanted: Wanted,
  context: FetchContext,
): Promise<FetchedChart> {
  const fetched = chart instanceof Uint8Array ? chartOfArchive(chart, wanted) : chartOf(chart, origin, wanted);
  if (chart instanceof Uint8Array || missingDependencies(fetched.chart).length === 0) return { ...fetched, origin };
  const { cacheDirectory, signal, environment, warn, now } = context;
  const archives = await fetchDependencies({
    files: await all(),
    path,
    dependencies: fetched.chart.metadata.dependencies,
    cacheDirectory,
    paths: pathsBelow(cacheDirectory),
    warn,
    now,
    signal,
    proxy: proxyFromEnvironment(environment),
  });
  return chartOf([...chart, ...archives], origin, wanted);
}

async function download(source: Remote, context: FetchContext): Promise<DownloadedChart> {
  const { data, tls, proxy } = await sourceSecrets(context).access(source.access);
  if (proxy !== undefined && !/^https?:$/.test(proxy.protocol)) {
    throw new SourceError(`charts of ${source.type} sources do not come through a proxy of ${proxy.protocol}`);
  }
  const host = /^\w+:\/\/([^/]+)/.exec(source.url)?.[1] ?? '';
  const { passCredentials } = source.access;
  const access = {
    ...credentialsOf(data, host),
    ...tls,
    ...(passCredentials === undefined ? {} : { passCredentialsAll: passCredentials }),
  };
  const chartContext = {
    paths: pathsBelow(context.cacheDirectory),
    warn: context.warn,
    report: () => undefined,
    proxy: proxy === undefined ? proxyFromEnvironment(context.environment) : () => proxy,
    indexes: context.indexes,
    ...(context.signal === undefined ? {} : { signal: context.signal }),
  };
  switch (source.type) {
    case 'repository': {
      const { name, url: repo, version } = source;
      return downloadChart(name, { ...access, repo, version }, chartContext);
    }
    case 'oci': {
      const { url, version, plainHttp } = source;
      const digest = source.digest ?? (await digestOfTag(source, { ...access, plainHttp }, chartContext));
      const reference = digest === undefined ? url : `${url}@${digest}`;
      return downloadChart(
        reference,
        { ...access, version: digest === undefined ? version : '', plainHttp },
        chartContext,
      );
    }
    default: {
      const downloaded = await downloadChart(source.url, access, chartContext);
      if (source.digest !== undefined) {
        checkDigest(downloaded.archive, source.digest.replace(/^sha256:/, ''), `chart ${source.url}`);
      }
      return downloaded;
    }
  }
}

/** A tag may have any name, which helm doesn't take: what it stands for at the moment. */
async function digestOfTag(
  { url, tag }: Extract<ChartSource, { readonly type: 'oci' }>,
  access: Parameters<typeof openRegistry>[0],
  { paths, proxy, signal }: ChartContext,
): Promise<string | undefined> {
  if (tag === undefined) return undefined;
  const client = await openRegistry(access, paths, proxy);
  try {
    return (await client.manifest({ ...parseReference(url), tag }, signal)).descriptor.digest;
  } finally {
    client.close();
  }
}

/** Files of helm's own that nobody has written here: no repositories, no credentials but those of the Secret. */
function pathsBelow(directory: string) {
  return {
    repositoryConfig: join(directory, 'repositories.yaml'),
    repositoryCache: join(directory, 'repositories'),
    contentCache: join(directory, 'content'),
    registryConfig: join(directory, 'registry.json'),
  };
}

async function archiveOfConfigMap(at: ObjectName, key: string, { client, signal }: FetchContext): Promise<Uint8Array> {
  const what = `ConfigMap ${at.namespace}/${at.name}`;
  const config = await client.get(ConfigMap, at, { signal }).catch(missing(what));
  const data = config.binaryData?.[key];
  if (data === undefined) throw new SourceError(`${what} has no ${key} in its binaryData`);
  return decodeBase64(data, `${key} of ${what}`);
}

function decodeBase64(text: string, what: string): Uint8Array {
  const compact = text.replace(/\s+/g, '');
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(compact)) throw new SourceError(`${what} is not base64`);
  return Buffer.from(compact, 'base64');
}

/** Tells sources apart, so that what was fetched for one isn't taken for another. */
export function sourceKey({ source, valuesFiles, ignoreMissingValuesFiles }: Wanted): string {
  return createHash('sha256')
    .update(JSON.stringify([source, valuesFiles, ignoreMissingValuesFiles]))
    .digest('hex');
}
