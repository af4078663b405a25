/** A copy of a git repository below the cache directory, bare and without history, that commits are fetched into and read from. */
import { createHash } from 'node:crypto';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DEFAULT_CHART_LIMITS } from '../../../node/chart-limits.ts';
import { readTar } from '../../../node/tar.ts';
import { extentOf } from '../cache/sweep-cache.ts';
import { SourceError } from '../source-error.ts';
import type { TreeFile } from '../source-tree.ts';
import { type Environment, type GitAccess, runGit } from './git-command.ts';

const MOST_BYTES = 256 * 1024 * 1024;

export interface GitRepositoryOptions {
  readonly cacheDirectory: string;
  readonly protocols: readonly string[];
  readonly environment: Environment;
  readonly access: GitAccess;
  /** Of what the access is made from: nobody gets at what was fetched with somebody else's credentials. */
  readonly accessDigest: string;
  /** A copy that is larger is begun anew; 256 MiB when not given. */
  readonly mostBytes?: number;
  readonly signal?: AbortSignal | undefined;
}

/** Another repository's commit that stands at a path. */
export interface GitLink {
  readonly path: string;
  readonly commit: string;
}

export interface GitRepository {
  readonly url: string;
  /** Names of references and the objects that they stand for; `^{}` after a name for what an annotated tag is about. */
  list(): Promise<ReadonlyMap<string, string>>;
  /** Sees to it that an object is there. `name` is a reference that has it; empty for a commit whose branch isn't known. */
  fetch(object: string, name: string): Promise<void>;
  /** What is at a path of a commit: `blob`, `tree`, `commit` for a submodule; undefined for nothing. */
  typeOf(commit: string, path: string): Promise<string | undefined>;
  /** A file, or the text of a commit or tag. */
  read(type: 'blob' | 'commit' | 'tag', object: string): Promise<Buffer>;
  /** Files below a directory, with names relative to it. */
  files(commit: string, path: string): Promise<TreeFile[]>;
  links(commit: string): Promise<GitLink[]>;
}

/** @throws (also from its methods) SourceError */
export async function openGitRepository(url: string, options: GitRepositoryOptions): Promise<GitRepository> {
  if (url.startsWith('-')) throw new SourceError(`${url} is no URL of a repository`);
  const digest = createHash('sha256').update(`${url}\0${options.accessDigest}`).digest('hex');
  const directory = await copyOf(join(options.cacheDirectory, 'git'), digest.slice(0, 32), options.mostBytes);
  const { protocols, environment, access, signal } = options;
  const git = (args: readonly string[], maxBytes?: number): Promise<Buffer> => {
    const limit = maxBytes === undefined ? {} : { maxBytes };
    return runGit(args, { directory, protocols, environment, access, signal, ...limit });
  };
  await git(['init', '--quiet', '--bare', '.']);
  // What is in a commit counts, not what an archive of it would be.
  await writeFile(join(directory, 'info', 'attributes'), '* -export-ignore -export-subst\n');
  return {
    url,
    list: async () => listed((await git(['ls-remote', '--quiet', '--', url])).toString()),
    fetch: (object, name) => fetchObject(git, url, object, name),
    typeOf: async (commit, path) => (await unlessMissing(git(['cat-file', '-t', at(commit, path)])))?.toString().trim(),
    read: (type, object) => git(['cat-file', type, object]),
    files: async (commit, path) => {
      const archive = await git(['archive', '--format=tar', at(commit, path)], DEFAULT_CHART_LIMITS.totalBytes * 2);
      const entries = readTar(archive).filter(({ name }) => !name.endsWith('/'));
      return entries.map(({ name, data, isFile }) => ({ name, data, isFile }));
    },
    links: async (commit) => linksOf((await git(['ls-tree', '-r', '-z', commit])).toString()),
  };
}

/**
 * The directory of a repository's newest copy. Commits are only ever added to one: when it has grown too large another is
 * begun, and the old one is left to those who read it and, unused, to the next sweep.
 */
async function copyOf(directory: string, name: string, mostBytes = MOST_BYTES): Promise<string> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const copies = (await readdir(directory)).filter((each) => each.startsWith(`${name}-`));
  const newest = Math.max(0, ...copies.map((each) => Number(each.slice(name.length + 1))).filter(Number.isSafeInteger));
  const path = join(directory, `${name}-${newest}`);
  const { bytes } = await extentOf(path);
  const chosen = bytes > mostBytes ? join(directory, `${name}-${newest + 1}`) : path;
  await mkdir(chosen, { recursive: true, mode: 0o700 });
  return chosen;
}

/** A URL without user and password. */
export function safeUrl(url: string): string {
  return url.replace(/(\w+:\/\/)[^/@\s]+@/g, '$1');
}

type Git = (args: readonly string[], maxBytes?: number) => Promise<Buffer>;

function at(commit: string, path: string): string {
  return path === '' ? `${commit}^{tree}` : `${commit}:${path}`;
}

function listed(text: string): Map<string, string> {
  const references = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [object, name] = line.split('\t');
    if (object !== undefined && name !== undefined) references.set(name, object);
  }
  return references;
}

/** A server may send no history, or refuse to send a commit by its name: then all branches are fetched. */
async function fetchObject(git: Git, url: string, object: string, name: string): Promise<void> {
  if (await isThere(git, object)) return;
  const fetch = ['fetch', '--quiet', '--no-tags', '--no-recurse-submodules'];
  try {
    await git([...fetch, '--depth=1', '--', url, name === '' ? object : name]);
    if (await isThere(git, object)) return;
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
  }
  const all = ['+refs/heads/*:refs/remotes/*', '+refs/tags/*:refs/tags/*'];
  await git([...fetch, '--', url, ...all, ...(name === '' || name === 'HEAD' ? [] : [name])]);
  if (!(await isThere(git, object))) throw new SourceError(`${safeUrl(url)} has no commit ${object}`);
}

async function isThere(git: Git, object: string): Promise<boolean> {
  return (await unlessMissing(git(['cat-file', '-e', object]))) !== undefined;
}

/** Submodules are entries of the type `commit`. */
function linksOf(text: string): GitLink[] {
  return text.split('\0').flatMap((entry) => {
    const [, commit, path] = /^160000 commit ([0-9a-f]+)\t(.*)$/s.exec(entry) ?? [];
    return commit === undefined || path === undefined ? [] : [{ path, commit }];
  });
}

async function unlessMissing<T>(found: Promise<T>): Promise<T | undefined> {
  try {
    return await found;
  } catch (error) {
    if (error instanceof SourceError) return undefined;
    throw error;
  }
}
