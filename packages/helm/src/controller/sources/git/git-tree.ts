/** The files below a directory of a commit, with those of submodules where they stand. */
import { posix } from 'node:path';
import { SourceError } from '../source-error.ts';
import type { TreeFile } from '../source-tree.ts';
import { type GitLink, type GitRepository, safeUrl } from './git-repository.ts';

export interface GitTreeOptions {
  readonly recurseSubmodules: boolean;
  /** The repository of a submodule, with the same access. */
  readonly open: (url: string) => Promise<GitRepository>;
}

export interface GitTree {
  readonly repository: GitRepository;
  readonly commit: string;
}

const MOST_SUBMODULES = 50;
const DEEPEST_SUBMODULE = 8;

/**
 * Files with names relative to `path`; undefined when there is no such directory.
 *
 * @throws SourceError for submodules that can't be had
 */
export async function filesBelow(
  { repository, commit }: GitTree,
  path: string,
  options: GitTreeOptions,
  depth = 0,
): Promise<TreeFile[] | undefined> {
  const submodules = options.recurseSubmodules ? await submodulesOf({ repository, commit }) : [];
  const around = submodules.find((each) => path === each.path || path.startsWith(`${each.path}/`));
  if (around !== undefined) {
    return filesBelow(await openSubmodule(around, options, depth), relative(around.path, path), options, depth + 1);
  }
  const type = await repository.typeOf(commit, path);
  if (type === 'blob') throw new SourceError(`${path} of ${safeUrl(repository.url)} is no directory`);
  if (type !== 'tree') return undefined;
  const files = await repository.files(commit, path);
  for (const submodule of submodules) {
    if (path !== '' && !submodule.path.startsWith(`${path}/`)) continue;
    const inside = (await filesBelow(await openSubmodule(submodule, options, depth), '', options, depth + 1)) ?? [];
    const prefix = relative(path, submodule.path);
    files.push(...inside.map((file) => ({ ...file, name: `${prefix}/${file.name}` })));
  }
  return files;
}

function relative(directory: string, path: string): string {
  return directory === '' ? path : path.slice(directory.length + 1);
}

interface Submodule extends GitLink {
  readonly url: string;
}

async function submodulesOf({ repository, commit }: GitTree): Promise<Submodule[]> {
  const links = await repository.links(commit);
  if (links.length === 0) return [];
  if (links.length > MOST_SUBMODULES) {
    throw new SourceError(`${safeUrl(repository.url)} has more than ${MOST_SUBMODULES} submodules`);
  }
  const isConfigured = (await repository.typeOf(commit, '.gitmodules')) === 'blob';
  const text = isConfigured ? (await repository.read('blob', `${commit}:.gitmodules`)).toString() : '';
  const urls = urlsByPath(text);
  return links.map((link) => {
    const url = urls.get(link.path);
    if (url === undefined) throw new SourceError(`.gitmodules has no URL for the submodule ${link.path}`);
    return { ...link, url: absolute(url, repository.url) };
  });
}

async function openSubmodule(
  { path, url, commit }: Submodule,
  { open }: GitTreeOptions,
  depth: number,
): Promise<GitTree> {
  if (depth === DEEPEST_SUBMODULE) throw new SourceError(`submodules are nested too deeply at ${path}`);
  const repository = await open(url);
  await repository.fetch(commit, '');
  return { repository, commit };
}

/** `path` and `url` of the sections of .gitmodules, which is in the form of git's configuration. */
function urlsByPath(text: string): Map<string, string> {
  const urls = new Map<string, string>();
  for (const section of text.split(/^\s*\[/m).slice(1)) {
    const valueOf = (key: string): string | undefined =>
      new RegExp(`^\\s*${key}\\s*=\\s*(.*?)\\s*$`, 'm').exec(section)?.[1]?.replace(/^"(.*)"$/, '$1');
    const [path, url] = [valueOf('path'), valueOf('url')];
    if (path !== undefined && url !== undefined) urls.set(path, url);
  }
  return urls;
}

/** URLs that begin with dots are relative to the repository's own. */
function absolute(url: string, base: string): string {
  if (!/^\.\.?\//.test(url)) return url;
  const [, host = '', path = ''] = /^([a-z+]+:\/\/[^/]*|[^/:]+:)?(.*)$/s.exec(base.replace(/\/+$/, '')) ?? [];
  return `${host}${posix.join(path, url)}`;
}
