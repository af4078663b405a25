/**
 * Takes out of the directory of sources what nobody has used for long, and the oldest of the rest when all is too much. What a
 * process that was killed has left goes the same way. Nothing that was used a short while ago is touched: it may be in use.
 */
import { lstat, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { hasErrorCode } from '@kindred/machinery';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** Longer than any look at a source takes. */
const IN_USE = 15 * MINUTE;

/** What is below the directory, and how long each may lie there unused. `depth`: of an entry, below the named directory. */
const KINDS = [
  { name: 'git', depth: 1, unused: 24 * HOUR },
  // Written anew whenever it is used; holds keys.
  { name: 'tls', depth: 1, unused: HOUR },
  { name: 'content', depth: 2, unused: 7 * 24 * HOUR },
  { name: 'repositories', depth: 1, unused: 24 * HOUR },
] as const;

/** Directories of one fetch, which removes them itself unless it is killed; those of ssh hold keys. */
const OF_ONE_FETCH = /^(?:ssh|build)-/;

interface Entry {
  readonly path: string;
  /** When it was used last, in milliseconds since the epoch. */
  readonly usedAt: number;
  readonly bytes: number;
  readonly unused: number;
}

export interface SweepOptions {
  readonly now: number;
  /** Of everything together. */
  readonly mostBytes: number;
}

/** Paths of what was removed. A directory that isn't there has nothing in it. */
export async function sweepCache(directory: string, { now, mostBytes }: SweepOptions): Promise<string[]> {
  const entries = await entriesOf(directory);
  const isIdle = ({ usedAt }: Entry, limit: number): boolean => now - usedAt > limit;
  const old = entries.filter((entry) => isIdle(entry, entry.unused));
  const kept = entries.filter((entry) => !old.includes(entry)).toSorted((a, b) => a.usedAt - b.usedAt);
  let bytes = kept.reduce((sum, entry) => sum + entry.bytes, 0);
  const surplus: Entry[] = [];
  for (const entry of kept) {
    if (bytes <= mostBytes || !isIdle(entry, IN_USE)) break;
    surplus.push(entry);
    bytes -= entry.bytes;
  }
  const removed = [...old, ...surplus].map(({ path }) => path);
  for (const path of removed) await rm(path, { recursive: true, force: true });
  return removed;
}

async function entriesOf(directory: string): Promise<Entry[]> {
  const found: Entry[] = [];
  for (const { name, depth, unused } of KINDS) {
    for (const path of await below(join(directory, name), depth)) found.push(await entryOf(path, unused));
  }
  for (const name of await namesIn(directory)) {
    if (OF_ONE_FETCH.test(name)) found.push(await entryOf(join(directory, name), IN_USE));
  }
  return found;
}

async function below(directory: string, depth: number): Promise<string[]> {
  const paths = (await namesIn(directory)).map((name) => join(directory, name));
  if (depth === 1) return paths;
  return (await Promise.all(paths.map((path) => below(path, depth - 1)))).flat();
}

/** A directory was used when any file of it was written. */
async function entryOf(path: string, unused: number): Promise<Entry> {
  const { bytes, usedAt } = await extentOf(path);
  return { path, usedAt, bytes, unused };
}

/** Bytes of all files, and the time of the newest; nothing for what is gone. */
export async function extentOf(path: string): Promise<{ readonly bytes: number; readonly usedAt: number }> {
  const status = await lstat(path).catch(unlessGone);
  if (status === undefined) return { bytes: 0, usedAt: 0 };
  const own = { bytes: status.size, usedAt: status.mtimeMs };
  if (!status.isDirectory()) return own;
  const names = await namesIn(path);
  const parts = await Promise.all(names.map((name) => extentOf(join(path, name))));
  return {
    bytes: parts.reduce((sum, { bytes }) => sum + bytes, own.bytes),
    usedAt: parts.reduce((newest, { usedAt }) => Math.max(newest, usedAt), own.usedAt),
  };
}

async function namesIn(directory: string): Promise<string[]> {
  return (await readdir(directory).catch(unlessGone)) ?? [];
}

/** Another process may remove the same; a file is no directory. */
function unlessGone(error: unknown): undefined {
  if (hasErrorCode(error, 'ENOENT') || hasErrorCode(error, 'ENOTDIR')) return undefined;
  throw error;
}
