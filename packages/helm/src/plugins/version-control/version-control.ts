/** What plugins need of version control, by the programs `git`, `hg`, `svn` and `bzr`: a copy, its versions, its updates. */
import { spawn } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { hasErrorCode } from '@kindred/machinery';
import { ChartError } from '../../chart/chart.ts';
import type { VersionControlName } from './detect.ts';

export interface VersionControlOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

/** The arguments of each program for each step; the directory is the last but one where it needs to be. */
interface Words {
  readonly clone: (remote: string, directory: string) => readonly string[];
  readonly update: (directory: string) => readonly (readonly string[])[];
  readonly tags: (directory: string) => readonly string[] | undefined;
  readonly tagOf: (line: string) => string;
  /** Succeeds when there is such a version. */
  readonly knows: (directory: string, version: string) => readonly string[];
  readonly checkout: (directory: string, version: string) => readonly (readonly string[])[];
  /** Prints something when files were changed. */
  readonly changes: (directory: string) => readonly string[];
}

const first = (line: string): string => line.trim().split(/\s+/)[0] ?? '';

const PROGRAMS: Readonly<Record<VersionControlName, Words>> = {
  git: {
    clone: (remote, directory) => ['clone', '--quiet', '--recursive', '--', remote, directory],
    update: (directory) => [
      ['-C', directory, 'fetch', '--quiet', '--tags', 'origin'],
      ['-C', directory, 'pull', '--quiet', '--ff-only'],
      ['-C', directory, 'submodule', '--quiet', 'update', '--init', '--recursive'],
    ],
    tags: (directory) => ['-C', directory, 'tag', '--list'],
    tagOf: first,
    knows: (directory, version) => ['-C', directory, 'rev-parse', '--quiet', '--verify', `${version}^{commit}`],
    checkout: (directory, version) => [
      ['-C', directory, 'checkout', '--quiet', version, '--'],
      ['-C', directory, 'submodule', '--quiet', 'update', '--init', '--recursive'],
    ],
    changes: (directory) => ['-C', directory, 'diff', '--name-only', 'HEAD'],
  },
  hg: {
    clone: (remote, directory) => ['clone', '--quiet', '--', remote, directory],
    update: (directory) => [['pull', '--quiet', '--update', '-R', directory]],
    tags: (directory) => ['tags', '--quiet', '-R', directory],
    tagOf: first,
    knows: (directory, version) => ['log', '-R', directory, '--limit', '1', '--template', 'x', `--rev=${version}`],
    checkout: (directory, version) => [['update', '--quiet', '-R', directory, `--rev=${version}`]],
    changes: (directory) => ['diff', '-R', directory],
  },
  svn: {
    clone: (remote, directory) => ['checkout', '--quiet', '--non-interactive', '--', remote, directory],
    update: (directory) => [['update', '--quiet', '--non-interactive', directory]],
    // Directories beside, which a copy knows nothing of.
    tags: () => undefined,
    tagOf: first,
    knows: (directory, version) => ['log', '--quiet', '--non-interactive', `--revision=${version}`, directory],
    checkout: (directory, version) => [['update', '--quiet', '--non-interactive', `--revision=${version}`, directory]],
    changes: (directory) => ['diff', directory],
  },
  bzr: {
    clone: (remote, directory) => ['branch', '--quiet', '--', remote, directory],
    update: (directory) => [
      ['pull', '--quiet', `--directory=${directory}`],
      ['update', '--quiet', directory],
    ],
    tags: (directory) => ['tags', `--directory=${directory}`],
    tagOf: first,
    knows: (directory, version) => ['revno', `--revision=${version}`, directory],
    checkout: (directory, version) => [['update', '--quiet', `--revision=${version}`, directory]],
    changes: (directory) => ['diff', directory],
  },
};

/** The version control that a directory is under, by what it keeps there. */
export async function versionControlOf(directory: string): Promise<VersionControlName | undefined> {
  for (const kind of ['git', 'svn', 'hg', 'bzr'] as const) {
    try {
      await stat(join(directory, `.${kind}`));
      return kind;
    } catch (error) {
      if (!hasErrorCode(error, 'ENOENT') && !hasErrorCode(error, 'ENOTDIR')) throw error;
    }
  }
  return undefined;
}

/** One copy of a repository. All steps throw ChartError with what the program says. */
export interface WorkingCopy {
  clone(remote: string): Promise<void>;
  /** To the newest state of its branch; not at all when files were changed. */
  update(): Promise<void>;
  /** None where the program knows no tags. */
  tags(): Promise<readonly string[]>;
  knows(version: string): Promise<boolean>;
  checkout(version: string): Promise<void>;
}

export function workingCopy(kind: VersionControlName, directory: string, options: VersionControlOptions): WorkingCopy {
  const words = PROGRAMS[kind];
  const run = (args: readonly string[]): Promise<Outcome> => start(kind, args, options);
  const all = async (steps: readonly (readonly string[])[]): Promise<void> => {
    for (const args of steps) expectDone(kind, args, await run(args));
  };
  return {
    clone: (remote) => all([words.clone(remote, directory)]),
    async update() {
      const changes = await run(words.changes(directory));
      if (changes.output.trim() !== '') throw new ChartError('plugin repo was modified');
      await all(words.update(directory));
    },
    async tags() {
      const args = words.tags(directory);
      if (args === undefined) return [];
      const listed = await run(args);
      expectDone(kind, args, listed);
      return listed.output
        .split('\n')
        .map(words.tagOf)
        .filter((tag) => tag !== '');
    },
    // What begins with a dash would be an option.
    knows: async (version) => !version.startsWith('-') && (await run(words.knows(directory, version))).code === 0,
    checkout: (version) => all(words.checkout(directory, version)),
  };
}

interface Outcome {
  readonly code: number;
  readonly output: string;
  readonly errors: string;
}

function expectDone(kind: string, args: readonly string[], { code, errors }: Outcome): void {
  if (code === 0) return;
  const step = args.find((word, at) => !word.startsWith('-') && args[at - 1] !== '-C') ?? '';
  throw new ChartError(`${kind} ${step} failed: ${errors.trim()}`);
}

function start(
  kind: VersionControlName,
  args: readonly string[],
  { environment, signal }: VersionControlOptions,
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const output: Uint8Array[] = [];
    const errors: Uint8Array[] = [];
    const child = spawn(kind, args, {
      // Nobody is asked for passwords; Mercurial's and Subversion's messages stay English.
      env: { ...environment, GIT_TERMINAL_PROMPT: '0', HGPLAIN: '1', LC_ALL: 'C' },
      signal,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stdout.on('data', (data: Uint8Array) => output.push(data));
    child.stderr.on('data', (data: Uint8Array) => errors.push(data));
    child.once('error', (error) => {
      const isMissing = hasErrorCode(error, 'ENOENT');
      reject(new ChartError(isMissing ? `${kind} is not installed` : `${kind} can't be started`, { cause: error }));
    });
    child.once('close', (code) =>
      resolve({
        code: code ?? 1,
        output: Buffer.concat(output).toString('utf8'),
        errors: Buffer.concat(errors).toString('utf8'),
      }),
    );
  });
}
