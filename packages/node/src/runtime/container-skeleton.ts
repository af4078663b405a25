/**
 * The directory that is copied over the machine's tree in every container: its devices, and the place of the old root.
 * Made anew at each start of the agent, so that nobody finds what something else left there.
 */
import { chmodSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { mustRun } from '../platform/run-command.ts';

const devices = ['null', 'zero', 'full', 'random', 'urandom', 'tty'];
const links = { fd: '/proc/self/fd', stdin: 'fd/0', stdout: 'fd/1', stderr: 'fd/2', ptmx: 'pts/ptmx' };

/** @throws Error with the words of `cp`, which alone can copy devices, and only for root. */
export async function makeSkeleton(directory: string): Promise<void> {
  rmSync(directory, { recursive: true, force: true });
  for (const name of ['.kindred-host', 'dev/shm', 'dev/pts']) mkdirSync(join(directory, name), { recursive: true });
  const dev = join(directory, 'dev');
  // Whatever the umask of who started the agent, every user of a container must get in.
  for (const path of [directory, dev]) chmodSync(path, 0o755);
  for (const [name, target] of Object.entries(links)) symlinkSync(target, join(dev, name));
  await mustRun('cp', ['-a', ...devices.map((name) => `/dev/${name}`), dev]);
}
