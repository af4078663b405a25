/**
 * What a first start shows: the Website `kubia`, served from a small git repository that is made in the data directory.
 */
import { spawn } from 'node:child_process';
import { cp, mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { get } from 'node:http';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Service } from '@kindred/apis/core/v1';
import type { Client } from '@kindred/client';
import { sleep } from '@kindred/client';
import type { Clock } from '@kindred/machinery';
import { isStatusError } from '@kindred/machinery';
import { Website } from '@kindred-examples/website';
import type { DataDirectory } from '../data-directory/data-directory.ts';

export interface WebsiteDemo {
  readonly client: Client;
  readonly directory: DataDirectory;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Whether the store keeps what an earlier start has made. */
  readonly keeps: boolean;
}

const namespace = 'default';
const name = 'kubia';
const servedWithin = 60_000;
const answersWithin = 1_000;
const pause = 25;

/**
 * Makes the repository and the Website at the first start only: who deletes the Website is not given it again.
 * Returns the repository's directory. Fails when there is no git; the next start tries again.
 */
export async function ensureWebsite({ client, directory, signal, keeps }: WebsiteDemo): Promise<string> {
  const repository = directory.at('examples', 'website', 'site');
  const done = directory.at('examples', 'website', 'created');
  if (!(await exists(repository))) await makeRepository(repository, signal);
  if (keeps && (await exists(done))) return repository;
  try {
    await client.create(Website, { metadata: { namespace, name }, spec: { gitRepo: `file://${repository}` } });
  } catch (error) {
    if (!isStatusError(error, 'AlreadyExists')) throw error;
  }
  await writeFile(done, '');
  return repository;
}

/** Waits until the page is served and gives its URL; undefined when there is no Website of that name any more. */
export async function waitForPage(demo: WebsiteDemo): Promise<string | undefined> {
  const { client, clock, signal } = demo;
  const deadline = clock.now() + servedWithin;
  for (;;) {
    if (!(await websiteExists(client))) return undefined;
    const port = await nodePort(client);
    const url = `http://127.0.0.1:${port ?? 0}/`;
    if (port !== undefined && (await answers(url, demo))) return url;
    if (clock.now() > deadline) throw new Error(`its page was not served within ${servedWithin / 1000} s`);
    await sleep(clock, pause, signal);
  }
}

/** Copied and committed beside its place, then renamed: a start that was cut off leaves no half repository. */
async function makeRepository(repository: string, signal: AbortSignal): Promise<void> {
  const beside = `${repository}.new`;
  await rm(beside, { recursive: true, force: true });
  await mkdir(dirname(repository), { recursive: true });
  await cp(join(websitePackage(), 'site'), beside, { recursive: true });
  const identity = ['-c', 'user.name=Kindred', '-c', 'user.email=kindred@localhost'];
  await git(['init', '--quiet', '--initial-branch=master', beside], signal);
  await git(['-C', beside, 'add', '--all'], signal);
  await git(['-C', beside, ...identity, 'commit', '--quiet', '--message', 'The page of kubia'], signal);
  await rename(beside, repository);
}

function websitePackage(): string {
  return dirname(createRequire(import.meta.url).resolve('@kindred-examples/website/package.json'));
}

function git(args: readonly string[], signal: AbortSignal): Promise<void> {
  const child = spawn('git', [...args], { stdio: ['ignore', 'ignore', 'pipe'], signal });
  const errors: Buffer[] = [];
  child.stderr.on('data', (chunk: Buffer) => errors.push(chunk));
  return new Promise((resolve, reject) => {
    child.on('error', (error: NodeJS.ErrnoException) => {
      reject(error.code === 'ENOENT' ? new Error('git is not installed', { cause: error }) : error);
    });
    child.on('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`git ${args.join(' ')} exited with ${code}: ${Buffer.concat(errors).toString().trim()}`));
    });
  });
}

async function websiteExists(client: Client): Promise<boolean> {
  try {
    await client.get(Website, { namespace, name });
    return true;
  } catch (error) {
    if (isStatusError(error, 'NotFound')) return false;
    throw error;
  }
}

async function nodePort(client: Client): Promise<number | undefined> {
  try {
    const service = await client.get(Service, { namespace, name: `${name}-website` });
    return service.spec?.ports?.[0]?.nodePort;
  } catch (error) {
    if (isStatusError(error, 'NotFound')) return undefined;
    throw error;
  }
}

/**
 * Asks on a new connection each time: one that is kept may lead to a pod that is gone, or to whatever has its address now.
 */
function answers(url: string, { clock, signal }: WebsiteDemo): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get(url, { agent: false, signal }, (response) => {
      response.resume();
      response.once('close', () => finish(response.complete && response.statusCode === 200));
    });
    const cancelLimit = clock.after(answersWithin, () => request.destroy());
    const finish = (answer: boolean): void => {
      cancelLimit();
      resolve(answer);
    };
    // Nothing listens yet, or it was cut off: asked again until the time is over.
    request.on('error', () => finish(false));
  });
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
