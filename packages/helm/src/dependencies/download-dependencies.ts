/**
 * Fetches the locked dependencies into a directory of their own, where nothing else sees them. Nothing changes in
 * `charts/` here.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errorText, goQuote } from '@kindred/machinery';
import { type Chart, ChartError } from '../chart/chart.ts';
import type { LockedArchive, LockedDependency } from '../chart/lock.ts';
import { isOciReference, isSameUrl, resolveReference } from '../http/url.ts';
import { loadArchive } from '../node/load-archive.ts';
import { loadDirectory, readChartFiles } from '../node/load-directory.ts';
import { packageChart } from '../packaging/package-chart.ts';
import { type DownloadedChart, downloadChart } from '../repositories/download-chart.ts';
import type { IndexFile } from '../repositories/index-file.ts';
import type { RepositoryEntry } from '../repositories/repositories-file.ts';
import { constraintProblem, parseConstraints, satisfies } from '../semver/constraint.ts';
import { compareVersions, parseVersion } from '../semver/version.ts';
import { readChartDirectory } from './chart-directory.ts';
import type { DependencyContext, DependencyOptions } from './dependency-context.ts';
import { isLocalRepository, localPath } from './local-path.ts';

export interface DownloadPlan {
  readonly chartPath: string;
  /** Where the archives go. */
  readonly directory: string;
  readonly repositories: readonly RepositoryEntry[];
  /** The index of a repository by its address. Throws ChartError. */
  readonly index: (repository: string) => Promise<IndexFile>;
  readonly options: DependencyOptions;
}

export interface DownloadedDependencies {
  /** With the versions that were really found. */
  readonly locked: readonly LockedDependency[];
  /** Those that came over the network; what is packed here has another digest each time. */
  readonly archives: readonly LockedArchive[];
}

/** Throws ChartError. */
export async function downloadDependencies(
  locked: readonly LockedDependency[],
  plan: DownloadPlan,
  context: DependencyContext,
): Promise<DownloadedDependencies> {
  context.report(`Saving ${locked.length} charts`);
  const seen = new Map<string, LockedArchive>();
  const found: LockedDependency[] = [];
  for (const dependency of locked) {
    try {
      found.push({ ...dependency, version: await saveOne(dependency, plan, context, seen) });
    } catch (error) {
      if (!(error instanceof ChartError)) throw error;
      context.report(`Save error occurred:  ${errorText(error)}`);
      throw error;
    }
  }
  return { locked: found, archives: [...seen.values()] };
}

async function saveOne(
  dependency: LockedDependency,
  plan: DownloadPlan,
  context: DependencyContext,
  seen: Map<string, LockedArchive>,
): Promise<string> {
  const { repository, version } = dependency;
  if (repository === '') {
    await expectUnpacked(dependency, plan, context);
    return version;
  }
  if (isLocalRepository(repository)) return saveLocal(dependency, plan, context);
  await saveRemote(dependency, plan, context, seen);
  return version;
}

/** A chart that lies in `charts/` already, and must do. */
async function expectUnpacked(
  dependency: LockedDependency,
  plan: DownloadPlan,
  context: DependencyContext,
): Promise<void> {
  const { name, version } = dependency;
  context.report(`Dependency ${name} did not declare a repository. Assuming it exists in the charts directory`);
  let found: string;
  try {
    found = (await loadDirectory(join(plan.chartPath, 'charts', name), context.local)).metadata.version;
  } catch (error) {
    throw new ChartError(`unable to load chart '${join(plan.chartPath, 'charts', name)}': ${errorText(error)}`, {
      cause: error,
    });
  }
  if (!isInRange(dependency, found)) {
    throw new ChartError(`dependency ${name} at version ${found} does not satisfy the constraint ${version}`);
  }
}

function isInRange({ name, version }: LockedDependency, found: string): boolean {
  const range = parseConstraints(version);
  if (range === undefined) {
    throw new ChartError(`dependency ${name} has an invalid version/constraint format: ${constraintProblem(version)}`);
  }
  const parsed = parseVersion(found);
  return parsed !== undefined && satisfies(parsed, range);
}

async function saveLocal(
  dependency: LockedDependency,
  plan: DownloadPlan,
  context: DependencyContext,
): Promise<string> {
  const { name, repository } = dependency;
  const path = await localPath(repository, plan.chartPath);
  const { version } = (await readChartDirectory(path)).metadata;
  if (!isInRange(dependency, version)) throw new ChartError(`can't get a valid version for dependency ${name}`);
  const { fileName, archive } = packageChart(await readChartFiles(path, context.local), { now: context.now() });
  await writeFile(join(plan.directory, fileName), archive);
  return version;
}

