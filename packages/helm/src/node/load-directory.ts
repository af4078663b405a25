/** Reads a chart from a directory, leaving out what .helmignore names. Links are refused. */
import { lstat, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Chart, ChartError, type ChartFile } from '../chart/chart.ts';
import { ignoreRules } from '../chart/ignore.ts';
import { loadChartFiles } from '../chart/load-files.ts';
import { DEFAULT_CHART_LIMITS } from './chart-limits.ts';
import { unpackArchive } from './load-archive.ts';

/** Throws ChartError. */
export async function loadDirectory(directory: string): Promise<Chart> {
  return loadChartFiles(await readDirectory(directory), unpackArchive);
}

async function readDirectory(directory: string): Promise<ChartFile[]> {
  const ignored = ignoreRules(await readIgnoreFile(join(directory, '.helmignore')));
  const files: ChartFile[] = [];
  let total = 0;
  const visit = async (path: string): Promise<void> => {
    const entries = await readdir(join(directory, path));
    for (const name of entries.sort()) {
      const relative = path === '' ? name : `${path}/${name}`;
      const found = await lstat(join(directory, relative));
      if (ignored(relative, found.isDirectory())) continue;
      if (found.isDirectory()) await visit(relative);
      else if (!found.isFile()) throw new ChartError(`cannot load ${relative}: neither a file nor a directory`);
      else {
        if (found.size > DEFAULT_CHART_LIMITS.fileBytes) {
          throw new ChartError(
            `chart file "${name}" is larger than the maximum file size ${DEFAULT_CHART_LIMITS.fileBytes}`,
          );
        }
        total += found.size;
        if (total > DEFAULT_CHART_LIMITS.totalBytes) {
          throw new ChartError(`chart is larger than the maximum size ${DEFAULT_CHART_LIMITS.totalBytes}`);
        }
        files.push({ name: relative, data: await readFile(join(directory, relative)) });
      }
    }
  };
  await visit('');
  return files;
}

async function readIgnoreFile(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  }
}
