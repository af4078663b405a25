/**
 * A kubectl 1.20: one that is installed, or the one of Debian's package `kubernetes-client`, unpacked into a cache below
 * node_modules. Only root fetches packages.
 */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type CommandResult, runCommand } from '@kindred-conformance/clients';

const packageName = 'kubernetes-client';
const cache = fileURLToPath(new URL('../../../node_modules/.cache/', import.meta.url));
const unpacked = join(cache, packageName);

/** Path of the program, or why there is none. */
export type FoundKubectl = { readonly path: string } | { readonly missing: string };

export async function findKubectl(): Promise<FoundKubectl> {
  const names = ['kubectl', 'kubectl1.20', 'kubectl-1.20'];
  const directories = (process.env['PATH'] ?? '').split(delimiter);
  for (const directory of directories) {
    for (const name of names) {
      const path = join(directory, name);
      if (existsSync(path) && (await isWanted(path))) return { path };
    }
  }
  const path = join(unpacked, 'usr', 'bin', 'kubectl');
  if (!existsSync(path)) {
    const problem = await fetchPackage();
    if (problem !== undefined) return { missing: `needs kubectl 1.20 (Debian package ${packageName}): ${problem}` };
  }
  if (existsSync(path) && (await isWanted(path))) return { path };
  return { missing: `needs kubectl 1.20: this system's ${packageName} is another version` };
}

async function isWanted(path: string): Promise<boolean> {
  const { stdout } = await runCommand(path, ['version', '--client', '--output=json'], { timeout: 10_000 });
  return /"gitVersion": "v1\.20\./.test(stdout);
}

/** Downloads and unpacks the package; why not, when that doesn't work. */
async function fetchPackage(): Promise<string | undefined> {
  if (process.getuid?.() !== 0) return 'not running as root';
  await mkdir(cache, { recursive: true });
  const directory = await mkdtemp(join(cache, `${packageName}-`));
  try {
    const downloaded = await download(directory);
    if (downloaded.code !== 0) return downloaded.stderr.trim().split('\n').at(-1) ?? 'the download failed';
    const archive = (await readdir(directory)).find((name) => name.endsWith('.deb'));
    if (archive === undefined) return 'the download left no package';
    const files = join(directory, 'files');
    const { code, stderr } = await runCommand('dpkg', ['-x', join(directory, archive), files]);
    if (code !== 0) return stderr.trim();
    // Another run may have been faster.
    if (!existsSync(unpacked)) await rename(files, unpacked);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function download(directory: string): Promise<CommandResult> {
  const fetch = (): Promise<CommandResult> => {
    return runCommand('apt-get', ['download', packageName], { cwd: directory, timeout: 120_000 });
  };
  const first = await fetch();
  if (first.code === 0) return first;
  // A fresh container has no package lists yet.
  await runCommand('apt-get', ['update'], { timeout: 120_000 });
  return fetch();
}
