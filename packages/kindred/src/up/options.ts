/** The options of `kindred up`, read from the command line. Scripts rely on these names (docs/reference/up.md). */

import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { errorText } from '@kindred/machinery';
import { Fault } from '../fault.ts';

export interface UpOptions {
  readonly dataDirectory: string;
  /** TCP port of the API server on loopback; 0 takes a free one. */
  readonly securePort: number;
  /** Where the admin kubeconfig is written. */
  readonly kubeconfig: string;
  readonly store: 'sqlite' | 'memory';
  readonly runtime: 'auto' | 'process' | 'none';
  /** Names of bundled extensions, or paths of modules that export one. */
  readonly extensions: readonly string[];
}

const defaultExtensions: readonly string[] = ['website'];

export const upUsage = `Usage: kindred up [flags]

Starts the platform on this machine: API server, controllers, node agent, extensions.

Flags:
  --data-dir DIR           where everything is kept (default $KINDRED_HOME or ~/.kindred)
  --secure-port N          port of the API server on 127.0.0.1; 0 takes a free one (default 6443)
  --write-kubeconfig FILE  where the admin kubeconfig is written (default <data-dir>/kubeconfig)
  --store KIND             sqlite (kept on disk) or memory (forgotten at the end) (default sqlite)
  --runtime KIND           auto, process (pods as processes), or none (no node) (default auto)
  --extensions LIST        names or module paths, separated by commas, or none (default ${defaultExtensions.join(',')})
`;

/** Reads the flags; a wrong one throws a KND_USAGE fault that names it and what it takes. */
export function parseUpOptions(args: readonly string[], environment: NodeJS.ProcessEnv): UpOptions {
  const values = parse(args);
  mustSay('--data-dir takes a directory', values['data-dir']);
  mustSay('--write-kubeconfig takes a file', values['write-kubeconfig']);
  const dataDirectory = resolve(values['data-dir'] ?? environment['KINDRED_HOME'] ?? join(homedir(), '.kindred'));
  return {
    dataDirectory,
    securePort: port(values['secure-port'] ?? '6443'),
    kubeconfig: resolve(values['write-kubeconfig'] ?? join(dataDirectory, 'kubeconfig')),
    store: oneOf('--store', values.store ?? 'sqlite', ['sqlite', 'memory']),
    runtime: oneOf('--runtime', values.runtime ?? 'auto', ['auto', 'process', 'none']),
    extensions: extensionList(values.extensions),
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      strict: true,
      options: {
        'data-dir': { type: 'string' },
        'secure-port': { type: 'string' },
        'write-kubeconfig': { type: 'string' },
        store: { type: 'string' },
        runtime: { type: 'string' },
        extensions: { type: 'string' },
      },
    }).values;
  } catch (error) {
    throw new Fault('KND_USAGE', errorText(error), 'See: kindred up --help');
  }
}

function port(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value <= 65_535) return value;
  throw new Fault('KND_USAGE', `--secure-port takes a number from 0 to 65535, not "${text}"`, 'See: kindred up --help');
}

function oneOf<const T extends string>(flag: string, value: string, allowed: readonly T[]): T {
  const match = allowed.find((candidate) => candidate === value);
  if (match !== undefined) return match;
  throw new Fault('KND_USAGE', `${flag} takes ${allowed.join(', ')}, not "${value}"`, 'See: kindred up --help');
}

function extensionList(text: string | undefined): readonly string[] {
  if (text === undefined) return defaultExtensions;
  const names = text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  if (names.length === 1 && names[0] === 'none') return [];
  if (names.length > 0 && !names.includes('none')) return names;
  throw new Fault('KND_USAGE', '--extensions takes names or paths, or none alone', 'See: kindred up --help');
}

/** An empty path would mean the working directory, which nobody means. */
function mustSay(rule: string, value: string | undefined): void {
  if (value === '') throw new Fault('KND_USAGE', `${rule}, not ""`, 'See: kindred up --help');
}
