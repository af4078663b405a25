/** `helm history RELEASE_NAME`: the revisions of a release, the oldest first. */
import { history } from '../../actions/history.ts';
import { appVersion, chartName } from '../../release/chart-name.ts';
import { ansicTime } from '../../release/release-time.ts';
import { exactArguments } from '../arguments.ts';
import { withCluster } from '../cluster/connect.ts';
import type { Command } from '../command.ts';
import { outputFlag, outputFormat, printFormat } from '../output/format.ts';
import { tableText } from '../output/table.ts';
import { completeRelease } from './release-argument.ts';
import { queryContext } from './run-actions.ts';

export const historyCommand: Command = {
  usage: 'RELEASE_NAME',
  long: 'Lists the revisions of a release: when each was made, of which chart, and what became of it.',
  arguments: exactArguments(1),
  complete: completeRelease,
  flags: () => [{ kind: 'int', name: 'max', usage: 'how many of the newest revisions', default: 256 }, outputFlag],
  run: async (context, [name = ''], flags) => {
    const max = Math.max(0, flags.number('max'));
    const revisions = await withCluster(context, (cluster) => history(queryContext(context, cluster), { name }));
    const elements = revisions.slice(Math.max(0, revisions.length - max)).map((release) => ({
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
