/** Reads a chart from a directory, leaving out what .helmignore names. */
import { readdir, readFile, readlink, realpath, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { hasErrorCode } from '@kindred/machinery';
import { type Chart, ChartError, type ChartFile } from '../chart/chart.ts';
import { ignoreRules } from '../chart/ignore.ts';
import { loadChartFiles } from '../chart/load-files.ts';
import { DEFAULT_CHART_LIMITS } from './chart-limits.ts';
import { timeText, unpackArchive } from './load-archive.ts';

export interface LoadDirectoryOptions {
  /**
   * What becomes of symbolic links. `refuse` is for charts of strangers: a link can lead to any file of the machine.
   * `follow` is what helm does.
   */
  readonly links?: 'refuse' | 'follow';
  /** Hears of links that are followed. */
  readonly onLink?: (path: string, target: string) => void;
}

/** Throws ChartError. */
export async function loadDirectory(directory: string, options: LoadDirectoryOptions = {}): Promise<Chart> {
  return loadChartFiles(await readChartFiles(directory, options), unpackArchive);
}

/** The files of a chart, in helm's order. Throws ChartError. */
export async function readChartFiles(directory: string, options: LoadDirectoryOptions = {}): Promise<ChartFile[]> {
  const ignored = ignoreRules(await readIgnoreFile(join(directory, '.helmignore')));
  const files: ChartFile[] = [];
  let total = 0;
  const readOne = async (relative: string, size: number, changed: bigint): Promise<void> => {
    const name = relative.slice(relative.lastIndexOf('/') + 1);
    if (size > DEFAULT_CHART_LIMITS.fileBytes) {
      throw new ChartError(
        `chart file "${name}" is larger than the maximum file size ${DEFAULT_CHART_LIMITS.fileBytes}`,
      );
    }
    total += size;
    if (total > DEFAULT_CHART_LIMITS.totalBytes) {
      throw new ChartError(`chart is larger than the maximum size ${DEFAULT_CHART_LIMITS.totalBytes}`);
    }
    const data = await readFile(join(directory, relative));
    files.push({ name: relative, data, modified: timeText(changed) });
  };
  const visit = async (path: string, ancestors: readonly string[]): Promise<void> => {
    const entries = await readdir(join(directory, path), { withFileTypes: true });
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const relative = path === '' ? entry.name : `${path}/${entry.name}`;
      // A link that leads nowhere and that nobody wants is none of our business.
      if (entry.isSymbolicLink() && ignored(relative, false)) continue;
      if (entry.isSymbolicLink()) await expectAllowed(directory, relative, options);
      const found = await statFile(join(directory, relative), relative);
      if (ignored(relative, found.isDirectory())) continue;
      if (found.isFile()) await readOne(relative, Number(found.size), found.mtimeNs);
      else if (found.isDirectory())
        await visit(relative, await descend(join(directory, relative), relative, ancestors));
      else {
        throw new ChartError(
          `cannot load irregular file ${join(directory, relative)} as it has file mode type bits set`,
        );
      }
    }
  };
  await visit('', await descend(directory, '', []));
  return files;
}

async function expectAllowed(directory: string, relative: string, options: LoadDirectoryOptions): Promise<void> {
  if (options.links !== 'follow') {
    throw new ChartError(`cannot load ${relative}: symbolic links are not followed here`);
  }
  const path = join(directory, relative);
  try {
    options.onLink?.(path, await realpath(path));
  } catch (error) {
    if (!hasErrorCode(error, 'ENOENT') && !hasErrorCode(error, 'ELOOP')) throw error;
    const target = resolve(dirname(path), await readlink(path));
    throw new ChartError(`error evaluating symlink ${path}: ${linkProblem(target, error)}`, { cause: error });
  }
}

function linkProblem(target: string, error: unknown): string {
  return hasErrorCode(error, 'ENOENT') ? `lstat ${target}: no such file or directory` : 'too many links';
}

async function statFile(path: string, relative: string) {
  try {
    return await stat(path, { bigint: true });
  } catch (error) {
    throw new ChartError(`cannot load ${relative}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

/** Links can make a directory its own child. */
async function descend(path: string, relative: string, ancestors: readonly string[]): Promise<readonly string[]> {
  const real = await realpath(path);
  if (ancestors.includes(real)) throw new ChartError(`cannot load ${relative}: the directory contains itself`);
  return [...ancestors, real];
}

async function readIgnoreFile(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return '';
    throw error;
  }
}
