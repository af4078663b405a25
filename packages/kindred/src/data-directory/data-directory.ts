/**
 * The data directory: everything that Kindred writes on a machine is under it, and one process owns it at a time.
 *
 * Layout: `format` (version of this layout), `lock` (who has it open), `store/`, `pki/`, `node/`, `extensions/`.
 */

import { link, mkdir, readFile, rename, rm, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errorText, hasErrorCode } from '@kindred/machinery';
import { Fault } from '../fault.ts';
import type { ProcessIdentity } from './process-identity.ts';
import { identifyProcess, isRunning } from './process-identity.ts';

/** Version of the layout that this program reads and writes. */
const currentFormat = 1;

export interface DataDirectory extends AsyncDisposable {
  readonly path: string;
  /** A path below the directory. */
  at(...segments: string[]): string;
  /** Lets another process open the directory. */
  release(): Promise<void>;
}

/**
 * Creates the directory if needed and takes it for this process.
 *
 * Errors: KND_DATA_DIRECTORY_IN_USE (another live process has it), KND_DATA_DIRECTORY_NEWER (written by a newer
 * Kindred; nothing is touched), KND_DATA_DIRECTORY_UNUSABLE (no permission, not a directory, disk full).
 *
 * @example await using directory = await openDataDirectory('/var/lib/kindred');
 */
export async function openDataDirectory(path: string): Promise<DataDirectory> {
  const lock = join(path, 'lock');
  try {
    await mkdir(path, { recursive: true, mode: 0o700 });
    await checkFormat(path);
    await takeLock(path, lock);
    await writeFile(join(path, 'format'), `${currentFormat}\n`, { flag: 'w', mode: 0o600 });
  } catch (error) {
    if (error instanceof Fault) throw error;
    throw unusableDataDirectory(path, error);
  }
  const release = async (): Promise<void> => rm(lock, { force: true });
  return { path, at: (...segments) => join(path, ...segments), release, [Symbol.asyncDispose]: release };
}

/** What tells of a file in the data directory that can't be made, read or written. */
export function unusableDataDirectory(path: string, cause: unknown): Fault {
  return new Fault(
    'KND_DATA_DIRECTORY_UNUSABLE',
    `The data directory ${path} cannot be used: ${errorText(cause)}`,
    'Choose another one with --data-dir, or make this one writable with space left on its disk.',
    { cause },
  );
}

async function checkFormat(path: string): Promise<void> {
  const text = await readIfThere(join(path, 'format'));
  if (text === undefined) return;
  const format = Number(text.trim());
  if (format === currentFormat) return;
  throw new Fault(
    'KND_DATA_DIRECTORY_NEWER',
    `The data directory ${path} has format ${text.trim()}; this Kindred knows format ${currentFormat}`,
    'Start it with the newer Kindred that wrote it, or choose another directory with --data-dir. Nothing was changed.',
  );
}

/** The lock appears by `link`, which fails when it is there: of two processes that start at once, one wins. */
async function takeLock(path: string, lock: string): Promise<void> {
  const mine = join(path, `lock.${process.pid}`);
  await writeFile(mine, JSON.stringify(await identifyProcess(process.pid)), { mode: 0o600 });
  try {
    for (;;) {
      if (await linkIfFree(mine, lock)) return;
      await removeStale(path, lock);
    }
  } finally {
    await unlink(mine);
  }
}

async function linkIfFree(mine: string, lock: string): Promise<boolean> {
  try {
    await link(mine, lock);
    return true;
  } catch (error) {
    if (hasErrorCode(error, 'EEXIST')) return false;
    throw error;
  }
}

/** Removes the lock of a process that is gone; throws when its holder is alive. */
async function removeStale(path: string, lock: string): Promise<void> {
  const text = await readIfThere(lock);
  if (text === undefined) return;
  const holder = parseHolder(text);
  if (holder !== undefined && (await isRunning(holder))) {
    throw new Fault(
      'KND_DATA_DIRECTORY_IN_USE',
      `The data directory ${path} is in use by process ${holder.pid}`,
      `Stop that process, or choose another directory with --data-dir.`,
    );
  }
  // Renaming first makes sure that two starters never both remove: the second finds nothing to rename.
  const aside = join(path, `lock.stale.${process.pid}`);
  try {
    await rename(lock, aside);
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return;
    throw error;
  }
  await unlink(aside);
}

function parseHolder(text: string): ProcessIdentity | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || !('pid' in value) || typeof value.pid !== 'number')
      return undefined;
    const started = 'started' in value && typeof value.started === 'string' ? value.started : '';
    return { pid: value.pid, started };
  } catch {
    // A torn write of a process that died while starting: nobody holds it.
    return undefined;
  }
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}
