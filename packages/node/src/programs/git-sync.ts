/**
 * The program of the openweb/git-sync image: keeps a directory at the newest commit of a branch, with the system's git.
 *
 * GIT_SYNC_REPO (required), GIT_SYNC_DEST (/git), GIT_SYNC_BRANCH (master; the remote's HEAD where that doesn't exist),
 * GIT_SYNC_REV (a revision to stay at; FETCH_HEAD and HEAD mean the newest), GIT_SYNC_WAIT (seconds, 0), GIT_SYNC_ONE_TIME,
 * GIT_SYNC_DEPTH. A first clone that fails ends the program, with the reason as termination message; later failures are tried again.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endOnSignals, programEnvironment } from './program-environment.ts';

const { env } = process;
const environment = programEnvironment(env);
const repository = env['GIT_SYNC_REPO'] ?? '';
const destination = environment.path(env['GIT_SYNC_DEST'] || '/git');
const branch = env['GIT_SYNC_BRANCH'] || 'master';
const revision = env['GIT_SYNC_REV'] || 'FETCH_HEAD';
// What is no number counts as not given; a tenth of a second is the least, so that git doesn't run without pause.
const waitSeconds = Math.max(0.1, Number(env['GIT_SYNC_WAIT']) || 0);
const depth = env['GIT_SYNC_DEPTH'] ? ['--depth', env['GIT_SYNC_DEPTH']] : [];
const once = /^(1|true)$/i.test(env['GIT_SYNC_ONE_TIME'] ?? '');

const home = mkdtempSync(join(tmpdir(), 'git-sync-'));
// Repositories of other users may be read, and nobody is there to be asked for a password.
writeFileSync(join(home, 'gitconfig'), '[safe]\n\tdirectory = *\n[advice]\n\tdetachedHead = false\n');
const gitEnvironment = {
  ...env,
  HOME: home,
  GIT_CONFIG_GLOBAL: join(home, 'gitconfig'),
  GIT_TERMINAL_PROMPT: '0',
  GIT_SSH_COMMAND:
    env['GIT_KNOWN_HOSTS'] === 'false' ? 'ssh -o StrictHostKeyChecking=no' : (env['GIT_SSH_COMMAND'] ?? 'ssh'),
};

let child: ReturnType<typeof spawn> | undefined;
let branchMissing = false;

/** Rejects with git's last words. */
function git(args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const running = spawn('git', args, { env: gitEnvironment, stdio: ['ignore', 'pipe', 'pipe'] });
    child = running;
    let output = '';
    let errors = '';
    running.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString('utf8');
    });
    running.stderr.on('data', (chunk: Buffer) => {
      errors = (errors + chunk.toString('utf8')).slice(-2000);
    });
    running.on('error', reject);
    running.on('close', (code) =>
      code === 0 ? resolve(output.trim()) : reject(new Error(errors.trim() || `git exited with ${code}`)),
    );
  });
}

const inDestination = (args: readonly string[]): Promise<string> => git(['-C', destination, ...args]);

async function clone(): Promise<void> {
  mkdirSync(destination, { recursive: true });
  if (!existsSync(join(destination, '.git'))) {
    if (readdirSync(destination).length > 0) throw new Error(`${destination} is neither empty nor a git repository`);
    await git(['init', '--quiet', destination]);
  }
  await inDestination(['remote', 'remove', 'origin']).catch(() => '');
  await inDestination(['remote', 'add', '--', 'origin', repository]);
  await update();
}

/** True when the content changed. */
async function update(): Promise<boolean> {
  const fetched = await fetchBranch();
  const newest = revision === 'FETCH_HEAD' || revision === 'HEAD';
  const wanted = newest ? fetched : await inDestination(['rev-parse', `${revision}^{commit}`]);
  const current = await inDestination(['rev-parse', '--verify', '--quiet', 'HEAD']).catch(() => '');
  if (current === wanted) return false;
  await inDestination(['reset', '--hard', '--quiet', wanted]);
  console.log(`synced ${withoutPassword(repository)} at ${wanted.slice(0, 12)}`);
  return true;
}

/** The newest commit: of the branch, or of the remote's HEAD where there is no such branch. */
async function fetchBranch(): Promise<string> {
  try {
    await inDestination(['fetch', '--quiet', ...depth, '--', 'origin', branch]);
  } catch (error) {
    if (!(error instanceof Error) || !/couldn't find remote ref/.test(error.message)) throw error;
    if (!branchMissing) console.log(`${withoutPassword(repository)} has no branch ${branch}: following its HEAD`);
    branchMissing = true;
    await inDestination(['fetch', '--quiet', ...depth, 'origin', 'HEAD']);
  }
  return inDestination(['rev-parse', 'FETCH_HEAD']);
}

async function main(): Promise<number> {
  if (repository === '') return fail('GIT_SYNC_REPO is not set: which repository is to be synced?');
  try {
    await clone();
  } catch (error) {
    return fail(`cannot clone ${withoutPassword(repository)}: ${reason(error)}`);
  }
  if (once) return 0;
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, waitSeconds * 1000));
    await update().catch((error: unknown) =>
      console.error(`sync of ${withoutPassword(repository)} failed, will be tried again: ${reason(error)}`),
    );
  }
}

function fail(message: string): number {
  console.error(message);
  const file = environment.path('/dev/termination-log');
  if (existsSync(file)) writeFileSync(file, message);
  return 1;
}

function reason(error: unknown): string {
  return withoutPassword(error instanceof Error ? error.message : String(error));
}

function withoutPassword(text: string): string {
  return text.replace(/(\w+:\/\/)[^/@\s]+@/g, '$1');
}

function end(code: number): void {
  child?.kill('SIGTERM');
  rmSync(home, { recursive: true, force: true });
  process.exit(code);
}

endOnSignals(() => end(0));
end(await main());
