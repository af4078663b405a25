/** The chart that is linted: a directory, which may hold anything, or an archive. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { hasErrorCode } from '@kindred/machinery';
import { type Chart, ChartError, type ChartFile } from '../chart/chart.ts';
import { loadChartFiles } from '../chart/load-files.ts';
import { fromBytes } from '../go/bytes.ts';
import { unpackArchive } from '../node/load-archive.ts';
import { type LoadDirectoryOptions, readChartFiles } from '../node/load-directory.ts';

export interface LintSource {
  /** Names the chart in messages. */
  readonly path: string;
  readonly kindOf: (name: string) => 'file' | 'directory' | undefined;
  /** The text of a file; undefined when there is none. */
  readonly text: (name: string) => string | undefined;
  readonly chart: { readonly loaded: Chart } | { readonly problem: string };
}

const PLACES = ['Chart.yaml', 'values.yaml', 'templates', 'crds'] as const;

export async function directorySource(directory: string, options: LoadDirectoryOptions): Promise<LintSource> {
  const kinds = new Map<string, 'file' | 'directory'>();
  for (const name of PLACES) {
    const kind = await kindOnDisk(join(directory, name));
    if (kind !== undefined) kinds.set(name, kind);
  }
  return makeSource(directory, (name) => kinds.get(name), await attempt(() => readChartFiles(directory, options)));
}

/** @param path names it in messages */
export function archiveSource(path: string, archive: Uint8Array): LintSource {
  const files = unpackArchive(archive);
  const names = files.map(({ name }) => name);
  const kindOf = (wanted: string): 'file' | 'directory' | undefined => {
    if (names.includes(wanted)) return 'file';
    return names.some((name) => name.startsWith(`${wanted}/`)) ? 'directory' : undefined;
  };
  return makeSource(path, kindOf, files);
}

function makeSource(path: string, kindOf: LintSource['kindOf'], files: readonly ChartFile[] | string): LintSource {
  if (typeof files === 'string') return { path, kindOf, text: () => undefined, chart: { problem: files } };
  const text = (name: string): string | undefined => {
    const file = files.find((each) => each.name === name);
    return file === undefined ? undefined : fromBytes(file.data).replace(/^\ufeff/, '');
  };
  return { path, kindOf, text, chart: load(files) };
}

function load(files: readonly ChartFile[]): LintSource['chart'] {
  try {
    return { loaded: loadChartFiles(files, unpackArchive) };
  } catch (error) {
    if (error instanceof ChartError) return { problem: error.message };
    throw error;
  }
}

async function kindOnDisk(path: string): Promise<'file' | 'directory' | undefined> {
  try {
    return (await stat(path)).isDirectory() ? 'directory' : 'file';
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT') || hasErrorCode(error, 'ENOTDIR')) return undefined;
    throw error;
  }
}

async function attempt(read: () => Promise<ChartFile[]>): Promise<ChartFile[] | string> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof ChartError) return error.message;
    throw error;
  }
}
