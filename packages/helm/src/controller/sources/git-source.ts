/**
 * The files of a chart in a git repository: the commit that a branch, tag or range of tags stands for, fetched without
 * history into a bare repository below the cache directory, and read from there. Nothing is checked out.
 */
import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'node:path/posix';
import type { ChartFile } from '../../chart/chart.ts';
import { ignoreRules } from '../../chart/ignore.ts';
import { fromBytes } from '../../go/bytes.ts';
import { DEFAULT_CHART_LIMITS } from '../../node/chart-limits.ts';
import { readTar } from '../../node/tar.ts';
import { parseConstraints, satisfies } from '../../semver/constraint.ts';
import { compareVersions, parseVersion } from '../../semver/version.ts';
import type { GitReference } from '../intent/release-intent.ts';
import { type Environment, type GitCommandOptions, runGit } from './git-command.ts';
import { SourceError } from './source-error.ts';

export interface GitChart {
  readonly url: string;
  /** Directory of the chart; empty for the top. */
  readonly path: string;
  readonly ref: GitReference;
}

export interface GitFetchOptions {
  readonly cacheDirectory: string;
  readonly protocols: readonly string[];
  readonly username?: string;
  readonly password?: string;
  readonly signal?: AbortSignal | undefined;
  readonly environment: Environment;
}

/** What a release's source stands for at the moment. */
export interface GitFiles {
  readonly commit: string;
  readonly files: readonly ChartFile[];
}

/** @throws SourceError */
export async function fetchGitChart(chart: GitChart, options: GitFetchOptions): Promise<GitFiles> {
  const { url, ref, path } = chart;
  if (url.startsWith('-')) throw new SourceError(`${url} is no URL of a repository`);
  const directory = join(options.cacheDirectory, 'git', createHash('sha256').update(url).digest('hex').slice(0, 32));
  await mkdir(directory, { recursive: true });
  const git = (args: readonly string[], maxBytes?: number): Promise<Buffer> =>
    runGit(args, commandOptions(url, directory, options, maxBytes));
  await git(['init', '--quiet', '--bare', '.']);
  const { name, commit } = await resolveReference(git, url, ref);
  await fetchCommit(git, url, { name, commit });
  const tree = path === '' ? commit : `${commit}:${path}`;
  const type = (await git(['cat-file', '-t', tree]).catch(notThere(url, path, commit))).toString().trim();
  if (type !== 'tree' && type !== 'commit') throw new SourceError(`${path} of ${safe(url)} is no directory`);
  const archive = await git(['archive', '--format=tar', tree], DEFAULT_CHART_LIMITS.totalBytes * 2);
  return { commit, files: chartFiles(archive) };
}

function notThere(url: string, path: string, commit: string): (error: unknown) => never {
  return (error) => {
    const where = `${safe(url)} at ${commit.slice(0, 12)}`;
    throw new SourceError(`there is no directory ${path} in ${where}`, { cause: error });
  };
}

