/**
 * Finds out where a chart is: the address of its archive, the digest that the index gives it, and how to get at it. The
 * reference is a URL, `repository/chart`, or the name of a chart in the repository given with `--repo`.
 */
import { errorText, goQuote } from '@kindred/machinery';
import { ChartError } from '../chart/chart.ts';
import { isSameOrigin, parseUrl, resolveReference } from '../http/url.ts';
import type { ChartContext, ChartSource } from './chart-source.ts';
import { parseDigest } from './content-cache.ts';
import { type ChartVersion, findVersion, type IndexFile } from './index-file.ts';
import { type RepositoriesFile, type RepositoryEntry, readRepositories } from './repositories-file.ts';
import type { RepositoryAccess } from './repository-access.ts';
import { fetchIndex, readCachedIndex } from './repository-cache.ts';

export interface FoundChart {
  readonly url: string;
  /** SHA-256 of the archive in hex; empty when nobody says. */
  readonly digest: string;
  readonly access: RepositoryAccess;
}

/** Throws ChartError. */
export async function findChart(reference: string, source: ChartSource, context: ChartContext): Promise<FoundChart> {
  if (source.repo !== undefined && source.repo !== '') return findInRepository(reference, source.repo, source, context);
  const repositories = await readRepositories(context.paths.repositoryConfig);
  if (/^[A-Za-z][A-Za-z0-9+.-]*:\/\//.test(reference)) {
    return findByUrl(reference, repositories, source, context);
  }
  const slash = reference.indexOf('/');
  if (slash < 0) {
    throw new ChartError(`non-absolute URLs should be in form of repo_name/path_to_chart, got: ${reference}`);
  }
  const name = reference.slice(0, slash);
  const entry = repositories.repositories.find((each) => each.name === name);
  if (entry === undefined) throw new ChartError(`repo ${name} not found`);
  if (entry.url === '') throw new ChartError(`no URL found for repository ${name}`);
  return findInEntry(entry, reference.slice(slash + 1), source, context);
}

/** `>0.0.0-0` stands for everything, pre-releases included. */
export function wantedVersion({ version = '', devel = false }: ChartSource): string {
  return version.trim() === '' && devel ? '>0.0.0-0' : version.trim();
}

async function findInRepository(
  name: string,
  repo: string,
  source: ChartSource,
  context: ChartContext,
): Promise<FoundChart> {
  const access: RepositoryAccess = { ...source, url: repo };
  const version = wantedVersion(source);
  await expectProtocol(repo, context);
  const label = `chart ${goQuote(name)}${version === '' ? '' : ` version ${goQuote(version)}`}`;
  const lookIn = (index: IndexFile): ChartVersion =>
    lookUp(index, name, version, context, () => new ChartError(`${label} not found in ${repo} repository`));
  const maxAge = context.indexes?.maxAge ?? 0;
  const index = await repositoryIndex(access, name, context, maxAge);
  let found: ChartVersion;
  try {
    found = lookIn(index);
  } catch (error) {
    if (maxAge === 0 || !(error instanceof ChartError)) throw error;
    // What a kept index doesn't have may be there by now.
    found = lookIn(await repositoryIndex(access, name, context, 0));
  }
  if (found.urls[0] === undefined) throw new ChartError(`${label} has no downloadable URLs`);
  return { url: resolveReference(repo, found.urls[0]), digest: parseDigest(found.digest), access };
}

async function repositoryIndex(
  access: RepositoryAccess,
  chart: string,
  context: ChartContext,
  maxAge: number,
): Promise<IndexFile> {
  const { indexes, ...options } = context;
  try {
    return indexes === undefined
      ? await fetchIndex(access, options, chart)
      : await indexes.cache.index(access, { ...options, chart, maxAge });
  } catch (error) {
    if (!(error instanceof ChartError)) throw error;
    const problem = `looks like ${goQuote(access.url)} is not a valid chart repository or cannot be reached`;
    throw new ChartError(`${problem}: ${error.message}`, { cause: error });
  }
}

