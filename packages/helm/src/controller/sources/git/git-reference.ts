/** From a branch, tag, range of tags, or the name of any reference, to the commit that it stands for. */
import { parseConstraints, satisfies } from '../../../semver/constraint.ts';
import { compareVersions, parseVersion } from '../../../semver/version.ts';
import type { GitReference } from '../../intent/release-intent.ts';
import { SourceError } from '../source-error.ts';
import { type GitRepository, safeUrl } from './git-repository.ts';

export interface ResolvedReference {
  /** The full name of the reference; empty for a commit that was given. */
  readonly name: string;
  readonly commit: string;
  /** The object of an annotated tag. */
  readonly tag?: string;
}

/** The commit goes before the name, that before the range, the tag and the branch. @throws SourceError */
export async function resolveReference(repository: GitRepository, ref: GitReference): Promise<ResolvedReference> {
  checkNames(ref);
  if (ref.commit !== undefined) {
    return { name: ref.branch === undefined ? '' : `refs/heads/${ref.branch}`, commit: ref.commit };
  }
  const listed = await repository.list();
  const name =
    ref.semver === undefined || ref.name !== undefined ? nameOf(ref) : newestTag(listed, ref.semver, repository.url);
  const object = listed.get(name);
  if (object === undefined) throw new SourceError(`${safeUrl(repository.url)} has no ${wordsFor(name)}`);
  const commit = listed.get(`${name}^{}`);
  return commit === undefined ? { name, commit: object } : { name, commit, tag: object };
}

/** Git would take them for something else: options, ranges, pairs of references. */
function checkNames({ commit, branch, tag, name }: GitReference): void {
  if (commit !== undefined && !/^([0-9a-f]{40}|[0-9a-f]{64})$/.test(commit)) {
    throw new SourceError(`${commit} is no full name of a commit`);
  }
  for (const each of [branch, tag, name]) {
    if (each !== undefined && /[\s:^~?*[\\\0]|\.\.|^[-+]|^$/.test(each))
      throw new SourceError(`${each} is no name of a reference`);
  }
}

function nameOf({ name, tag, branch }: GitReference): string {
  if (name !== undefined) return name;
  if (tag !== undefined) return `refs/tags/${tag}`;
  return branch === undefined ? 'HEAD' : `refs/heads/${branch}`;
}

function wordsFor(name: string): string {
  if (name === 'HEAD') return 'commits';
  const [, kind, rest] = /^refs\/(heads|tags)\/(.*)$/.exec(name) ?? [];
  return kind === undefined ? `reference ${name}` : `${kind === 'heads' ? 'branch' : 'tag'} ${rest}`;
}

function newestTag(listed: ReadonlyMap<string, string>, range: string, url: string): string {
  const constraints = parseConstraints(range);
  if (constraints === undefined) throw new SourceError(`${range} is no range of versions`);
  const [newest] = [...listed.keys()]
    .flatMap((name) => {
      const version = name.startsWith('refs/tags/') ? parseVersion(name.slice('refs/tags/'.length)) : undefined;
      return version === undefined || !satisfies(version, constraints) ? [] : [{ name, version }];
    })
    .sort((a, b) => compareVersions(b.version, a.version));
  if (newest === undefined) throw new SourceError(`${safeUrl(url)} has no tag in the range ${range}`);
  return newest.name;
}
