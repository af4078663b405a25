/** Finds the newest version in the range of each dependency: in indexes, among the tags of registries, on disk. */
import { join } from 'node:path';
import { goQuote } from '@kindred/machinery';
import { ChartError, type Dependency } from '../chart/chart.ts';
import type { LockedDependency } from '../chart/lock.ts';
import { isOciReference } from '../http/url.ts';
import { versionsOfTags } from '../registry/chart-versions.ts';
import { parseReference } from '../registry/reference.ts';
import type { RegistryClient } from '../registry/registry-client.ts';
import type { IndexFile } from '../repositories/index-file.ts';
import { type Constraints, constraintProblem, parseConstraints, satisfies } from '../semver/constraint.ts';
import { parseVersion } from '../semver/version.ts';
import { readChartDirectory } from './chart-directory.ts';
import { isLocalRepository, localPath } from './local-path.ts';

export interface ResolveSources {
  readonly chartPath: string;
  /** The index of a repository by its address. Throws ChartError. */
  readonly index: (repository: string) => Promise<IndexFile>;
  readonly registry: RegistryClient;
  readonly signal?: AbortSignal;
}

/** One for each dependency, in order. Throws ChartError. */
export async function resolveDependencies(
  dependencies: readonly Dependency[],
  sources: ResolveSources,
): Promise<LockedDependency[]> {
  const locked: LockedDependency[] = [];
  const missing: string[] = [];
  for (const dependency of dependencies) {
    const range = dependency.version === '' ? undefined : parseConstraints(dependency.version);
    if (range === undefined) {
      throw new ChartError(
        `dependency ${goQuote(dependency.name)} has an invalid version/constraint format: ${constraintProblem(dependency.version)}`,
      );
    }
    const version = await resolveOne(dependency, range, sources);
    const { name, repository } = dependency;
    if (version !== undefined) locked.push({ name, repository, version });
    else missing.push(`${goQuote(name)} (repository ${goQuote(repository)}, version ${goQuote(dependency.version)})`);
  }
  if (missing.length > 0) {
    throw new ChartError(
      `can't get a valid version for ${missing.length} subchart(s): ${missing.join(', ')}. Make sure a matching chart version exists in the repo, or change the version constraint in Chart.yaml`,
    );
  }
  return locked;
}

async function resolveOne(
  dependency: Dependency,
  range: Constraints,
  sources: ResolveSources,
): Promise<string | undefined> {
  const { name, repository, version } = dependency;
  if (repository === '') {
    await localPath(join('charts', name), sources.chartPath);
    return version;
  }
  const versions = await versionsIn(dependency, sources);
  return versions.find((each) => {
    const parsed = parseVersion(each);
    return parsed !== undefined && satisfies(parsed, range);
  });
}

/** Versions that there are, newest first. */
async function versionsIn(dependency: Dependency, sources: ResolveSources): Promise<readonly string[]> {
  const { name, repository, version } = dependency;
  if (isLocalRepository(repository)) {
    const path = await localPath(repository, sources.chartPath);
    return [(await readChartDirectory(path)).metadata.version];
  }
  if (!isOciReference(repository)) {
    const found = (await sources.index(repository)).entries.get(name);
    if (found === undefined) throw new ChartError(`${name} chart not found in repo ${repository}`);
    return found.filter(({ urls }) => urls.length > 0).map(({ metadata }) => metadata.version);
  }
  // An exact version needs no list of tags.
  if (parseVersion(version) !== undefined) return [version];
  try {
    const reference = parseReference(`${repository.replace(/\/+$/, '')}/${name}`);
    return versionsOfTags(await sources.registry.tags(reference, sources.signal));
  } catch (error) {
    if (!(error instanceof ChartError)) throw error;
    throw new ChartError(`could not retrieve list of tags for repository ${repository}: ${error.message}`, {
      cause: error,
    });
  }
}