async function findInEntry(
  entry: RepositoryEntry,
  name: string,
  source: ChartSource,
  context: ChartContext,
): Promise<FoundChart> {
  parseUrl(entry.url);
  let index: IndexFile;
  try {
    index = await readCachedIndex(context.paths.repositoryCache, entry.name, context.warn, name);
  } catch (error) {
    if (!(error instanceof ChartError)) throw error;
    throw new ChartError(`no cached repo found. (try 'helm repo update'): ${error.message}`, { cause: error });
  }
  const version = wantedVersion(source);
  const found = lookUp(
    index,
    name,
    version,
    context,
    (error) =>
      new ChartError(
        `chart ${goQuote(name)} matching ${version} not found in ${entry.name} index. (try 'helm repo update'): ${errorText(error)}`,
        { cause: error },
      ),
  );
  const [url] = found.urls;
  if (url === undefined) throw new ChartError(`chart ${goQuote(`${entry.name}/${name}`)} has no downloadable URLs`);
  return {
    url: resolveReference(entry.url, url),
    digest: parseDigest(found.digest),
    access: mergeAccess(entry, source),
  };
}

function lookUp(
  index: IndexFile,
  name: string,
  version: string,
  context: ChartContext,
  problem: (error: ChartError) => ChartError,
): ChartVersion {
  try {
    return findVersion(index, name, version, context.warn);
  } catch (error) {
    if (!(error instanceof ChartError)) throw error;
    throw problem(error);
  }
}

/** A chart by its own address: a configured repository whose index has that address lends certificates and credentials. */
async function findByUrl(
  url: string,
  { repositories }: RepositoriesFile,
  source: ChartSource,
  context: ChartContext,
): Promise<FoundChart> {
  await expectScheme(url, context);
  // Only repositories of the same host can lend anything: no other index needs to be read.
  for (const entry of repositories.filter((each) => isUrl(each.url) && isSameOrigin(each.url, url))) {
    const digest = await digestInIndex(entry, url, context);
    if (digest !== undefined) return { url, digest, access: mergeAccess(entry, source) };
  }
  return { url, digest: parseDigest(source.digest ?? ''), access: { ...source, url } };
}

async function digestInIndex(entry: RepositoryEntry, url: string, context: ChartContext): Promise<string | undefined> {
  let index: IndexFile;
  try {
    index = await readCachedIndex(context.paths.repositoryCache, entry.name, context.warn);
  } catch (error) {
    if (!(error instanceof ChartError)) throw error;
    context.warn(`no usable index of ${entry.name}: ${error.message}`);
    return undefined;
  }
  for (const versions of index.entries.values()) {
    const match = versions.find(({ urls }) => urls.some((each) => resolveReference(entry.url, each) === url));
    if (match !== undefined) return parseDigest(match.digest);
  }
  return undefined;
}

async function expectProtocol(repo: string, { getter }: ChartContext): Promise<void> {
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(repo)?.[1]?.toLowerCase();
  if (scheme === undefined || scheme === 'http' || scheme === 'https') return;
  if ((await getter?.(scheme)) === undefined) throw new ChartError(`could not find protocol handler for: ${scheme}`);
}

async function expectScheme(url: string, { getter }: ChartContext): Promise<void> {
  const { protocol, host, pathname } = parseUrl(url);
  const scheme = protocol.replace(/:$/, '');
  if (scheme === 'http' || scheme === 'https') return;
  // Such an address could as well be a repository's name and a path.
  if (host === '' || pathname === '') {
    throw new ChartError(`non-absolute URLs should be in form of repo_name/path_to_chart, got: ${url}`);
  }
  if ((await getter?.(scheme)) === undefined) throw new ChartError(`scheme ${goQuote(scheme)} not supported`);
}

function isUrl(text: string): boolean {
  return /^[A-Za-z][A-Za-z0-9+.-]*:\/\//.test(text);
}

/** What the entry says wins; flags fill in what it leaves open. */
function mergeAccess(entry: RepositoryEntry, source: ChartSource): RepositoryAccess {
  const hasTls = entry.certFile !== '' || entry.keyFile !== '' || entry.caFile !== '';
  const hasCredentials = entry.username !== '' && entry.password !== '';
  return {
    ...source,
    url: entry.url,
    ...(hasTls ? { certFile: entry.certFile, keyFile: entry.keyFile, caFile: entry.caFile } : {}),
    ...(hasCredentials
      ? { username: entry.username, password: entry.password, passCredentialsAll: entry.passCredentialsAll }
      : {}),
    insecureSkipTlsVerify: entry.insecureSkipTlsVerify || (source.insecureSkipTlsVerify ?? false),
  };
}
