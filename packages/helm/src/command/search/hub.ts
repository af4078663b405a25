/** `helm search hub`: looks for charts in Artifact Hub, or in another hub. */
import { proxyFromEnvironment } from '@kindred/client';
import { searchHub } from '../../repositories/search-hub.ts';
import type { Command } from '../command.ts';
import { outputFlag } from '../output/format.ts';
import { printResults, searchFlags } from './print-results.ts';

export const searchHubCommand: Command = {
  usage: '[KEYWORD]',
  long: `Looks for charts in Artifact Hub, or in another hub that understands Monocular's search API.

KEYWORD may be a rich query where the hub understands those.`,
  flags: () => [
    ...searchFlags,
    outputFlag,
    { kind: 'string', name: 'endpoint', usage: 'the hub to ask', default: 'https://hub.helm.sh' },
    { kind: 'bool', name: 'list-repo-url', usage: "show the address of the charts' repositories" },
  ],
  run: async (context, args, flags) => {
    const found = await searchHub(flags.text('endpoint'), args.join(' '), {
      signal: context.signal,
      proxy: proxyFromEnvironment(context.environment),
    });
    const withRepository = flags.bool('list-repo-url');
    const header = ['URL', 'CHART VERSION', 'APP VERSION', 'DESCRIPTION', ...(withRepository ? ['REPO URL'] : [])];
    printResults(context, flags, {
      rows: found.map(({ url, version, appVersion, description, repository }) => ({
        url,
        version,
        app_version: appVersion,
        description,
        repository: { url: repository.url, name: repository.name },
      })),
      table: [
        header,
        ...found.map(({ url, version, appVersion, description, repository }) => [
          url,
          version,
          appVersion,
          description,
          ...(withRepository ? [repository.url] : []),
        ]),
      ],
    });
    return 0;
  },
};
