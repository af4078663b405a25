/**
 * The files of a chart in a git repository: the commit that its reference stands for, with submodules and other repositories
 * where these belong, without what is to be ignored. Nothing is checked out.
 */
import { createHash } from 'node:crypto';
import { parse } from 'node:path/posix';
import type { ChartFile } from '../../../chart/chart.ts';
import type { GitSource } from '../../intent/release-intent.ts';
import type { SourceSecrets } from '../source-access.ts';
import { SourceError } from '../source-error.ts';
import { IGNORE_FILE, type SourceFile, withoutIgnored } from '../source-ignore.ts';
import { chartFiles, isArchive, type SourceTree, type TreeFile } from '../source-tree.ts';
import { gitCredentials, withGitAccess } from './git-access.ts';
import type { Environment, GitAccess } from './git-command.ts';
import { resolveReference } from './git-reference.ts';
import { type GitRepository, openGitRepository, safeUrl } from './git-repository.ts';
import { verifyReference } from './git-signature.ts';
import { filesBelow, type GitTree } from './git-tree.ts';

export interface GitFetchOptions {
  readonly cacheDirectory: string;
  readonly protocols: readonly string[];
  readonly signal?: AbortSignal | undefined;
  readonly environment: Environment;
  readonly secrets: SourceSecrets;
}

/** @throws SourceError */
export async function fetchGitChart(source: GitSource, options: GitFetchOptions): Promise<SourceTree> {
  const { path, url } = source;
  const { dir, base } = parse(path);
  const { commit, files } = await fetchFiles(source, isArchive(path) ? dir : path, options);
  const all = async (): Promise<ChartFile[]> => {
    // What the reference stood for was checked, and may be something else by now.
    const { verify: _, ...same } = source;
    return chartFiles((await fetchFiles({ ...same, ref: { commit } }, '', options)).files ?? []);
  };
  if (files === undefined) {
    throw new SourceError(`there is no directory ${path} in ${safeUrl(url)} at ${commit.slice(0, 12)}`);
  }
  if (!isArchive(path)) return { origin: commit, chart: chartFiles(files), all };
  const archive = files.find(({ name, isFile }) => name === base && isFile);
  if (archive === undefined)
    throw new SourceError(`there is no file ${path} in ${safeUrl(url)} at ${commit.slice(0, 12)}`);
  return { origin: commit, chart: archive.data, all };
}

interface FetchedFiles {
  readonly commit: string;
  /** With names relative to the path; undefined when there is no such directory. */
  readonly files: readonly TreeFile[] | undefined;
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
  own: readonly TreeFile[] | undefined,
  path: string,
  include: NonNullable<GitSource['include']>,
  options: GitFetchOptions,
): Promise<readonly TreeFile[] | undefined> {
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
  files: readonly TreeFile[],
  path: string,
  ignore: NonNullable<GitSource['ignore']>,
  above: readonly SourceFile[],
): TreeFile[] {
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
