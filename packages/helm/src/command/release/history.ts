/** `helm history RELEASE_NAME`: the revisions of a release, the oldest first. */
import type { Release } from '../../release/release.ts';
import { releaseNameProblem } from '../../release/release-name.ts';
import { exactArguments } from '../arguments.ts';
import { withCluster } from '../cluster/connect.ts';
import { requireReachable } from '../cluster/require-reachable.ts';
import type { Command, CommandContext } from '../command.ts';
import { CommandError } from '../command-error.ts';
import { outputFlag, outputFormat, printFormat } from '../output/format.ts';
import { tableText } from '../output/table.ts';
import { appVersion, chartName } from './chart-name.ts';
import { completeRelease, releaseStorage } from './release-argument.ts';
import { ansicTime } from './release-time.ts';

export const historyCommand: Command = {
  usage: 'RELEASE_NAME',
  long: 'Lists the revisions of a release: when each was made, of which chart, and what became of it.',
  arguments: exactArguments(1),
  complete: completeRelease,
  flags: () => [{ kind: 'int', name: 'max', usage: 'how many of the newest revisions', default: 256 }, outputFlag],
  run: async (context, [name = ''], flags) => {
    const revisions = await history(context, name);
    const max = flags.number('max');
    const elements = revisions
      .slice(0, Math.max(0, max))
      .reverse()
      .map((release) => ({
        revision: release.revision,
        updated: release.info.lastDeployed,
        status: release.info.status,
        chart: chartName(release),
        app_version: appVersion(release),
        description: release.info.description,
      }));
    printFormat(context, outputFormat(flags), {
      data: () => elements,
      table: () => {
        const headers = ['REVISION', 'UPDATED', 'STATUS', 'CHART', 'APP VERSION', 'DESCRIPTION'];
        const rows = elements.map(({ revision, updated, ...rest }) => [
          String(revision),
          ansicTime(updated),
          ...Object.values(rest),
        ]);
        return tableText([headers, ...rows]);
      },
    });
    return 0;
  },
};

/** Newest first. */
function history(context: CommandContext, name: string): Promise<Release[]> {
  return withCluster(context, async (cluster) => {
    await requireReachable(cluster.client, context.signal);
    if (releaseNameProblem(name) !== undefined) throw new CommandError(`release name is invalid: ${name}`);
    return releaseStorage(context, cluster).history(name);
  });
}