function commandOptions(
  url: string,
  directory: string,
  options: GitFetchOptions,
  maxBytes: number | undefined,
): GitCommandOptions {
  const { protocols, signal, environment, username, password } = options;
  const origin = /^https?:\/\/[^/]+/.exec(url)?.[0];
  const authorization =
    origin === undefined || username === undefined || password === undefined
      ? undefined
      : { origin, header: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` };
  return {
    directory,
    protocols,
    signal,
    environment,
    ...(authorization === undefined ? {} : { authorization }),
    ...(maxBytes === undefined ? {} : { maxBytes }),
  };
}

type Git = (args: readonly string[], maxBytes?: number) => Promise<Buffer>;

interface Resolved {
  /** The full name of the reference; empty for a commit that was given. */
  readonly name: string;
  readonly commit: string;
}

async function resolveReference(git: Git, url: string, ref: GitReference): Promise<Resolved> {
  if (ref.commit !== undefined) return { name: '', commit: ref.commit };
  const listed = await git(['ls-remote', '--quiet', '--', url]);
  const commits = new Map<string, string>();
  for (const line of listed.toString().split('\n')) {
    const [commit, name] = line.split('\t');
    // An annotated tag is listed twice; the second line has the commit.
    if (commit !== undefined && name !== undefined) commits.set(name.replace(/\^\{\}$/, ''), commit);
  }
  const name = ref.semver === undefined ? referenceName(ref) : newestTag([...commits.keys()], ref.semver, url);
  const commit = commits.get(name);
  if (commit !== undefined) return { name, commit };
  throw new SourceError(
    `${safe(url)} has no ${name === 'HEAD' ? 'commits' : name.replace('refs/heads/', 'branch ').replace('refs/tags/', 'tag ')}`,
  );
}

function referenceName({ tag, branch }: GitReference): string {
  if (tag !== undefined) return `refs/tags/${tag}`;
  return branch === undefined ? 'HEAD' : `refs/heads/${branch}`;
}

function newestTag(names: readonly string[], range: string, url: string): string {
  const constraints = parseConstraints(range);
  if (constraints === undefined) throw new SourceError(`${range} is no range of versions`);
  const [newest] = names
    .flatMap((name) => {
      const version = name.startsWith('refs/tags/') ? parseVersion(name.slice('refs/tags/'.length)) : undefined;
      return version === undefined || !satisfies(version, constraints) ? [] : [{ name, version }];
    })
    .sort((a, b) => compareVersions(b.version, a.version));
  if (newest === undefined) throw new SourceError(`${safe(url)} has no tag in the range ${range}`);
  return newest.name;
}

/** Gets the commit, unless it is there. A server may refuse to send a commit by its name: then all branches are fetched. */
async function fetchCommit(git: Git, url: string, { name, commit }: Resolved): Promise<void> {
  if (await isThere(git, commit)) return;
  const fetch = ['fetch', '--quiet', '--no-tags', '--no-recurse-submodules'];
  try {
    await git([...fetch, '--depth=1', '--', url, name === '' ? commit : name]);
    if (await isThere(git, commit)) return;
  } catch (error) {
    if (!(error instanceof SourceError) || name !== '') throw error;
  }
  await git([...fetch, '--', url, '+refs/heads/*:refs/remotes/*', '+refs/tags/*:refs/tags/*']);
  if (!(await isThere(git, commit))) throw new SourceError(`${safe(url)} has no commit ${commit}`);
}

async function isThere(git: Git, commit: string): Promise<boolean> {
  try {
    await git(['cat-file', '-e', `${commit}^{commit}`]);
    return true;
  } catch (error) {
    if (error instanceof SourceError) return false;
    throw error;
  }
}

/** The files of a chart's directory, without those that .helmignore names. */
function chartFiles(archive: Uint8Array): ChartFile[] {
  const entries = readTar(archive);
  const ignoreFile = entries.find(({ name }) => name === '.helmignore');
  const isIgnored = ignoreRules(ignoreFile === undefined ? '' : fromBytes(ignoreFile.data));
  const files: ChartFile[] = [];
  for (const { name, data, isFile } of entries) {
    if (name.endsWith('/') || isIgnoredWithin(name, isIgnored)) continue;
    if (!isFile) throw new SourceError(`the chart has a link: ${name}`);
    // Git itself makes no such names; a server might.
    if (name.startsWith('/') || name.split(/[/\\]/).includes('..')) {
      throw new SourceError(`the chart has a file outside of its directory: ${name}`);
    }
    if (data.length > DEFAULT_CHART_LIMITS.fileBytes) {
      throw new SourceError(`the chart's file ${name} is larger than ${DEFAULT_CHART_LIMITS.fileBytes} bytes`);
    }
    files.push({ name, data });
  }
  return files;
}

/** Whether a file or one of the directories that it is in is ignored. */
function isIgnoredWithin(name: string, isIgnored: (path: string, isDirectory: boolean) => boolean): boolean {
  for (let { dir } = parse(name); dir !== ''; dir = parse(dir).dir) if (isIgnored(dir, true)) return true;
  return isIgnored(name, false);
}

/** A URL without user and password. */
function safe(url: string): string {
  return url.replace(/(\w+:\/\/)[^/@\s]+@/g, '$1');
}
