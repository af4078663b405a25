/** `helm repo update`: new indexes of all repositories, or of some. */
import { refreshIndexes } from '../../dependencies/refresh-indexes.ts';
import { readRepositories } from '../../repositories/repositories-file.ts';
import { transport } from '../chart/transport.ts';
import type { Command } from '../command.ts';
import { CommandError } from '../command-error.ts';

export const repoUpdateCommand: Command = {
  usage: '[REPO1 [REPO2 ...]]',
  long: `Gets the newest indexes of the chart repositories, which searching and installing go by.

Without names, all repositories are updated.`,
  flags: () => [
    { kind: 'duration', name: 'timeout', usage: 'how long each index may take to arrive', default: 120_000 },
  ],
  complete: async ({ settings }, args) => ({ words: await repositoryNames(settings.repositoryConfig, args) }),
  run: async (context, args, flags) => {
    const { settings, streams, log } = context;
    const { repositories } = await readRepositories(settings.repositoryConfig);
    if (repositories.length === 0) throw new CommandError('no repositories found. You must add one before updating');
    const unknown = args.find((name) => !repositories.some((entry) => entry.name === name));
    if (unknown !== undefined) {
      throw new CommandError(`no repositories found matching '${unknown}'.  Nothing will be updated`);
    }
    const wanted = repositories.filter(({ name }) => args.length === 0 || args.includes(name));
    const report = (line: string): void => streams.output.write(`${line}\n`);
    report('Hang tight while we grab the latest from your chart repositories...');
    const failed = await refreshIndexes(wanted, {
      cache: settings.repositoryCache,
      warn: (message, fields) => log.warn(message, fields),
      report,
      ...transport(context),
      timeoutMs: flags.duration('timeout'),
    });
    if (failed.length > 0) {
      throw new CommandError(`failed to update the following repositories: [${failed.join(' ')}]`);
    }
    report('Update Complete. ⎈Happy Helming!⎈');
    return 0;
  },
};

/** Names that can be completed, without those given already. */
export async function repositoryNames(path: string, without: readonly string[]): Promise<string[]> {
  const { repositories } = await readRepositories(path);
  return repositories.filter(({ name }) => !without.includes(name)).map(({ name, url }) => `${name}\t${url}`);
}
