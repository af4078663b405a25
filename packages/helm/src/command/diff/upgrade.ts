/** `helm diff upgrade RELEASE CHART`: what an upgrade would change, against the last revision or against the cluster. */
import { type ActionContext, clusterOf, createActionContext } from '../../actions/action-context.ts';
import { install } from '../../actions/install.ts';
import { upgrade } from '../../actions/upgrade.ts';
import type { Chart } from '../../chart/chart.ts';
import { diffCrds, diffLive } from '../../diff/live-diff.ts';
import { diffManifests } from '../../diff/manifest-diff.ts';
import type { ReleaseDiff } from '../../diff/object-diff.ts';
import { nodeProviders } from '../../node/providers.ts';
import type { Release } from '../../release/release.ts';
import { isReleaseError } from '../../release/release-error.ts';
import { crdManifests, enabledChart } from '../../render/render-chart.ts';
import { buildResources } from '../../resources/build.ts';
import { parseConflictPolicy } from '../../resources/conflicts/conflict-policy.ts';
import { markOwned } from '../../resources/ownership.ts';
import { withIntegers } from '../../values/with-integers.ts';
import { exactArguments } from '../arguments.ts';
import { chartFlags } from '../chart/chart-flags.ts';
import { checkInstallable, openChart } from '../chart/open-chart.ts';
import { checkDependencies } from '../chart/strict-dependencies.ts';
import { checkValueKeys } from '../chart/strict-values.ts';
import { mergeValues, readValueSources, valueFlags } from '../chart/value-flags.ts';
import { withCluster } from '../cluster/connect.ts';
import { releaseDriver } from '../cluster/release-driver.ts';
import { requireReachable } from '../cluster/require-reachable.ts';
import type { Command, CommandContext } from '../command.ts';
import type { Flag } from '../flags/flag.ts';
import type { FlagValues } from '../flags/flag-values.ts';
import { stableGeneratorsFlag } from '../release/operation-flags.ts';
import { checkName, completeRelease } from '../release/release-argument.ts';
import { comparedManifest, diffFlags, diffOptions, printDiff } from './diff-output.ts';

const ownFlags: readonly Flag[] = [
  { kind: 'bool', name: 'install', short: 'i', usage: 'compare with nothing when there is no such release' },
  {
    kind: 'bool',
    name: 'live',
    usage: 'compare with the cluster, by dry runs: shows drift, and fields that others own',
  },
  {
    kind: 'stringArray',
    name: 'on-conflict',
    usage: 'with --live: what would be done about fields that others own: yield, force, fail, or FIELD=WORD',
  },
  {
    kind: 'bool',
    name: 'include-crds',
    usage: 'compare the definitions in crds/ with the cluster too, and say what would make their update unsafe',
  },
  { kind: 'bool', name: 'enable-dns', usage: 'let templates look up host names' },
  stableGeneratorsFlag,
  { kind: 'bool', name: 'reset-values', usage: "the chart's values instead of those of the last revision" },
  { kind: 'bool', name: 'reuse-values', usage: 'the values of the last revision, with those given merged in' },
  {
    kind: 'bool',
    name: 'reset-then-reuse-values',
    usage: "the chart's values, with the user's of the last revision and those given merged in",
  },
];

export const diffUpgradeCommand: Command = {
  usage: 'RELEASE_NAME CHART',
  long: `Shows what an upgrade would change, without changing anything: the new manifests are compared with those of the
deployed revision, or with --live with the objects as the cluster has them.

Values of Secrets are not shown, only that they differ; see --show-secrets.`,
  arguments: exactArguments(2),
  complete: completeRelease,
  flags: (environment) => [...chartFlags(environment), ...valueFlags, ...diffFlags, ...ownFlags],
  run: async (context, [name = '', reference = ''], flags) => {
    checkName(name, 'releaseContent');
    const diff = await withCluster(context, async (access) => {
      await requireReachable(access.client, context.signal);
      const { client, namespace } = access;
      const action = createActionContext({
        client,
        namespace,
        driver: releaseDriver(context, access, namespace),
        functions: nodeProviders(),
        identity: 'diff',
        clock: context.clock,
        signal: context.signal,
        report: (event) => {
          if (event.type === 'warning') context.log.warn(event.message);
        },
      });
      const base = await baseOf(action, name, flags);
      const opened = await openChart(context, reference, flags);
      const chart = flags.bool('strict-numbers') ? withIntegers(opened) : opened;
      const next = await rendered(context, action, { name, chart, isUpgrade: base !== undefined }, flags);
      const isLive = flags.bool('live');
      const diff = isLive ? await compareLive(action, base, next, flags) : compareManifests(base, next, flags);
      if (!flags.bool('include-crds')) return diff;
      const crds = await compareCrds(action, enabledChart(chart, next.config), flags);
      return { objects: [...crds.objects, ...diff.objects] };
    });
    return printDiff(context, diff, flags);
  },
};

/** The revision whose objects are in the cluster; undefined for a release that would be installed. */
async function baseOf({ storage }: ActionContext, name: string, flags: FlagValues): Promise<Release | undefined> {
  try {
    const last = await storage.last(name);
    const [deployed = last] = await storage.inStatus(name, 'deployed');
    return deployed.info.status === 'uninstalled' && flags.bool('install') ? undefined : deployed;
  } catch (error) {
    if (flags.bool('install') && isReleaseError(error, 'NotFound')) return undefined;
    throw error;
  }
}

interface Wanted {
  readonly name: string;
  readonly chart: Chart;
  readonly isUpgrade: boolean;
}

async function rendered(
  context: CommandContext,
  action: ActionContext,
  { name, chart, isUpgrade }: Wanted,
  flags: FlagValues,
): Promise<Release> {
  const sources = await readValueSources(context, flags);
  const values = mergeValues(sources);
  checkInstallable(chart, context);
  checkDependencies(context, chart, flags);
  checkValueKeys(context, chart, sources, flags);
  const enableDns = flags.bool('enable-dns');
  const stableGenerators = flags.bool('stable-generators');
  const given = { name, chart, values, sources, enableDns, stableGenerators };
  const common = { ...given, dryRun: 'server', takeOwnership: true } as const;
  if (!isUpgrade) return install(action, { ...common, replace: true });
  return upgrade(action, {
    ...common,
    resetValues: flags.bool('reset-values'),
    reuseValues: flags.bool('reuse-values'),
    resetThenReuseValues: flags.bool('reset-then-reuse-values'),
  });
}

function compareManifests(base: Release | undefined, next: Release, flags: FlagValues): ReleaseDiff {
  const before = base === undefined ? '' : comparedManifest(base, flags);
  return diffManifests(before, comparedManifest(next, flags), diffOptions(flags, next.namespace));
}

/** Hooks are left out: they are made anew each time. */
async function compareLive(
  action: ActionContext,
  base: Release | undefined,
  next: Release,
  flags: FlagValues,
): Promise<ReleaseDiff> {
  const cluster = clusterOf(action);
  return diffLive(cluster, markOwned(await buildResources(cluster, next.manifest), next), {
    ...diffOptions(flags, next.namespace),
    originals: base === undefined ? [] : await buildResources(cluster, base.manifest),
    owner: next,
    onConflict: parseConflictPolicy(flags.list('on-conflict')),
  });
}

function compareCrds(action: ActionContext, chart: Chart, flags: FlagValues): Promise<ReleaseDiff> {
  const onConflict = parseConflictPolicy(flags.list('on-conflict'));
  return diffCrds(clusterOf(action), crdManifests(chart), { ...diffOptions(flags, ''), onConflict });
}
