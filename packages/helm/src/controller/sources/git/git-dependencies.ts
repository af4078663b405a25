/**
 * Dependencies of a chart in git that aren't kept beside it: they are fetched as `helm dependency build` does it, in a copy
 * of the repository. What the chart names by a path must be in that repository.
 */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import type { ProxyFor } from '@kindred/client';
import type { Chart, ChartFile, Dependency } from '../../../chart/chart.ts';
import { isLocalRepository } from '../../../dependencies/local-path.ts';
import { buildDependencies } from '../../../dependencies/update-dependencies.ts';
import { RegistryClient } from '../../../registry/registry-client.ts';
import type { ChartPaths } from '../../../repositories/chart-paths.ts';
import { type RepositoryEntry, repositoryEntry, updateRepositories } from '../../../repositories/repositories-file.ts';
import { SourceError } from '../source-error.ts';

export interface DependencyPlan {
  /** Of the whole repository. */
  readonly files: readonly ChartFile[];
  /** The chart's directory in it. */
  readonly path: string;
  readonly dependencies: readonly Dependency[];
  readonly cacheDirectory: string;
  readonly paths: ChartPaths;
  readonly warn: (message: string) => void;
  readonly now: () => Date;
  readonly signal?: AbortSignal | undefined;
  readonly proxy: ProxyFor;
}

/** Names of dependencies that the chart asks for and doesn't have. */
export function missingDependencies({ metadata, dependencies }: Chart): string[] {
  const present = new Set(dependencies.map((each) => each.metadata.name));
  return metadata.dependencies.map(({ name }) => name).filter((name) => !present.has(name));
}

/** The archives to put into the chart's `charts/`. @throws ChartError, SourceError */
export async function fetchDependencies(plan: DependencyPlan): Promise<ChartFile[]> {
  await mkdir(plan.cacheDirectory, { recursive: true });
  const directory = await mkdtemp(join(plan.cacheDirectory, 'build-'));
  const registry = new RegistryClient({ proxy: plan.proxy });
  try {
    const chartPath = join(directory, 'repository', plan.path);
    for (const { repository } of plan.dependencies) refuseOutside(repository, chartPath, join(directory, 'repository'));
    await writeFiles(join(directory, 'repository'), plan.files);
    const repositoryConfig = join(directory, 'repositories.yaml');
    const repositories = repositoriesOf(plan.dependencies);
    await updateRepositories(repositoryConfig, (file) => ({ ...file, repositories }));
    const context = {
      paths: { ...plan.paths, repositoryConfig },
      registry,
      warn: plan.warn,
      report: () => undefined,
      reportPull: () => undefined,
      now: plan.now,
      proxy: plan.proxy,
      ...(plan.signal === undefined ? {} : { signal: plan.signal }),
    };
    await buildDependencies(chartPath, {}, context);
    return await readArchives(join(chartPath, 'charts'));
  } finally {
    registry.close();
    await rm(directory, { recursive: true, force: true });
  }
}

/** The disk of this machine is nobody's repository. */
function refuseOutside(repository: string, chartPath: string, root: string): void {
  if (!isLocalRepository(repository)) return;
  const path = resolve(chartPath, repository.replace(/^file:\/\//, ''));
  const inside = relative(root, path);
  if (repository.startsWith('file:///') || inside === '..' || inside.startsWith('../')) {
    throw new SourceError(`the dependency ${repository} is outside of the repository`);
  }
}

async function writeFiles(directory: string, files: readonly ChartFile[]): Promise<void> {
  for (const { name, data } of files) {
    const path = join(directory, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, data);
  }
}

/** A lock is only followed into repositories that are configured, so all that the chart names are. */
function repositoriesOf(dependencies: readonly Dependency[]): RepositoryEntry[] {
  const urls = new Set(dependencies.map(({ repository }) => repository).filter((url) => /^https?:\/\//.test(url)));
  return [...urls].map((url, index) => repositoryEntry({ name: `repository-${index}`, url }));
}

async function readArchives(directory: string): Promise<ChartFile[]> {
  const names = (await readdir(directory)).filter((name) => name.endsWith('.tgz')).sort();
  return Promise.all(
    names.map(async (name) => ({ name: `charts/${name}`, data: await readFile(join(directory, name)) })),
  );
}
