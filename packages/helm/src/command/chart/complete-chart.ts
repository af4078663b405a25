/** Words that could be a chart: repositories that were added, then their charts, and the schemes of addresses. */
import { readdir } from 'node:fs/promises';
import { errorText } from '@kindred/machinery';
import { readRepositories } from '../../repositories/repositories-file.ts';
import { readCachedCharts, readCachedIndex } from '../../repositories/repository-cache.ts';
import type { CommandContext, Completion } from '../command.ts';
import type { FlagValues } from '../flags/flag-values.ts';

const SCHEMES: readonly (readonly [string, string])[] = [
  ['oci://', 'a chart in a registry'],
  ['https://', 'address of a chart'],
  ['http://', 'address of a chart'],
  ['file://', 'address of a chart on this machine'],
];

const PATHS: readonly (readonly [string, string])[] = [
  ['./', 'a path from this directory'],
  ['/', 'a path from the root'],
];

/**
 * `repo/` until the slash is there, then `repo/chart`.
 *
 * @param local whether the chart may be a path
 */
export async function completeChart(
  { settings, directory }: CommandContext,
  start: string,
  { local }: { readonly local: boolean },
): Promise<Completion> {
  const { repositories } = await readRepositories(settings.repositoryConfig);
  const chosen = repositories.find(({ name }) => start.startsWith(`${name}/`));
  if (chosen !== undefined) {
    const charts = await readCachedCharts(settings.repositoryCache, chosen.name);
    return { words: charts.map((chart) => `${chosen.name}/${chart}`), files: local };
  }
  const words = [
    ...repositories.map(({ name, url }) => [`${name}/`, url] as const).sort(([a], [b]) => (a < b ? -1 : 1)),
    ...SCHEMES,
  ].filter(([word]) => word.startsWith(start));
  const noSpace = words.length > 0;
  // Nobody has typed anything of a path yet: the names of all files would hide the rest.
  if (local && start === '') words.push(...PATHS);
  const files = local && start !== '' && noSpace ? await filesOf(directory, start) : [];
  return { words: [...words.map(([word, meaning]) => `${word}\t${meaning}`), ...files], files: local, noSpace };
}

async function filesOf(directory: string, start: string): Promise<string[]> {
  const names = await readdir(directory);
  return names.filter((name) => name.startsWith(start)).sort();
}

/**
 * For commands that take a name and a chart, or a chart alone with --generate-name.
 *
 * @param flags of a command that has `installFlags`
 */
export async function completeNameAndChart(
  context: CommandContext,
  args: readonly string[],
  start: string,
  flags: FlagValues,
): Promise<Completion> {
  const place = flags.bool('generate-name') ? 0 : 1;
  return args.length === place ? completeChart(context, start, { local: true }) : { words: [] };
}

/** Versions of the chart among the arguments, newest first; none for what isn't from a repository. */
export async function completeVersion(
  { settings, log }: CommandContext,
  args: readonly string[],
): Promise<readonly string[]> {
  const { repositories } = await readRepositories(settings.repositoryConfig);
  for (const reference of args) {
    const entry = repositories.find(({ name }) => reference.startsWith(`${name}/`));
    if (entry === undefined) continue;
    const chart = reference.slice(entry.name.length + 1);
    try {
      const ignore = (): void => undefined;
      const index = await readCachedIndex(settings.repositoryCache, entry.name, ignore, chart);
      return (index.entries.get(chart) ?? []).map(({ metadata: { version, appVersion } }) =>
        appVersion === '' ? version : `${version}\tApp: ${appVersion}`,
      );
    } catch (error) {
      log.debug('no versions to complete', { repo: entry.name, error: errorText(error) });
    }
  }
  return [];
}
