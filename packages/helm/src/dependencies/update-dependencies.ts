/**
 * `helm dependency update` and `build`: brings `charts/` in line with what the chart asks for, or with its lock. All
 * downloads happen beside; archives and lock then change together or not at all.
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { goQuote, hasErrorCode } from '@kindred/machinery';
import { ChartError, type Dependency } from '../chart/chart.ts';
import type { LockedArchive, LockedDependency } from '../chart/lock.ts';
import { writeFileAtomically } from '../node/write-file.ts';
import type { IndexFile } from '../repositories/index-file.ts';
import { type RepositoryEntry, readRepositories } from '../repositories/repositories-file.ts';
import { accessOf } from '../repositories/repository-access.ts';
import { fetchIndex, readCachedIndex } from '../repositories/repository-cache.ts';
import { type ChartDirectory, readChartDirectory } from './chart-directory.ts';
import type { DependencyContext, DependencyOptions } from './dependency-context.ts';
import { type DownloadedDependencies, downloadDependencies } from './download-dependencies.ts';
import { refuseLocalCycle } from './local-cycle.ts';
import { helm2LockDigest, lockDigest, lockText } from './lock-file.ts';
import { refreshIndexes } from './refresh-indexes.ts';
import { replaceCharts } from './replace-charts.ts';
import { expectConfigured, type NamedDependencies, nameRepositories } from './repository-names.ts';
import { resolveDependencies } from './resolve.ts';

/** Resolves ranges, downloads, writes the lock. Throws ChartError. */
export async function updateDependencies(
  chartPath: string,
  options: DependencyOptions,
  context: DependencyContext,
): Promise<void> {
  const chart = await readChartDirectory(chartPath);
  if (chart.metadata.dependencies.length === 0) return;
  await refuseLocalCycle(chart);
  const { repositories } = await readRepositories(context.paths.repositoryConfig);
  const named = await nameRepositories(chart.metadata.dependencies, repositories, chartPath);
  if (options.skipRefresh !== true) {
    await refreshUnmanaged([...named.unmanaged.values()], context);
    await refreshConfigured(repositories, context);
  }
  const index = indexes(named, repositories, context);
  const locked = await resolveDependencies(named.dependencies, {
    chartPath,
    index,
    registry: context.registry,
    ...(context.signal === undefined ? {} : { signal: context.signal }),
  });
  await save(chart, { requested: named.dependencies, locked, repositories, index, options, writesLock: true }, context);
}

/** Downloads what the lock says; does the same as update when there is none. Throws ChartError. */
export async function buildDependencies(
  chartPath: string,
  options: DependencyOptions,
  context: DependencyContext,
): Promise<void> {
  const chart = await readChartDirectory(chartPath);
  if (chart.lock === undefined) return updateDependencies(chartPath, options, context);
  await refuseLocalCycle(chart);
  const { repositories } = await readRepositories(context.paths.repositoryConfig);
  const requested = chart.metadata.dependencies;
  const named = await nameRepositories(requested, repositories, chartPath);
  expectLockFits(chart, named.dependencies, context);
  const locked = chart.lock.dependencies;
  expectConfigured(
    locked.map(({ repository }) => repository),
    repositories,
  );
  if (options.skipRefresh !== true) await refreshConfigured(repositories, context);
  const index = indexes(named, repositories, context);
  await save(chart, { requested, locked, repositories, index, options, writesLock: false }, context);
}

function expectLockFits(chart: ChartDirectory, named: readonly Dependency[], context: DependencyContext): void {
  const { lock, metadata } = chart;
  if (lock === undefined || lock.digest === lockDigest(named, lock.dependencies)) return;
  if (metadata.apiVersion !== 'v1') {
    throw new ChartError(
      'the lock file (Chart.lock) is out of sync with the dependencies file (Chart.yaml). Please update the dependencies',
    );
  }
  context.warn('a valid Helm v3 hash was not found. Checking against Helm v2 hash...');
  if (lock.digest === helm2LockDigest(metadata.dependencies)) return;
  throw new ChartError(
    'the lock file (requirements.lock) is out of sync with the dependencies file (requirements.yaml). Please update the dependencies',
  );
}

async function refreshUnmanaged(entries: readonly RepositoryEntry[], context: DependencyContext): Promise<void> {
  if (entries.length === 0) return;
  context.report('Getting updates for unmanaged Helm repositories...');
  await refreshIndexes(entries, {
    ...context,
    cache: context.paths.repositoryCache,
    label: ({ url }) => `${goQuote(url)} chart repository`,
  });
}

