/** A chart's directory as the commands about dependencies see it: its metadata, its lock, its `charts/`. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { hasErrorCode } from '@kindred/machinery';
import { ChartError, type ChartMetadata } from '../chart/chart.ts';
import { type LockFile, readLock } from '../chart/lock.ts';
import { checkMetadata, readMetadata } from '../chart/metadata.ts';
import { fromBytes } from '../go/bytes.ts';

export interface ChartDirectory {
  readonly path: string;
  readonly metadata: ChartMetadata;
  readonly lock: LockFile | undefined;
  /** The lock's name, by the chart's version of the format. */
  readonly lockName: 'Chart.lock' | 'requirements.lock';
}

/** Throws ChartError. */
export async function readChartDirectory(path: string): Promise<ChartDirectory> {
  await expectDirectory(path);
  const chart = await readIfThere(join(path, 'Chart.yaml'));
  if (chart === undefined) throw new ChartError('Chart.yaml file is missing');
  const metadata = readMetadata(chart, await readIfThere(join(path, 'requirements.yaml')));
  checkMetadata(metadata);
  const lockName = metadata.apiVersion === 'v1' ? 'requirements.lock' : 'Chart.lock';
  const lock = await readIfThere(join(path, lockName));
  return { path, metadata, lockName, lock: lock === undefined ? undefined : readLock(lock, lockName) };
}

async function expectDirectory(path: string): Promise<void> {
  let isDirectory: boolean;
  try {
    isDirectory = (await stat(path)).isDirectory();
  } catch (error) {
    if (!hasErrorCode(error, 'ENOENT')) throw error;
    throw new ChartError(`could not find ${path}: stat ${path}: no such file or directory`, { cause: error });
  }
  if (!isDirectory) throw new ChartError('only unpacked charts can be updated');
}

/** Names in `charts/`, sorted, without hidden ones; none when there is no such directory. */
export async function listCharts(
  path: string,
): Promise<readonly { readonly name: string; readonly isDirectory: boolean }[]> {
  try {
    const entries = await readdir(join(path, 'charts'), { withFileTypes: true });
    return entries
      .filter(({ name }) => !name.startsWith('.'))
      .map((entry) => ({ name: entry.name, isDirectory: entry.isDirectory() }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return [];
    if (hasErrorCode(error, 'ENOTDIR')) throw new ChartError(`"${join(path, 'charts')}" is not a directory`);
    throw error;
  }
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return fromBytes(await readFile(path)).replace(/^\ufeff/, '');
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}
