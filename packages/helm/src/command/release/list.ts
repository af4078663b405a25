/** `helm list`: the releases of a namespace, the newest revision of each. */
import { parseLabelSelector } from '@kindred/machinery';
import { RE2JS } from 're2js';
import { compareText } from '../../go/compare-text.ts';
import type { Release, ReleaseStatus } from '../../release/release.ts';
import { noArguments } from '../arguments.ts';
import { withCluster } from '../cluster/connect.ts';
import { releaseDriver } from '../cluster/release-driver.ts';
import { requireReachable } from '../cluster/require-reachable.ts';
import type { Command, CommandContext } from '../command.ts';
import type { Flag } from '../flags/flag.ts';
import type { FlagValues } from '../flags/flag-values.ts';
import { palette } from '../output/color.ts';
import { outputFlag, outputFormat, printFormat } from '../output/format.ts';
import { tableText } from '../output/table.ts';
import { appVersion, chartName } from './chart-name.ts';
import { releaseMoment, updatedTime } from './release-time.ts';

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
  return withCluster(context, async (cluster) => {
    await requireReachable(cluster.client, context.signal);
    const isWanted = nameFilter(flags.text('filter'));
    const hasLabels = labelFilter(flags.text('selector'));
    const namespace = flags.bool('all-namespaces') ? '' : cluster.namespace;
    const found = (await releaseDriver(context, cluster, namespace).query({})).filter(({ name }) => isWanted(name));
    const statuses = wantedStatuses(flags);
    const onlySuperseded = statuses?.size === 1 && statuses.has('superseded');
    const candidates = onlySuperseded ? found : latest(found);
    const chosen = candidates.filter(
      (release) => (statuses === undefined || statuses.has(release.info.status)) && hasLabels(release),
    );
    return page(sorted(chosen, flags), flags);
  });
}

function nameFilter(pattern: string): (name: string) => boolean {
  if (pattern === '') return () => true;
  const regex = RE2JS.compile(pattern);
  return (name) => regex.matcher(name).find();
}

function labelFilter(selector: string): (release: Release) => boolean {
  if (selector === '') return () => true;
  const parsed = parseLabelSelector(selector);
  return ({ name, revision, info, labels }) =>
    parsed.matches({ ...labels, name, owner: 'helm', status: info.status, version: String(revision) });
}

function latest(releases: readonly Release[]): Release[] {
  const newest = new Map<string, Release>();
  for (const release of releases) {
    const key = `${release.namespace}/${release.name}`;
    if (release.revision > (newest.get(key)?.revision ?? 0)) newest.set(key, release);
  }
  return [...newest.values()];
}

/** Undefined for all. */
function wantedStatuses(flags: FlagValues): ReadonlySet<ReleaseStatus> | undefined {
  const statuses = new Set<ReleaseStatus>();
  for (const status of ['deployed', 'failed', 'superseded', 'uninstalled', 'uninstalling'] as const) {
    if (flags.bool(status)) statuses.add(status);
  }
  if (flags.bool('pending')) statuses.add('pending-install').add('pending-upgrade').add('pending-rollback');
  return statuses.size === 0 ? undefined : statuses;
}

function sorted(releases: readonly Release[], flags: FlagValues): Release[] {
  const compare = flags.bool('date') ? byDate : byName;
  const inOrder = releases.toSorted(compare);
  return flags.bool('reverse') ? inOrder.reverse() : inOrder;
}

function byName(a: Release, b: Release): number {
  return compareText(a.name, b.name) || compareText(a.namespace, b.namespace) || a.revision - b.revision;
}

function byDate(a: Release, b: Release): number {
  const [first, second] = [a, b].map(({ info }) => releaseMoment(info.lastDeployed)?.nanoseconds ?? 0n);
  if (first === undefined || second === undefined || first === second) return byName(a, b);
  return first < second ? -1 : 1;
}

function page(releases: readonly Release[], flags: FlagValues): Release[] {
  const offset = Math.max(0, flags.number('offset'));
  const limit = flags.number('max');
  return limit > 0 ? releases.slice(offset, offset + limit) : releases.slice(offset);
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
