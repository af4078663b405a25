/** `helm repo remove`: forgets repositories and what was kept of them. */
import { quote } from '../../go/quote.ts';
import { updateRepositories } from '../../repositories/repositories-file.ts';
import { removeCachedIndex } from '../../repositories/repository-cache.ts';
import { minimumArguments } from '../arguments.ts';
import type { Command } from '../command.ts';
import { CommandError } from '../command-error.ts';
import { repositoryNames } from './update.ts';

export const repoRemoveCommand: Command = {
  usage: '[REPO1 [REPO2 ...]]',
  long: 'Forgets one or more chart repositories.',
  arguments: minimumArguments(1),
  complete: async ({ settings }, args) => ({ words: await repositoryNames(settings.repositoryConfig, args) }),
  run: async ({ settings, streams }, args) => {
    for (const name of args) {
      await updateRepositories(settings.repositoryConfig, (file) => {
        if (file.repositories.length === 0) throw new CommandError('no repositories configured');
        const repositories = file.repositories.filter((entry) => entry.name !== name);
        if (repositories.length === file.repositories.length) {
          throw new CommandError(`no repo named ${quote(name)} found`);
        }
        return { ...file, repositories };
      });
      await removeCachedIndex(settings.repositoryCache, name);
      streams.output.write(`${quote(name)} has been removed from your repositories\n`);
    }
    return 0;
  },
};