async function saveRemote(
  dependency: LockedDependency,
  plan: DownloadPlan,
  context: DependencyContext,
  seen: Map<string, LockedArchive>,
): Promise<void> {
  const { name, repository } = dependency;
  const { reference, digest: announced } = await remoteReference(dependency, plan);
  if (seen.has(reference)) {
    context.report(`Already downloaded ${name} from repo ${repository}`);
    return;
  }
  context.report(`Downloading ${name} from repo ${repository}`);
  const downloaded = await download(dependency, { reference, digest: announced }, plan, context);
  const chart = expectChart(dependency, downloaded);
  const { fileName, digest } = downloaded;
  seen.set(reference, { file: fileName, digest: `sha256:${digest}`, charts: innerCharts(chart) });
  await writeFile(join(plan.directory, downloaded.fileName), downloaded.archive);
}

interface RemoteArchive {
  readonly reference: string;
  /** What the index says of it; empty when it says nothing. */
  readonly digest: string;
}

/** The address of the archive. Throws ChartError. */
async function remoteReference(
  { name, version, repository }: LockedDependency,
  plan: DownloadPlan,
): Promise<RemoteArchive> {
  if (isOciReference(repository)) {
    return { reference: `${repository.replace(/\/+$/, '')}/${name}:${version}`, digest: '' };
  }
  let index: IndexFile;
  try {
    index = await plan.index(repository);
  } catch (error) {
    throw new ChartError(`could not find : chart ${name} not found in ${repository}: ${errorText(error)}`, {
      cause: error,
    });
  }
  const entries = index.entries.get(name);
  if (entries === undefined) throw new ChartError(`could not find : entry not found`);
  const entry = entries.find(({ metadata, urls }) => urls.length > 0 && isSameVersion(metadata.version, version));
  const url = entry?.urls[0];
  if (url === undefined) throw new ChartError('could not find : no matching version');
  return { reference: resolveReference(repository, url), digest: entry?.digest ?? '' };
}

function isSameVersion(a: string, b: string): boolean {
  const [left, right] = [parseVersion(a), parseVersion(b)];
  return left === undefined || right === undefined
    ? a === b
    : compareVersions(left, right) === 0 && left.metadata === right.metadata;
}

async function download(
  dependency: LockedDependency,
  { reference, digest }: RemoteArchive,
  plan: DownloadPlan,
  context: DependencyContext,
): Promise<DownloadedChart> {
  const { verify, source = {} } = plan.options;
  const entry = plan.repositories.find(({ url }) => isSameUrl(url, dependency.repository));
  try {
    const downloaded = await downloadChart(
      reference,
      {
        ...source,
        ...(entry === undefined ? {} : credentialsOf(entry)),
        version: isOciReference(reference) ? dependency.version : '',
        digest,
        repo: '',
      },
      { ...context, report: context.reportPull },
      verify === undefined ? 'none' : 'required',
    );
    if (verify !== undefined && downloaded.provenance !== undefined) {
      const { archive, fileName, provenance } = downloaded;
      await verify({ archive, fileName, provenance });
    }
    return downloaded;
  } catch (error) {
    if (!(error instanceof ChartError)) throw error;
    throw new ChartError(`could not download ${reference}: ${error.message}`, { cause: error });
  }
}

function credentialsOf(entry: RepositoryEntry): Partial<RepositoryEntry> {
  return entry.username === '' ? {} : { username: entry.username, password: entry.password };
}

/** An index that sends another chart than it promises is not to be believed. */
function expectChart({ name, version }: LockedDependency, { archive, url }: DownloadedChart): Chart {
  const chart = loadArchive(archive);
  const { metadata } = chart;
  if (metadata.name !== name) {
    throw new ChartError(`${goQuote(url)} holds the chart ${goQuote(metadata.name)} instead of ${goQuote(name)}`);
  }
  if (!isSameVersion(metadata.version, version)) {
    throw new ChartError(
      `${goQuote(url)} holds version ${metadata.version} of ${name} instead of ${version}, which the dependency is locked to`,
    );
  }
  return chart;
}

/** `name version` of every chart inside, `outer/inner version` further down. */
function innerCharts(chart: Chart, prefix = ''): string[] {
  return chart.dependencies.flatMap((each) => {
    const { name, version } = each.metadata;
    return [`${prefix}${name} ${version}`, ...innerCharts(each, `${prefix}${name}/`)];
  });
}
