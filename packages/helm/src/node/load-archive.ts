/**
 * Reads a chart from a .tgz. Refuses what could leave the chart's directory (absolute paths, `..`, backslashes, drive
 * letters), links, and archives that unpack to more than the limits.
 */
import { gunzipSync } from 'node:zlib';
import { type Chart, ChartError, type ChartFile } from '../chart/chart.ts';
import { loadChartFiles } from '../chart/load-files.ts';
import { type ChartLimits, DEFAULT_CHART_LIMITS } from './chart-limits.ts';
import { readTar } from './tar.ts';

/** Throws ChartError. */
export function loadArchive(archive: Uint8Array, limits: ChartLimits = DEFAULT_CHART_LIMITS): Chart {
  return loadChartFiles(unpackArchive(archive, limits), unpackArchive);
}

/** The files of an archive without the directory that they are all in. Throws ChartError. */
export function unpackArchive(archive: Uint8Array, limits: ChartLimits = DEFAULT_CHART_LIMITS): ChartFile[] {
  const files: ChartFile[] = [];
  for (const { name, data, isFile, modified } of readTar(unzip(archive, limits))) {
    const path = innerPath(name);
    if (path === undefined) continue;
    if (!isFile) throw new ChartError(`chart illegally contains a link: "${name}"`);
    if (data.length > limits.fileBytes) {
      throw new ChartError(
        `decompressed chart file "${name}" is larger than the maximum file size ${limits.fileBytes}`,
      );
    }
    files.push({ name: path, data, modified: new Date(modified * 1000).toISOString() });
  }
  if (files.length === 0) throw new ChartError('no files in chart archive');
  return files;
}

function unzip(archive: Uint8Array, limits: ChartLimits): Uint8Array {
  try {
    // Headers and padding of the tar come on top of what the files hold.
    return gunzipSync(archive, { maxOutputLength: limits.totalBytes + 10 * 1024 * 1024 });
  } catch (error) {
    if (error instanceof RangeError) {
      throw new ChartError(`decompressed chart is larger than the maximum size ${limits.totalBytes}`, { cause: error });
    }
    throw new ChartError('file does not appear to be a gzipped archive', { cause: error });
  }
}

/** The path inside the chart; undefined for a directory. */
function innerPath(name: string): string | undefined {
  if (name.endsWith('/')) return undefined;
  const slash = name.indexOf('/');
  const path = slash < 0 ? '' : name.slice(slash + 1);
  if (name.includes('\\') || name.includes('\0'))
    throw new ChartError(`chart illegally contains a name with a backslash: "${name}"`);
  if (path === '' || path.startsWith('/'))
    throw new ChartError(`chart illegally contains content outside the base directory: "${name}"`);
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.includes('..') || name.split('/')[0] === '..') {
    throw new ChartError(`chart illegally references parent directory: "${name}"`);
  }
  if (/^[A-Za-z]:/.test(path)) throw new ChartError(`chart contains illegally named files: "${name}"`);
  return parts.join('/');
}
