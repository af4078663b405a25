/** Gets the chart of a release from wherever its source says. */
import { createHash } from 'node:crypto';
import { ConfigMap } from '@kindred/apis/core/v1';
import { proxyFromEnvironment } from '@kindred/client';
import { ChartError } from '../../chart/chart.ts';
import type { ObjectName, ReleaseIntent } from '../intent/release-intent.ts';
import { fetchBucketChart } from './bucket/bucket-source.ts';
import { chartOf, chartOfArchive, type FetchedChart } from './chart-content.ts';
import { downloadSource, pathsBelow } from './download-source.ts';
import type { FetchContext } from './fetch-context.ts';
import { fetchDependencies, missingDependencies } from './git/git-dependencies.ts';
import { fetchGitChart } from './git/git-source.ts';
import { missing, sourceSecrets } from './source-access.ts';
import { SourceError } from './source-error.ts';
import type { SourceTree } from './source-tree.ts';

type Wanted = Pick<ReleaseIntent, 'source' | 'valuesFiles' | 'ignoreMissingValuesFiles'>;

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
    default:
      return chartOfArchive(await downloadSource(source, context), wanted);
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
