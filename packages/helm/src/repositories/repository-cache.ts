/**
 * The directory with the indexes of all repositories as they were when last updated, under helm's file names:
 * `<name>-index.yaml`, and `<name>-charts.txt` with the names of the charts for completion.
 */
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProxyFor } from '@kindred/client';
import { errorText, hasErrorCode } from '@kindred/machinery';
import { ChartError } from '../chart/chart.ts';
import { fromBytes } from '../go/bytes.ts';
import { resolveReference } from '../http/url.ts';
import { writeFileAtomically } from '../node/write-file.ts';
import type { FindGetter } from './getter.ts';
import { type IndexFile, readIndex, type Warn } from './index-file.ts';
import { narrowIndex } from './narrow-index.ts';
import {
  type FetchedFile,
  type FetchOptions,
  fetchChangedFile,
  fetchFile,
  type RepositoryAccess,
  type Validators,
} from './repository-access.ts';

/** Indexes of large repositories have some 30 MB. */
const MAX_INDEX_BYTES = 256 * 1024 * 1024;

export interface UpdateOptions {
  readonly warn: Warn;
  readonly signal?: AbortSignal;
  readonly proxy?: ProxyFor;
  readonly getter?: FindGetter;
}

function indexPath(cache: string, name: string): string {
  return join(cache, `${fileName(name)}-index.yaml`);
}

function chartsPath(cache: string, name: string): string {
  return join(cache, `${fileName(name)}-charts.txt`);
}

/** A name from a file of somebody's must not lead out of the cache. */
function fileName(name: string): string {
  if (/[/\\\0]/.test(name)) throw new ChartError(`repository name ${JSON.stringify(name)} can't be a file name`);
  return name;
}

/**
 * The index as the server has it now. Throws ChartError.
 *
 * @param only the one chart that is looked for, which spares reading the others of a large index
 */
export async function fetchIndex(access: RepositoryAccess, options: UpdateOptions, only?: string): Promise<IndexFile> {
  return parseIndex(fromBytes(await downloadIndex(access, options)), access.url, options.warn, only).index;
}

/** The index, and how many characters of the text were read for it. Throws ChartError. */
export function parseIndex(
  text: string,
  source: string,
  warn: Warn,
  only?: string,
): { readonly index: IndexFile; readonly length: number } {
  const part = narrowed(text, only);
  return { index: readIndex(part, source, warn), length: part.length };
}

function narrowed(text: string, only: string | undefined): string {
  return only === undefined ? text : narrowIndex(text, only);
}

/** Gets the index and keeps it in the cache, unless it is none. Throws ChartError. */
export async function updateIndex(
  cache: string,
  name: string,
  access: RepositoryAccess,
  options: UpdateOptions,
): Promise<IndexFile> {
  const bytes = await downloadIndex(access, options);
  const index = readIndex(fromBytes(bytes), access.url, options.warn);
  const names = [...index.entries.keys()].sort().map((chart) => `${chart}\n`);
  await writeFileAtomically(chartsPath(cache, name), names.join(''));
  await writeFileAtomically(indexPath(cache, name), bytes);
  return index;
}

/** The text of the index, or undefined when the server says that it is still that of the validators. Throws ChartError. */
export function downloadChangedIndex(
  access: RepositoryAccess,
  options: UpdateOptions,
  validators: Validators,
): Promise<FetchedFile | undefined> {
  return fetchChangedFile(indexUrl(access), access, fetchOptions(options), validators);
}

function downloadIndex(access: RepositoryAccess, options: UpdateOptions): Promise<Uint8Array> {
  return fetchFile(indexUrl(access), access, fetchOptions(options));
}

function indexUrl({ url }: RepositoryAccess): string {
  return resolveReference(url, 'index.yaml');
}

function fetchOptions({ signal, proxy, getter }: UpdateOptions): FetchOptions {
  return {
    maxBytes: MAX_INDEX_BYTES,
    compressed: true,
    ...(signal === undefined ? {} : { signal }),
    ...(proxy === undefined ? {} : { proxy }),
    ...(getter === undefined ? {} : { getter }),
  };
}

/**
 * The index that was last kept under the name. Throws ChartError when there is none, or a broken one.
 *
 * @param only the one chart that is looked for, which spares reading the others of a large index
 */
export async function readCachedIndex(cache: string, name: string, warn: Warn, only?: string): Promise<IndexFile> {
  const path = indexPath(cache, name);
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT'))
      throw new ChartError(`open ${path}: no such file or directory`, { cause: error });
    throw error;
  }
  try {
    return parseIndex(fromBytes(bytes), path, warn, only).index;
  } catch (error) {
    if (!(error instanceof ChartError)) throw error;
    throw new ChartError(`error loading ${path}: ${errorText(error)}`, { cause: error });
  }
}

/** Names of the charts in the index that was last kept under the name; none when there is no such index. */
export async function readCachedCharts(cache: string, name: string): Promise<string[]> {
  try {
    return (await readFile(chartsPath(cache, name), 'utf8')).split('\n').filter((chart) => chart !== '');
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return [];
    throw error;
  }
}

/** Forgets what is kept under the name. */
export async function removeCachedIndex(cache: string, name: string): Promise<void> {
  await Promise.all([indexPath(cache, name), chartsPath(cache, name)].map((path) => rm(path, { force: true })));
}
