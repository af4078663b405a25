/** `helm list`: the releases of a namespace, the newest revision of each. */
import { list } from '../../actions/list.ts';
import { appVersion, chartName } from '../../release/chart-name.ts';
import type { Release, ReleaseStatus } from '../../release/release.ts';
import { updatedTime } from '../../release/release-time.ts';
import { noArguments } from '../arguments.ts';
import { withCluster } from '../cluster/connect.ts';
import type { Command, CommandContext } from '../command.ts';
import type { Flag } from '../flags/flag.ts';
import type { FlagValues } from '../flags/flag-values.ts';
import { palette } from '../output/color.ts';
import { outputFlag, outputFormat, printFormat } from '../output/format.ts';
import { tableText } from '../output/table.ts';
import { queryContext } from './run-actions.ts';

const listFlags: readonly Flag[] = [
  { kind: 'bool', name: 'all-namespaces', short: 'A', usage: 'the releases of all namespaces' },
  { kind: 'bool', name: 'date', short: 'd', usage: 'sort by the time of the last change' },
  { kind: 'bool', name: 'deployed', usage: 'releases that are deployed' },
  { kind: 'bool', name: 'failed', usage: 'releases whose last operation failed' },
  { kind: 'string', name: 'filter', short: 'f', usage: 'regular expression that the name must match' },
  { kind: 'int', name: 'max', short: 'm', usage: 'how many at most; 0 for all', default: 256 },
  { kind: 'bool', name: 'no-headers', usage: 'leave the headers of the table out' },
  { kind: 'int', name: 'offset', usage: 'how many to pass over' },
  { kind: 'bool', name: 'pending', usage: 'releases with an operation under way' },
  { kind: 'bool', name: 'reverse', short: 'r', usage: 'the other way round' },
  {
    kind: 'string',
    name: 'selector',
    short: 'l',
    usage: "labels that the release's record must have (key1=value1,key2=value2)",
  },
  { kind: 'bool', name: 'short', short: 'q', usage: 'names only' },
  { kind: 'bool', name: 'superseded', usage: 'revisions that were replaced by others' },
  { kind: 'string', name: 'time-format', usage: 'layout of times as Go writes it: "2006-01-02 15:04:05Z0700"' },
  { kind: 'bool', name: 'uninstalled', usage: 'releases that were removed and have kept their history' },
  { kind: 'bool', name: 'uninstalling', usage: 'releases that are being removed' },
  outputFlag,
];

export const listCommand: Command = {
  long: `Lists the releases of a namespace, whatever their status; flags such as --failed choose by status, and several of
them can be given. They come sorted by name, or by date with -d.

--filter takes a regular expression for the name. --max and --offset page through long lists.`,
  arguments: noArguments,
  flags: () => listFlags,
  run: async (context, _args, flags) => {
    const releases = await findReleases(context, flags);
    if (flags.bool('short')) printNames(context, releases, flags);
    else printReleases(context, releases, flags);
    return 0;
  },
};

function findReleases(context: CommandContext, flags: FlagValues): Promise<Release[]> {
  return withCluster(context, (cluster) => {
    const namespace = flags.bool('all-namespaces') ? '' : cluster.namespace;
    return list(queryContext(context, { ...cluster, namespace }), {
      statuses: wantedStatuses(flags),
      filter: flags.text('filter'),
      selector: flags.text('selector'),
      sortBy: flags.bool('date') ? 'date' : 'name',
      reverse: flags.bool('reverse'),
      offset: flags.number('offset'),
      max: flags.number('max'),
    });
  });
}

/** None for all. */
function wantedStatuses(flags: FlagValues): readonly ReleaseStatus[] {
  const known = ['deployed', 'failed', 'superseded', 'uninstalled', 'uninstalling'] as const;
  const pending = ['pending-install', 'pending-upgrade', 'pending-rollback'] as const;
  return [...known.filter((status) => flags.bool(status)), ...(flags.bool('pending') ? pending : [])];
}

function printNames(context: CommandContext, releases: readonly Release[], flags: FlagValues): void {
  const names = releases.map(({ name }) => name);
  printFormat(context, outputFormat(flags), {
    table: () => names.map((name) => `${name}\n`).join(''),
    data: () => names,
  });
}

const HEADERS = ['NAME', 'NAMESPACE', 'REVISION', 'UPDATED', 'STATUS', 'CHART', 'APP VERSION'];

function printReleases(context: CommandContext, releases: readonly Release[], flags: FlagValues): void {
  const colors = palette(context);
  const elements = releases.map((release) => ({
    name: release.name,
    namespace: release.namespace,
    revision: String(release.revision),
    updated: updatedTime(release.info.lastDeployed, flags.text('time-format')),
    status: release.info.status,
    chart: chartName(release),
    app_version: appVersion(release),
  }));
  printFormat(context, outputFormat(flags), {
    data: () => elements,
    table: () => {
      const rows = elements.map((each) => [
        each.name,
        colors.namespace(each.namespace),
        each.revision,
        each.updated,
        colors.status(each.status),
        each.chart,
        each.app_version,
      ]);
      const headers = flags.bool('no-headers') ? [] : [HEADERS.map((header) => colors.header(header))];
      // Helm ends even an empty table with a line break.
      return tableText([...headers, ...rows]) || '\n';
    },
  });
}
