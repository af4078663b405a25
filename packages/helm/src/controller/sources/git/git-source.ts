/**
 * The files of a chart in a git repository: the commit that its reference stands for, with submodules and other repositories
 * where these belong, without what is to be ignored. Nothing is checked out.
 */
import { createHash } from 'node:crypto';
import { parse } from 'node:path/posix';
import type { ChartFile } from '../../../chart/chart.ts';
import { ignoreRules } from '../../../chart/ignore.ts';
import { fromBytes } from '../../../go/bytes.ts';
import { DEFAULT_CHART_LIMITS } from '../../../node/chart-limits.ts';
import type { GitSource } from '../../intent/release-intent.ts';
import type { SourceSecrets } from '../source-access.ts';
import { SourceError } from '../source-error.ts';
import { IGNORE_FILE, type SourceFile, withoutIgnored } from '../source-ignore.ts';
import { gitCredentials, withGitAccess } from './git-access.ts';
import type { Environment, GitAccess } from './git-command.ts';
import { resolveReference } from './git-reference.ts';
import { type GitFile, type GitRepository, openGitRepository, safeUrl } from './git-repository.ts';
import { verifyReference } from './git-signature.ts';
import { filesBelow, type GitTree } from './git-tree.ts';

export interface GitFetchOptions {
  readonly cacheDirectory: string;
  readonly protocols: readonly string[];
  readonly signal?: AbortSignal | undefined;
  readonly environment: Environment;
  readonly secrets: SourceSecrets;
}

/** What a release's source stands for at the moment. */
export interface GitFiles {
  readonly commit: string;
  readonly files: readonly ChartFile[];
}

/** @throws SourceError */
export async function fetchGitChart(source: GitSource, options: GitFetchOptions): Promise<GitFiles> {
  const { commit, files } = await fetchFiles(source, source.path, options);
  if (files === undefined) {
    throw new SourceError(`there is no directory ${source.path} in ${safeUrl(source.url)} at ${commit.slice(0, 12)}`);
  }
  return { commit, files: chartFiles(files) };
}

interface FetchedFiles {
  readonly commit: string;
  /** With names relative to the path; undefined when there is no such directory. */
  readonly files: readonly GitFile[] | undefined;
}

async function fetchFiles(source: GitSource, path: string, options: GitFetchOptions): Promise<FetchedFiles> {
  const { url, ref, verify, ignore = { defaults: false }, include = [], recurseSubmodules = false } = source;
  const { cacheDirectory, secrets } = options;
  const { data, tls, proxy } = await secrets.access(source.access);
  const credentials = gitCredentials(data);
  const accessDigest = createHash('sha256').update(JSON.stringify(data)).digest('hex');
  return withGitAccess({ url, credentials, tls, proxy, cacheDirectory }, async (access) => {
    const open = (at: string) => openWith(at, access, accessDigest, options);
    const repository = await open(url);
    const resolved = await resolveReference(repository, ref);
    const { name, commit } = resolved;
    await repository.fetch(commit, name);
    if (verify !== undefined) {
      await verifyReference(repository, resolved, verify.mode, [...(await secrets.keys(verify.secret)).values()]);
    }
    const tree = { repository, commit };
    const own = await filesBelow(tree, path, { recurseSubmodules, open });
    const files = await withIncluded(own, path, include, options);
    if (files === undefined) return { commit, files };
    return { commit, files: kept(files, path, ignore, await ignoreFilesAbove(tree, path)) };
  });
}

function openWith(
  url: string,
  access: GitAccess,
  accessDigest: string,
  { cacheDirectory, protocols, environment, signal }: GitFetchOptions,
): Promise<GitRepository> {
  return openGitRepository(url, { cacheDirectory, protocols, environment, access, accessDigest, signal });
}

/** Puts what other repositories have over what is there. */
async function withIncluded(
  own: readonly GitFile[] | undefined,
  path: string,
  include: NonNullable<GitSource['include']>,
  options: GitFetchOptions,
): Promise<readonly GitFile[] | undefined> {
  let files = own;
  for (const { repository, from, to } of include) {
    const inner = path === to ? '' : path.startsWith(`${to}/`) ? path.slice(to.length + 1) : undefined;
    const isBelow = path === '' || to.startsWith(`${path}/`);
    if (inner === undefined && !isBelow) continue;
    const at = [from, inner ?? ''].filter((part) => part !== '').join('/');
    const { files: found } = await fetchFiles(repository, at, options);
    if (found === undefined) {
      if (inner !== undefined) continue;
      throw new SourceError(`there is no directory ${from} in ${safeUrl(repository.url)}`);
    }
    const prefix = inner === undefined ? `${path === '' ? to : to.slice(path.length + 1)}/` : '';
    const placed = found.map((file) => ({ ...file, name: `${prefix}${file.name}` }));
    const names = new Set(placed.map(({ name }) => name));
    files = [...(files ?? []).filter(({ name }) => !names.has(name)), ...placed];
  }
  return files;
}

/** Rules are relative to the top of the repository. */
function kept(
  files: readonly GitFile[],
  path: string,
  ignore: NonNullable<GitSource['ignore']>,
  above: readonly SourceFile[],
): GitFile[] {
  const prefix = path === '' ? '' : `${path}/`;
  const named = files.map((file) => ({ ...file, name: `${prefix}${file.name}` }));
  return withoutIgnored(named, ignore, above).map((file) => ({ ...file, name: file.name.slice(prefix.length) }));
}

async function ignoreFilesAbove({ repository, commit }: GitTree, path: string): Promise<SourceFile[]> {
  const found: SourceFile[] = [];
  const parts = path.split('/').filter((part) => part !== '');
  for (let length = 0; length < parts.length; length++) {
    const name = [...parts.slice(0, length), IGNORE_FILE].join('/');
    if ((await repository.typeOf(commit, name)) !== 'blob') continue;
    found.push({ name, data: await repository.read('blob', `${commit}:${name}`) });
  }
  return found;
}

/** The files of a chart's directory, without those that .helmignore names. */
function chartFiles(entries: readonly GitFile[]): ChartFile[] {
  const ignoreFile = entries.find(({ name }) => name === '.helmignore');
  const isIgnored = ignoreRules(ignoreFile === undefined ? '' : fromBytes(ignoreFile.data));
  const files: ChartFile[] = [];
  for (const { name, data, isFile } of entries) {
    if (isIgnoredWithin(name, isIgnored)) continue;
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
