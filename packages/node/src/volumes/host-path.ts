/** hostPath volumes: a path of this machine, checked against the type that the volume names (core/v1 HostPathType). */
import { type Stats, statSync } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import { VolumeError } from './volume-files.ts';

/** Gives the path. @throws VolumeError when what is there isn't what the type says. */
export async function hostPathVolume(path: string, type: string): Promise<string> {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found && type === 'DirectoryOrCreate') await mkdir(path, { recursive: true, mode: 0o755 });
  else if (!found && type === 'FileOrCreate') await (await open(path, 'a', 0o644)).close();
  else check(path, type, found);
  return path;
}

const checks: Readonly<Record<string, (stats: Stats) => boolean>> = {
  '': () => true,
  Directory: (stats) => stats.isDirectory(),
  DirectoryOrCreate: (stats) => stats.isDirectory(),
  File: (stats) => stats.isFile(),
  FileOrCreate: (stats) => stats.isFile(),
  Socket: (stats) => stats.isSocket(),
  CharDevice: (stats) => stats.isCharacterDevice(),
  BlockDevice: (stats) => stats.isBlockDevice(),
};

function check(path: string, type: string, found: Stats | undefined): void {
  const fits = checks[type];
  if (!fits) throw new VolumeError(`hostPath type ${JSON.stringify(type)} is not known`);
  if (!found) throw new VolumeError(`hostPath type check failed: ${path} does not exist`);
  if (!fits(found)) throw new VolumeError(`hostPath type check failed: ${path} is not a ${type}`);
}
