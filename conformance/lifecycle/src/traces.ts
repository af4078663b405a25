/** What a platform leaves on a machine: processes, network, mounts. For Linux; elsewhere there are no such traces. */
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

/** Bridges carry the service range of their platform; the range follows from the slot that the data directory notes. */
async function networkOf(dataDirectory: string): Promise<string[]> {
  const file = join(dataDirectory, 'address-slot');
  if (process.getuid?.() !== 0 || !existsSync(file)) return [];
  const range = `10.${96 + Number(readFileSync(file, 'utf8'))}.0.0/16`;
  const [links, routes] = await Promise.all([
    runCommand('ip', ['-o', 'link', 'show', 'type', 'bridge']),
    runCommand('ip', ['route', 'show', 'table', 'local']),
  ]);
  const lines = [...links.stdout.split('\n'), ...routes.stdout.split('\n')];
  return lines.filter((line) => line.includes(range)).map((line) => `network: ${line}`);
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
