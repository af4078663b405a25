/** `helm search repo`: looks through the indexes of the repositories that were added. */
import { errorText } from '@kindred/machinery';
import { ChartError } from '../../chart/chart.ts';
import type { IndexFile } from '../../repositories/index-file.ts';
import { readRepositories } from '../../repositories/repositories-file.ts';
import { readCachedIndex } from '../../repositories/repository-cache.ts';
import { searchRepositories } from '../../repositories/search-repositories.ts';
import type { Command, CommandContext } from '../command.ts';
import { CommandError } from '../command-error.ts';
import { outputFlag } from '../output/format.ts';
import { printResults, searchFlags } from './print-results.ts';

export const searchRepoCommand: Command = {
  usage: '[keyword]',
  long: `Looks for a keyword in the names, descriptions and keywords of the charts of all repositories that were added, as
they were when last updated. Shows the newest version of each chart that is no pre-release.`,
  example: `  # versions that are no pre-releases
  helm search repo nginx

  # pre-releases too
  helm search repo nginx --devel

  # the newest version 1
  helm search repo nginx --version ^1.0.0`,
  flags: () => [
    ...searchFlags,
    outputFlag,
    { kind: 'bool', name: 'devel', usage: "development versions too, as with '>0.0.0-0'; --version goes before it" },
    { kind: 'bool', name: 'regexp', short: 'r', usage: 'the keyword is a regular expression' },
    { kind: 'string', name: 'version', usage: 'range of versions to look for' },
    { kind: 'bool', name: 'versions', short: 'l', usage: 'every version of each chart' },
  ],
  run: async (context, args, flags) => {
    const results = searchRepositories(await readIndexes(context), {
      keyword: args.join(' '),
      regexp: flags.bool('regexp'),
      version: flags.text('version'),
      devel: flags.bool('devel'),
      versions: flags.bool('versions'),
    });
    const rows = results.map(({ name, chart: { metadata } }) => ({
      name,
      version: metadata.version,
      app_version: metadata.appVersion,
      description: metadata.description,
    }));
    const header = ['NAME', 'CHART VERSION', 'APP VERSION', 'DESCRIPTION'];
    printResults(context, flags, {
      rows,
      table: [header, ...rows.map((row) => [row.name, row.version, row.app_version, row.description])],
    });
    return 0;
  },
};

async function readIndexes({ settings, log }: CommandContext): Promise<[string, IndexFile][]> {
  const { repositories } = await readRepositories(settings.repositoryConfig);
  if (repositories.length === 0) throw new CommandError('no repositories configured');
  const indexes: [string, IndexFile][] = [];
  for (const { name } of repositories) {
    try {
      indexes.push([
        name,
        await readCachedIndex(settings.repositoryCache, name, (message, fields) => log.warn(message, fields)),
      ]);
    } catch (error) {
      if (!(error instanceof ChartError)) throw error;
      log.warn('repo is corrupt or missing', { repo: name, error: errorText(error) });
    }
  }
  return indexes;
}
