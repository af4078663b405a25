/** `helm dependency list`: what a chart asks for, and whether `charts/` has it. */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { goQuote, hasErrorCode } from '@kindred/machinery';
import { type Chart, ChartError, type Dependency } from '../chart/chart.ts';
import { loadArchive } from '../node/load-archive.ts';
import { loadDirectory } from '../node/load-directory.ts';
import { parseConstraints, satisfies } from '../semver/constraint.ts';
import { parseVersion } from '../semver/version.ts';
import { listCharts } from './chart-directory.ts';

export type DependencyStatus =
  | 'ok'
  | 'missing'
  | 'unpacked'
  | 'wrong version'
  | 'invalid version'
  | 'too many matches'
  | 'bad pattern'
  | 'corrupt'
  | 'misnamed';

export interface DependencyList {
  readonly rows: readonly { readonly dependency: Dependency; readonly status: DependencyStatus }[];
  /** What lies in `charts/` and isn't asked for. */
  readonly warnings: readonly string[];
}

/**
 * Of a directory or an archive. Throws ChartError.
 *
 * @param shown the path as warnings show it
 */
export async function listDependencies(path: string, shown: string = path): Promise<DependencyList> {
  const isDirectory = await isDirectoryAt(path);
  const chart = isDirectory ? await loadDirectory(path) : loadArchive(await readFile(path));
  const { dependencies } = chart.metadata;
  const files = isDirectory ? await listCharts(path) : [];
  const rows = await Promise.all(
    dependencies.map(async (dependency) => ({
      dependency,
      status: await statusOf(
        dependency,
        chart,
        path,
        files.map(({ name }) => name),
      ),
    })),
  );
  return { rows, warnings: dependencies.length === 0 ? [] : await extraCharts(path, shown, files, dependencies) };
}

async function isDirectoryAt(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    if (!hasErrorCode(error, 'ENOENT')) throw error;
    throw new ChartError(`stat ${path}: no such file or directory`, { cause: error });
  }
}

async function statusOf(
  dependency: Dependency,
  chart: Chart,
  path: string,
  files: readonly string[],
): Promise<DependencyStatus> {
  const { name } = dependency;
  if (/\[[^\]]*$/.test(name)) return 'bad pattern';
  let archives = files.filter((file) => file.startsWith(`${name}-`) && file.endsWith('.tgz'));
  if (archives.length > 1) {
    // What follows the name may belong to another chart's name.
    archives = archives.filter((file) => isStrictVersion(file.slice(name.length + 1, -'.tgz'.length)));
    if (archives.length > 1) return 'too many matches';
  }
  const [archive] = archives;
  if (archive !== undefined) return archiveStatus(await readFile(join(path, 'charts', archive)), dependency);
  const loaded = chart.dependencies.findLast(({ metadata }) => metadata.name === name);
  if (loaded === undefined) return 'missing';
  return versionStatus(loaded.metadata.version, dependency) ?? 'unpacked';
}

function isStrictVersion(text: string): boolean {
  return /^\d+\.\d+\.\d+/.test(text) && parseVersion(text) !== undefined;
}

function archiveStatus(bytes: Uint8Array, dependency: Dependency): DependencyStatus {
  let chart: Chart;
  try {
    chart = loadArchive(bytes);
  } catch (error) {
    if (error instanceof ChartError) return 'corrupt';
    throw error;
  }
  if (chart.metadata.name !== dependency.name) return 'misnamed';
  return versionStatus(chart.metadata.version, dependency) ?? 'ok';
}

/** Undefined when the version will do. */
function versionStatus(found: string, { version }: Dependency): DependencyStatus | undefined {
  if (found === version) return undefined;
  const range = parseConstraints(version);
  const parsed = parseVersion(found);
  if (range === undefined || parsed === undefined) return 'invalid version';
  return satisfies(parsed, range) ? undefined : 'wrong version';
}

async function extraCharts(
  path: string,
  shown: string,
  files: Awaited<ReturnType<typeof listCharts>>,
  dependencies: readonly Dependency[],
): Promise<string[]> {
  const warnings: string[] = [];
  for (const { name, isDirectory } of files) {
    if (!isDirectory && !name.endsWith('.tgz')) continue;
    const file = join(path, 'charts', name);
    const label = goQuote(join(shown, 'charts', name));
    try {
      const chart = isDirectory ? await loadDirectory(file) : loadArchive(await readFile(file));
      if (!dependencies.some((each) => each.name === chart.metadata.name)) {
        warnings.push(`WARNING: ${label} is not in Chart.yaml.`);
      }
    } catch (error) {
      if (!(error instanceof ChartError)) throw error;
      warnings.push(`WARNING: ${label} is not a chart.`);
    }
  }
  return warnings;
}