async function refreshConfigured(entries: readonly RepositoryEntry[], context: DependencyContext): Promise<void> {
  if (entries.length === 0) return;
  context.report('Hang tight while we grab the latest from your chart repositories...');
  await refreshIndexes(entries, { ...context, cache: context.paths.repositoryCache });
  context.report('Update Complete. ⎈Happy Helming!⎈');
}

/** Indexes by address, each read once. */
function indexes(
  named: NamedDependencies,
  repositories: readonly RepositoryEntry[],
  context: DependencyContext,
): (repository: string) => Promise<IndexFile> {
  const known = new Map<string, Promise<IndexFile>>();
  const read = async (repository: string): Promise<IndexFile> => {
    const entry = named.configured.get(repository) ?? named.unmanaged.get(repository);
    const configured = entry ?? repositories.find(({ url }) => url === repository);
    if (configured === undefined) return fetchIndex(accessOf({ ...NOBODY, url: repository }), context);
    try {
      return await readCachedIndex(context.paths.repositoryCache, configured.name, context.warn);
    } catch (error) {
      if (!(error instanceof ChartError)) throw error;
      throw new ChartError(
        `no cached repository for ${configured.name} found. (try 'helm repo update'): ${error.message}`,
        { cause: error },
      );
    }
  };
  return (repository) => {
    const index = known.get(repository) ?? read(repository);
    known.set(repository, index);
    return index;
  };
}

const NOBODY: RepositoryEntry = {
  name: '',
  url: '',
  username: '',
  password: '',
  certFile: '',
  keyFile: '',
  caFile: '',
  insecureSkipTlsVerify: false,
  passCredentialsAll: false,
};

interface SavePlan {
  readonly requested: readonly Dependency[];
  readonly locked: readonly LockedDependency[];
  readonly repositories: readonly RepositoryEntry[];
  readonly index: (repository: string) => Promise<IndexFile>;
  readonly options: DependencyOptions;
  readonly writesLock: boolean;
}

async function save(chart: ChartDirectory, plan: SavePlan, context: DependencyContext): Promise<void> {
  // Whatever begins with a dot in `charts/` is no dependency, should a crash leave it behind.
  const directory = await mkdtemp(join(await makeCharts(chart.path), '.new-'));
  try {
    const found = await downloadDependencies(plan.locked, { ...plan, chartPath: chart.path, directory }, context);
    if (!plan.writesLock) expectArchives(chart, found.archives);
    await replaceCharts({
      chartPath: chart.path,
      directory,
      local: new Set(plan.locked.filter(({ repository }) => repository === '').map(({ name }) => name)),
      report: context.report,
      commit: async () => {
        if (plan.writesLock) await writeLock(chart, plan, found, context);
      },
    });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function makeCharts(chartPath: string): Promise<string> {
  const path = join(chartPath, 'charts');
  try {
    await mkdir(path, { recursive: true });
  } catch (error) {
    if (hasErrorCode(error, 'EEXIST')) throw new ChartError(`${goQuote(path)} is not a directory`, { cause: error });
    throw error;
  }
  return path;
}

/** The archives of a lock that notes them must be the same for ever. Throws ChartError. */
function expectArchives({ lock, lockName }: ChartDirectory, found: readonly LockedArchive[]): void {
  for (const { file, digest } of lock?.archives ?? []) {
    const archive = found.find((each) => each.file === file);
    if (archive === undefined || archive.digest === digest) continue;
    throw new ChartError(
      `${file} was changed after it was locked: ${lockName} says ${digest}, the repository has ${archive.digest}`,
    );
  }
}

/** A lock that says the same is left as it is, with its time. */
async function writeLock(
  chart: ChartDirectory,
  { requested, options }: SavePlan,
  { locked: dependencies, archives: found }: DownloadedDependencies,
  context: DependencyContext,
): Promise<void> {
  const digest = lockDigest(requested, dependencies);
  const archives = options.digests === true || chart.lock?.archives !== undefined ? { archives: found } : {};
  const isSame = JSON.stringify(chart.lock?.archives) === JSON.stringify(archives.archives);
  if (chart.lock?.digest === digest && isSame) return;
  const generated = context.now().toISOString();
  const lock = { generated, digest, dependencies, ...archives };
  await writeFileAtomically(join(chart.path, chart.lockName), lockText(lock));
}
