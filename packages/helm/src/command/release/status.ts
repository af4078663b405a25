/** `helm status RELEASE_NAME`: how a release stands, with its objects as the cluster has them. */
import { getRelease } from '../../actions/get.ts';
import { releaseText as recordText } from '../../release/release-json.ts';
import { exactArguments } from '../arguments.ts';
import { withCluster } from '../cluster/connect.ts';
import type { Command } from '../command.ts';
import { palette } from '../output/color.ts';
import { outputFlag, outputFormat } from '../output/format.ts';
import { serverTablesText } from '../output/server-table.ts';
import { type LiveObjects, liveObjects } from './live-objects.ts';
import { printRecord } from './print-record.ts';
import { releaseText } from './print-release.ts';
import { completeRelease } from './release-argument.ts';
import { queryContext } from './run-actions.ts';

export const statusCommand: Command = {
  usage: 'RELEASE_NAME',
  long: `Shows how a release stands: when it was changed last, its status and revision, its objects in the cluster, what
its tests said, and the notes of its chart.`,
  arguments: exactArguments(1),
  complete: completeRelease,
  flags: () => [{ kind: 'int', name: 'revision', usage: 'the revision to show, instead of the newest' }, outputFlag],
  run: (context, [name = ''], flags) =>
    withCluster(context, async (cluster) => {
      const release = await getRelease(queryContext(context, cluster), { name, revision: flags.number('revision') });
      const format = outputFormat(flags);
      const live = await liveObjects(cluster, release, format === 'table' ? 'table' : 'object', context);
      if (format === 'table') {
        const options = { colors: palette(context), resources: tablesText(live), everything: false };
        context.streams.output.write(releaseText(release, options));
      } else {
        printRecord(context, format, recordText({ ...release, chart: undefined }), live);
      }
      return 0;
    }),
};

function tablesText(live: LiveObjects): string {
  const parts = [...live].map(([kind, tables]) => `==> ${kind}\n${serverTablesText(tables)}\n`);
  return parts.join('');
}
