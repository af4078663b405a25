/** Makes the index of a directory of archives, one level deep, and merges it with an index that was there before. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ChartError } from '../chart/chart.ts';
import { checkMetadata } from '../chart/metadata.ts';
import { loadArchive } from '../node/load-archive.ts';
import { digestOf } from './content-cache.ts';
import { type ChartVersion, findVersion, type IndexFile, sortVersions } from './index-file.ts';

export interface IndexDirectoryOptions {
  /** Put before the archives' names; they stay relative when it is empty. */
  readonly url?: string;
  readonly now: () => Date;
}

export function emptyIndex(now: Date): IndexFile {
  return {
    apiVersion: 'v1',
    generated: now.toISOString(),
    entries: new Map(),
    publicKeys: [],
    annotations: new Map(),
  };
}

/** Files that are no charts are passed over. Throws ChartError. */
export async function indexDirectory(directory: string, options: IndexDirectoryOptions): Promise<IndexFile> {
  const entries = new Map<string, ChartVersion[]>();
  for (const path of await archives(directory)) {
    const version = await readVersion(directory, path, options);
    if (version === undefined) continue;
    const { name } = version.metadata;
    entries.set(name, [...(entries.get(name) ?? []), version]);
  }
  return sorted({ ...emptyIndex(options.now()), entries });
}

/** Adds what the other index has and this one hasn't. */
export function mergeIndexes(index: IndexFile, other: IndexFile): IndexFile {
  const entries = new Map([...index.entries].map(([name, versions]) => [name, [...versions]]));
  for (const version of [...other.entries.values()].flat()) {
    const { name, version: number } = version.metadata;
    if (has({ ...index, entries }, name, number)) continue;
    entries.set(name, [...(entries.get(name) ?? []), version]);
  }
  return sorted({ ...index, entries });
}

function has(index: IndexFile, name: string, version: string): boolean {
  try {
    findVersion(index, name, version);
    return true;
  } catch (error) {
    if (error instanceof ChartError) return false;
    throw error;
  }
}

function sorted(index: IndexFile): IndexFile {
  return { ...index, entries: new Map([...index.entries].map(([name, versions]) => [name, sortVersions(versions)])) };
}

async function archives(directory: string): Promise<string[]> {
  const isArchive = (name: string): boolean => name.endsWith('.tgz');
  const entries = (await readdir(directory, { withFileTypes: true })).sort((a, b) => (a.name < b.name ? -1 : 1));
  const own = entries.map(({ name }) => name).filter(isArchive);
  const inner: string[] = [];
  for (const { name } of entries.filter((entry) => entry.isDirectory())) {
    const names = (await readdir(join(directory, name))).filter(isArchive);
    inner.push(...names.sort().map((each) => `${name}/${each}`));
  }
  return [...own, ...inner];
}

async function readVersion(
  directory: string,
  path: string,
  { url = '', now }: IndexDirectoryOptions,
): Promise<ChartVersion | undefined> {
  let archive: Uint8Array;
  let metadata: ChartVersion['metadata'];
  try {
    archive = await readFile(join(directory, path));
    metadata = loadArchive(archive).metadata;
  } catch (error) {
    if (error instanceof ChartError || (error instanceof Error && 'code' in error)) return undefined;
    throw error;
  }
  checkMetadata(metadata);
  return {
    metadata,
    urls: [joinUrl(url, path)],
    created: now().toISOString(),
    removed: false,
    digest: digestOf(archive),
  };
}

function joinUrl(base: string, path: string): string {
  if (base === '') return path;
  try {
    const url = new URL(base);
    url.pathname = `${url.pathname.replace(/\/+$/, '')}/${path}`;
    return url.href;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return `${base.replace(/\/+$/, '')}/${path}`;
  }
}
