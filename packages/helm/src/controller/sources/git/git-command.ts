/**
 * Runs the system's git with arguments as they are, cut off from the machine's own settings: no configuration, no prompts,
 * no hooks, only the protocols that are allowed.
 */
import { spawn } from 'node:child_process';
import { SourceError } from '../source-error.ts';

export interface GitCommandOptions {
  /** Where git may write: its home. */
  readonly directory: string;
  /** As git spells them: `https`, `ssh`, `file`. */
  readonly protocols: readonly string[];
  /** What makes up its access: see `git-access.ts`. */
  readonly access?: GitAccess;
  readonly signal?: AbortSignal | undefined;
  /** Largest output in bytes. */
  readonly maxBytes?: number;
  /** Where git and its helpers are, and how they get into the network; nothing else of it is passed on. */
  readonly environment: Environment;
}

/** Further variables of git's process. */
export type GitAccess = Readonly<Record<string, string>>;

/** Variables of a process. */
export type Environment = Readonly<Record<string, string | undefined>>;

const PASSED_ON = [
  'PATH',
  ...['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'NO_PROXY'].flatMap((name) => [name, name.toLowerCase()]),
];

const NO_SSH = 'echo "error: SSH needs a Secret with identity and known_hosts" >&2; exit 1; :';

const DEFAULT_MAX_BYTES = 16 * 1024 * 1024;
const MAX_MESSAGE = 2000;

/** What git printed. @throws SourceError with git's own words, without credentials */
export function runGit(args: readonly string[], options: GitCommandOptions): Promise<Buffer> {
  const { directory, signal, maxBytes = DEFAULT_MAX_BYTES } = options;
  signal?.throwIfAborted();
  return new Promise((resolve, reject) => {
    const child = spawn('git', [...args], {
      cwd: directory,
      env: environmentOf(options),
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(signal === undefined ? {} : { signal }),
    });
    const chunks: Buffer[] = [];
    let size = 0;
    let message = '';
    child.stdout.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > maxBytes) child.kill();
      else chunks.push(chunk);
    });
    child.stderr.on('data', (chunk: Buffer) => {
      if (message.length < MAX_MESSAGE) message += chunk.toString();
    });
    child.once('error', (error) => {
      reject(
        signal?.aborted ? signal.reason : new SourceError(`git cannot be run: ${error.message}`, { cause: error }),
      );
    });
    child.once('close', (code) => {
      if (signal?.aborted) reject(signal.reason as Error);
      else if (size > maxBytes) reject(new SourceError(`git gave more than ${maxBytes} bytes`));
      else if (code === 0) resolve(Buffer.concat(chunks));
      else reject(new SourceError(`git ${args[0] ?? ''}: ${reasonOf(message)}`));
    });
  });
}

function environmentOf({ directory, protocols, access, environment }: GitCommandOptions): NodeJS.ProcessEnv {
  return {
    ...Object.fromEntries(PASSED_ON.map((name) => [name, environment[name]])),
    HOME: directory,
    LC_ALL: 'C',
    GIT_TERMINAL_PROMPT: '0',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_ALLOW_PROTOCOL: protocols.join(':'),
    // Whoever runs the controller may have keys of their own, which are nobody else's.
    GIT_SSH_COMMAND: NO_SSH,
    ...access,
  };
}

/** Git's complaint in one line, and that of ssh, without user and password. */
function reasonOf(message: string): string {
  const lines = message
    .split('\n')
    .filter((line) => /^(fatal|error|remote):|^Host key |: Permission denied/.test(line));
  const text = (lines.length > 0 ? lines : message.trim().split('\n')).join('; ');
  return text.replace(/(\w+:\/\/)[^/@\s]+@/g, '$1').trim();
}
