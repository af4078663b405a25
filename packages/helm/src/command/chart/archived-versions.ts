/**
 * What other versions of a chart set by themselves, as far as their archives lie on this machine: beside the one that was
 * given, or in the content cache under the digests of the cached index. Nothing is fetched.
 */
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { isSystemError } from '@kindred/machinery';
import { type Chart, ChartError } from '../../chart/chart.ts';
import { loadChartFiles } from '../../chart/load-files.ts';
import { GoMap } from '../../go/value.ts';
import { isFile } from '../../node/is-file.ts';
import { unpackArchive } from '../../node/load-archive.ts';
import { cachedChart, parseDigest } from '../../repositories/content-cache.ts';
import { readCachedIndex } from '../../repositories/repository-cache.ts';
import { compareVersions, parseVersion } from '../../semver/version.ts';
import type { VersionValues } from '../../values/chart-versions.ts';
import { defaultValues } from '../../values/hidden-defaults.ts';
import type { CommandContext } from '../command.ts';
import { chartPaths } from './chart-paths.ts';

/** More of them say little more, and take time to read. */
const MAX_ARCHIVES = 20;

/** What of a command's context is needed. */
type Context = Pick<CommandContext, 'directory' | 'settings' | 'environment' | 'log'>;

/** @param reference the argument CHART that `chart` was loaded for */
export async function archivedVersions(
  context: Context,
  reference: string,
  { metadata }: Chart,
): Promise<VersionValues[]> {
  try {
    const path = resolve(context.directory, reference);
    const archives = (await isFile(path))
      ? archivesBeside(path, metadata.name)
      : archivesInCache(context, reference, metadata.name);
    const found: VersionValues[] = [];
    for await (const archive of archives) {
      const chart = loadChartFiles(unpackArchive(archive), unpackArchive);
      if (chart.metadata.name !== metadata.name) continue;
      const values = defaultValues(chart, new GoMap());
      found.push({ version: chart.metadata.version, values, isComplete: true });
    }
    return found;
  } catch (error) {
    // What can't be read adds nothing to a message about something else.
    const isExpected = error instanceof ChartError || isSystemError(error);
    if (!isExpected) throw error;
    context.log.debug('archives of other versions could not be read', { error: error.message });
    return [];
  }
}

/** `web-1.4.0.tgz` beside `web-2.0.0.tgz`. */
async function* archivesBeside(path: string, name: string): AsyncGenerator<Uint8Array> {
  const directory = dirname(path);
  const versions = (await readdir(directory)).flatMap((file) => {
    const text = file.startsWith(`${name}-`) && file.endsWith('.tgz') ? file.slice(name.length + 1, -4) : '';
    const version = parseVersion(text);
    return version === undefined ? [] : [{ file, version }];
  });
  const newest = versions.sort((a, b) => compareVersions(b.version, a.version)).slice(0, MAX_ARCHIVES);
  for (const { file } of newest) yield await readFile(join(directory, file));
}

/** Of `repository/name`. */
async function* archivesInCache(context: Context, reference: string, name: string): AsyncGenerator<Uint8Array> {
  const [, repository = ''] = /^([\w.-]+)\/[\w.-]+$/.exec(reference.trim()) ?? [];
  if (repository === '') return;
  const { repositoryCache, contentCache } = chartPaths(context);
  const { entries } = await readCachedIndex(repositoryCache, repository, () => undefined, name);
  let count = 0;
  for (const { digest } of entries.get(name) ?? []) {
    const cached = digest === '' ? undefined : await cachedChart(contentCache, parseDigest(digest));
    if (cached === undefined) continue;
    yield cached.bytes;
    if (++count === MAX_ARCHIVES) return;
  }
}
