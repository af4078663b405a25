/**
 * Which repository of repositories.yaml each dependency is from, and the indexes to look in: configured ones by name or
 * address, others under a name made of the address (helm's `helm-manager-<hash>`).
 */
import { createHash } from 'node:crypto';
import { ChartError, type Dependency } from '../chart/chart.ts';
import { isOciReference, isSameUrl } from '../http/url.ts';
import { type RepositoryEntry, repositoryEntry } from '../repositories/repositories-file.ts';
import { isLocalRepository, localPath } from './local-path.ts';

export interface NamedDependencies {
  /** With addresses in place of `@name` and `alias:name`. */
  readonly dependencies: readonly Dependency[];
  /** Configured repositories that dependencies are from, by address. */
  readonly configured: ReadonlyMap<string, RepositoryEntry>;
  /** Repositories that aren't configured, under the names that their indexes are cached by. */
  readonly unmanaged: ReadonlyMap<string, RepositoryEntry>;
}

/** Throws ChartError for names that aren't configured. */
export async function nameRepositories(
  dependencies: readonly Dependency[],
  repositories: readonly RepositoryEntry[],
  chartPath: string,
): Promise<NamedDependencies> {
  const configured = new Map<string, RepositoryEntry>();
  const unmanaged = new Map<string, RepositoryEntry>();
  const missing: string[] = [];
  const named: Dependency[] = [];
  for (const dependency of dependencies) {
    const { repository } = dependency;
    if (isLocalRepository(repository)) await localPath(repository, chartPath);
    if (repository === '' || isLocalRepository(repository) || isOciReference(repository)) {
      named.push(dependency);
      continue;
    }
    const entry = findEntry(repository, repositories);
    if (entry !== undefined) {
      const isName = aliasOf(repository) !== undefined;
      const url = isName ? entry.url : repository;
      // A name may stand for a registry too.
      if (!isOciReference(url)) configured.set(url, entry);
      named.push(isName ? { ...dependency, repository: url } : dependency);
    } else if (isAddress(repository)) {
      unmanaged.set(repository, repositoryEntry({ name: managedName(repository), url: repository }));
      named.push(dependency);
    } else {
      missing.push(repository);
    }
  }
  if (missing.length > 0) throw new ChartError(missingText(missing));
  return { dependencies: named, configured, unmanaged };
}

/** Throws ChartError for the first repositories that are neither local, in a registry, nor configured. */
export function expectConfigured(repositories: readonly string[], entries: readonly RepositoryEntry[]): void {
  const missing = repositories.filter(
    (repository) =>
      repository !== '' &&
      !isLocalRepository(repository) &&
      !isOciReference(repository) &&
      !entries.some(({ url }) => isSameUrl(url, repository)),
  );
  if (missing.length > 0) throw new ChartError(`no repository definition for ${missing.join(', ')}`);
}

function findEntry(repository: string, entries: readonly RepositoryEntry[]): RepositoryEntry | undefined {
  const alias = aliasOf(repository);
  return entries.find(({ name, url }) => (alias === undefined ? isSameUrl(url, repository) : name === alias));
}

function aliasOf(repository: string): string | undefined {
  return /^(?:@|alias:)(.*)$/s.exec(repository)?.[1];
}

/** An absolute address or path, as Go's ParseRequestURI takes one. */
function isAddress(text: string): boolean {
  return text.startsWith('/') || (/^[A-Za-z][A-Za-z0-9+.-]*:\S+$/.test(text) && !text.startsWith('alias:'));
}

function managedName(repository: string): string {
  return `helm-manager-${createHash('sha256').update(repository).digest('hex')}`;
}

function missingText(missing: readonly string[]): string {
  const text = `no repository definition for ${missing.join(', ')}. Please add them via 'helm repo add'`;
  const looksLikeName = missing.some((each) => !each.includes('//') && aliasOf(each) === undefined);
  if (!looksLikeName) return text;
  return `${text}
Note that repositories must be URLs or aliases. For example, to refer to the "example"
repository, use "https://charts.example.com/" or "@example" instead of
"example". Don't forget to add the repo, too ('helm repo add').`;
}
