/** From the argument CHART to a chart in memory: a path, an archive, a URL, `repo/name`, `oci://…`. */
import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { hasErrorCode } from '@kindred/machinery';
import { type Chart, ChartError, isLibrary } from '../../chart/chart.ts';
import { quote } from '../../go/quote.ts';
import { fileProblem } from '../../node/file-problem.ts';
import { type LoadDirectoryOptions, loadDirectory } from '../../node/load-directory.ts';
import type { CommandContext } from '../command.ts';
import { CommandError } from '../command-error.ts';
import type { FlagValues } from '../flags/flag-values.ts';

/**
 * Loads the chart; one that comes from elsewhere is fetched first.
 *
 * @param flags of a command that has `chartFlags`
 */
export async function openChart(context: CommandContext, reference: string, flags: FlagValues): Promise<Chart> {
  const name = reference.trim();
  const directory = flags.text('repo') === '' ? await localDirectory(context, name) : undefined;
  // The most frequent case needs nothing of what fetches and verifies.
  if (directory !== undefined && !flags.bool('verify')) return openDirectory(directory, context);
  const { fetchChart } = await import('./fetch-chart.ts');
  return fetchChart(context, name, flags);
}

/** The user's own charts may hold links to anywhere; each is logged. */
export function followLinks({ log }: Pick<CommandContext, 'log'>): LoadDirectoryOptions {
  return {
    links: 'follow',
    onLink: (path, resolved) => {
      log.info('found symbolic link in path. Contents of linked file included and used', { path, resolved });
    },
  };
}

/** The chart must be one to install, with its dependencies there. Throws ChartError or CommandError. */
export function checkInstallable(chart: Chart, { log }: Pick<CommandContext, 'log'>): void {
  if (isLibrary(chart)) throw new ChartError('library charts are not installable');
  if (chart.metadata.deprecated === true) log.warn('this chart is deprecated');
  const missing = missingDependencies(chart);
  if (missing.length === 0) return;
  throw new CommandError(
    'an error occurred while checking for chart dependencies. You may need to run `helm dependency build` to fetch ' +
      `missing dependencies: found in Chart.yaml, but missing in charts/ directory: ${missing.join(', ')}`,
  );
}

/** Names of dependencies that Chart.yaml asks for and charts/ doesn't have. */
export function missingDependencies(chart: Chart): string[] {
  const present = new Set(chart.dependencies.map(({ metadata }) => metadata.name));
  return chart.metadata.dependencies.map(({ name }) => name).filter((name) => !present.has(name));
}

async function openDirectory(path: string, { log }: Pick<CommandContext, 'log'>): Promise<Chart> {
  const chartFile = join(path, 'Chart.yaml');
  try {
    await stat(chartFile);
  } catch (error) {
    const problem = fileProblem('open', chartFile, error);
    throw new ChartError(`unable to detect chart at ${chartFile}: ${problem}`, { cause: error });
  }
  return loadDirectory(path, followLinks({ log }));
}

async function localDirectory(context: CommandContext, name: string): Promise<string | undefined> {
  const path = resolve(context.directory, name);
  try {
    return (await stat(path)).isDirectory() ? path : undefined;
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT') || hasErrorCode(error, 'ENOTDIR')) return undefined;
    throw new ChartError(`path ${quote(name)}: ${fileProblem('stat', name, error)}`, { cause: error });
  }
}
