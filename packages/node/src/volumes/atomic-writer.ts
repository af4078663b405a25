/**
 * Writes the files of a volume so that a reader sees all of the old ones or all of the new ones: content in a directory
 * named by its time, a link `..data` to it that is replaced by a rename, and links to the files through `..data`.
 */

import { createHash } from 'node:crypto';
import { chmod, chown, lstat, mkdir, readdir, readlink, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { hasErrorCode } from '@kindred/machinery';
import type { VolumeFile } from './volume-files.ts';

export interface WriteOptions {
  /** Group that owns the files (securityContext.fsGroup); undefined leaves the agent's. */
  readonly group?: number;
}

/** Gives a digest of what is there; writing the same files again changes nothing. */
export async function writeVolume(
  directory: string,
  files: readonly VolumeFile[],
  { group }: WriteOptions = {},
): Promise<string> {
  const digest = digestOf(files);
  const version = `..${digest.slice(0, 20)}`;
  await mkdir(directory, { recursive: true, mode: 0o755 });
  const current = await linkTarget(join(directory, '..data'));
  // Looked at even when nothing changed: an agent that was killed here may have got no further than this.
  if (current === version) {
    await linkTopLevel(directory, files);
    return digest;
  }
  await rm(join(directory, version), { recursive: true, force: true });
  for (const file of files) {
    const path = join(directory, version, file.path);
    await mkdir(dirname(path), { recursive: true, mode: 0o755 });
    await writeFile(path, file.content);
    await chmod(path, group === undefined ? file.mode : file.mode | ((file.mode & 0o400) >> 3));
    if (group !== undefined) await chown(path, -1, group);
  }
  await mkdir(join(directory, version), { recursive: true });
  await rm(join(directory, '..data_tmp'), { force: true });
  await symlink(version, join(directory, '..data_tmp'));
  await rename(join(directory, '..data_tmp'), join(directory, '..data'));
  await linkTopLevel(directory, files);
  if (current) await rm(join(directory, current), { recursive: true, force: true });
  return digest;
}

/** Makes a link for each first path element, and removes those whose file is gone. */
async function linkTopLevel(directory: string, files: readonly VolumeFile[]): Promise<void> {
  const wanted = new Set(files.map((file) => file.path.split('/')[0] ?? ''));
  for (const name of await readdir(directory)) {
    if (!name.startsWith('..') && !wanted.has(name)) await rm(join(directory, name), { force: true });
  }
  for (const name of wanted) {
    const link = join(directory, name);
    if ((await linkTarget(link)) === undefined) await symlink(join('..data', name), link);
  }
}

async function linkTarget(path: string): Promise<string | undefined> {
  try {
    return (await lstat(path)).isSymbolicLink() ? await readlink(path) : undefined;
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

function digestOf(files: readonly VolumeFile[]): string {
  const hash = createHash('sha256');
  for (const file of files.toSorted((a, b) => (a.path < b.path ? -1 : 1))) {
    hash.update(`${file.path}\0${file.mode}\0${file.content.length}\0`).update(file.content);
  }
  return hash.digest('hex');
}
