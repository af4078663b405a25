/** What a platform leaves on a machine: processes, network, mounts. For Linux; elsewhere there are no such traces. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { processes, runCommand } from '@kindred-conformance/clients';

/** Everything of this machine that bears the mark of the data directory; empty when nothing is left. */
export async function tracesOf(dataDirectory: string): Promise<string[]> {
  return [...runningFor(dataDirectory), ...mountsBelow(dataDirectory), ...(await networkOf(dataDirectory))];
}

function runningFor(dataDirectory: string): string[] {
  return processes()
    .filter(({ pid, words }) => pid !== process.pid && words.includes(dataDirectory))
    .map(({ pid, words }) => `process ${pid}: ${words.slice(0, 120)}`);
}

function mountsBelow(dataDirectory: string): string[] {
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8').split('\n');
  return mounts.filter((line) => line.includes(`${dataDirectory}/`)).map((line) => `mount: ${line}`);
}

/** A bridge's alias is the mark of its data directory, then the service range that it keeps local to this machine. */
async function networkOf(dataDirectory: string): Promise<string[]> {
  if (process.getuid?.() !== 0) return [];
  const hash = createHash('sha256').update(join(dataDirectory, 'node')).digest('hex');
  const { stdout } = await runCommand('ip', ['-o', 'link', 'show', 'type', 'bridge']);
  const bridges = stdout.split('\n').filter((line) => line.includes(`alias kindred-${hash.slice(0, 16)}`));
  return [...bridges, ...(await routeOf(dataDirectory, stdout))].map((line) => `network: ${line}`);
}

/** The range follows from the slot that the data directory notes; another platform may have taken it since. */
async function routeOf(dataDirectory: string, bridges: string): Promise<string[]> {
  const file = join(dataDirectory, 'address-slot');
  if (!existsSync(file)) return [];
  const range = `10.${96 + Number(readFileSync(file, 'utf8'))}.0.0/16`;
  if (bridges.includes(`,${range}`)) return [];
  const { stdout } = await runCommand('ip', ['route', 'show', 'table', 'local']);
  return stdout.split('\n').filter((line) => line.includes(range));
}

/** Files below a directory, with their content as text. */
export function filesBelow(directory: string): { path: string; text: string }[] {
  return readdirSync(directory, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return { path, text: readFileSync(path, 'latin1') };
    });
}
