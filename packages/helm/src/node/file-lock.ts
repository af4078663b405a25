/**
 * A lock between programs that change the same file: a file beside it, with the process id of its holder. A holder that
 * is gone loses it. (The file lock of the kernel, which helm takes, is out of Node's reach.)
 */
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { hasErrorCode } from '@kindred/machinery';
import { ChartError } from '../chart/chart.ts';

export interface FileLockOptions {
  /** How long to wait for another holder, in milliseconds. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

const RETRY_MS = 50;

/** Runs `work` while nobody else holds the lock of this path. Throws ChartError when it can't be had in time. */
export async function withFileLock<T>(path: string, work: () => Promise<T>, options: FileLockOptions = {}): Promise<T> {
  const lock = `${path}.held`;
  await mkdir(dirname(path), { recursive: true });
  await acquire(lock, options);
  try {
    return await work();
  } finally {
    await rm(lock, { force: true });
  }
}

async function acquire(lock: string, { timeoutMs = 30_000, signal }: FileLockOptions): Promise<void> {
  for (let waited = 0; ; waited += RETRY_MS) {
    try {
      await writeFile(lock, String(process.pid), { flag: 'wx', mode: 0o600 });
      return;
    } catch (error) {
      if (!hasErrorCode(error, 'EEXIST')) throw error;
    }
    if (waited >= timeoutMs) throw new ChartError(`another program holds ${lock}; remove it if that is not so`);
    await removeStale(lock);
    await wait(RETRY_MS, undefined, { signal });
  }
}

async function removeStale(lock: string): Promise<void> {
  const holder = await readHolder(lock);
  if (holder === undefined || isAlive(holder)) return;
  // Taken away under another name first: who else finds it stale finds it gone then, and not a new one.
  const aside = `${lock}.${process.pid}`;
  try {
    await rename(lock, aside);
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return;
    throw error;
  }
  await rm(aside, { force: true });
}

async function readHolder(lock: string): Promise<number | undefined> {
  try {
    const holder = Number.parseInt(await readFile(lock, 'utf8'), 10);
    return Number.isSafeInteger(holder) && holder > 0 ? holder : undefined;
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !hasErrorCode(error, 'ESRCH');
  }
}
