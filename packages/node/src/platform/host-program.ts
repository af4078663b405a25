/**
 * Where a program of this machine is. Helpers that are started with a container's environment are named by their path:
 * `spawn` would look for them in the container's PATH.
 */
import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';

const standardPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** The path of a program, looked for in `path` and then where programs usually are; its bare name when it is nowhere. */
export function hostProgram(name: string, path: string = process.env['PATH'] ?? ''): string {
  const directories = `${path}:${standardPath}`.split(':').filter((directory) => directory.startsWith('/'));
  return directories.map((directory) => join(directory, name)).find(isExecutable) ?? name;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error) return false;
    throw error;
  }
}
