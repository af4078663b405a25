/** `helm upgrade RELEASE CHART`, with `--install` also for a release that there isn't yet. */
import type { ActionContext } from '../../actions/action-context.ts';
import { history } from '../../actions/history.ts';
import { type UpgradeOptions, upgrade } from '../../actions/upgrade.ts';
import type { Chart } from '../../chart/chart.ts';
import { quote } from '../../go/quote.ts';
import type { Release } from '../../release/release.ts';
import { isReleaseError } from '../../release/release-error.ts';
import type { VersionValues } from '../../values/chart-versions.ts';
import { exactArguments } from '../arguments.ts';
import { type ChartRequest, readChartRequest } from '../chart/chart-request.ts';
import { dryRunOf } from '../chart/dry-run.ts';
import { dryRunFlag, EXCLUSIVE_FORCE, releaseFlags } from '../chart/install-flags.ts';
import type { Command, CommandContext } from '../command.ts';
import type { Flag } from '../flags/flag.ts';
import type { FlagValues } from '../flags/flag-values.ts';
import { outputFlag, outputFormat } from '../output/format.ts';
import { progressFlag } from '../progress/progress.ts';
import { completeReleaseAndChart } from './complete-release-and-chart.ts';
import { deployOptions } from './deploy-options.ts';
import { failingAs } from './helm-failure.ts';
import { runInstall } from './install.ts';
import {
  crdsFlag,
  deadline,
  deadlineFlag,
  historyMaxFlag,
  interruptedPolicy,
  onConflictFlag,
  resumeFlag,
  serverSide,
  stableGeneratorsFlag,
  waitStrategy,
} from './operation-flags.ts';
import { printResult } from './print-result.ts';
import { withActions } from './run-actions.ts';

/** What an upgrade takes, and a plan of one. */
export const revisionFlags: readonly Flag[] = [
  { kind: 'bool', name: 'cleanup-on-fail', usage: 'when it fails, delete the objects that it made' },
  {
    kind: 'bool',
    name: 'reset-then-reuse-values',
    usage: "the chart's values, over them those of the last revision, over them the given ones",
  },
  { kind: 'bool', name: 'reset-values', usage: "only the chart's values and the given ones" },
  { kind: 'bool', name: 'reuse-values', usage: 'all values of the last revision, and the given ones over them' },
  {
    kind: 'string',
    name: 'server-side',
    usage: 'let the server merge changes: true, false, or auto (as the last revision was written)',
    default: 'auto',
    choices: ['true', 'false', 'auto'],
  },
  crdsFlag,
  onConflictFlag,
  stableGeneratorsFlag,
];

const ownFlags: readonly Flag[] = [
  ...revisionFlags,
  { kind: 'bool', name: 'hide-secret', usage: "with --dry-run: don't show Secrets" },
  { kind: 'bool', name: 'install', short: 'i', usage: 'install when there is no such release' },
  deadlineFlag,
  resumeFlag,
  progressFlag,
  outputFlag,
];

export const upgradeCommand: Command = {
  usage: '[RELEASE] [CHART]',
  long: `Makes a new revision of a release: another version of its chart, or other values. CHART is named as for install.

Without values the release keeps those it has; with some, only these and the chart's count, unless --reuse-values or
--reset-then-reuse-values says otherwise. --install installs the release when there is none.

An upgrade that was interrupted is finished by the same command; --resume=false counts it as failed instead.`,
  example: `  helm upgrade web ./charts/web --set image.tag=2.1 --wait
  helm upgrade --install web repo/web --reset-then-reuse-values`,
  arguments: exactArguments(2),
  complete: completeReleaseAndChart,
  flags: (environment) => [...releaseFlags(environment), dryRunFlag('none'), historyMaxFlag(environment), ...ownFlags],
  exclusiveFlags: EXCLUSIVE_FORCE,
  run: async (context, [name = '', reference = ''], flags) => {
    const dryRun = dryRunOf(context, flags);
    const wait = waitStrategy(context, flags);
    const read = (): Promise<ChartRequest> => readChartRequest(context, reference, flags);
    const { output } = context.streams;
    const isTable = outputFormat(flags) === 'table';
    const release = await withActions(context, flags, async (actions) => {
      const install = flags.bool('install') ? await whatToInstall(actions, name) : undefined;
      if (install !== undefined) {
        if (isTable) output.write(`Release ${quote(name)} does not exist. Installing it now.\n`);
        const how = { dryRun, wait, replace: install.replace, serverSide: serverSide(flags) !== 'false' };
        return runInstall(context, actions, flags, { name, request: await read(), ...how });
      }
      const request = await read();
      const upgraded = await failingAs('UPGRADE FAILED', () =>
        upgrade(actions, {
          name,
          dryRun,
          wait,
          ...upgradeOptions(request, flags),
          otherVersions: () => otherVersions(context, reference, request.chart),
        }),
      );
      if (isTable) output.write(`Release ${quote(name)} has been upgraded. Happy Helming!\n`);
      return upgraded;
    });
    printResult(context, release, flags);
    return 0;
  },
};

/** Loaded when a failure or a warning has use for it. */
async function otherVersions(context: CommandContext, reference: string, chart: Chart): Promise<VersionValues[]> {
  const { archivedVersions } = await import('../chart/archived-versions.ts');
  return archivedVersions(context, reference, chart);
}

/** Undefined when the release is to be upgraded. */
async function whatToInstall(actions: ActionContext, name: string): Promise<{ readonly replace: boolean } | undefined> {
  let newest: Release | undefined;
  try {
    newest = (await history(actions, { name, max: 1 }))[0];
  } catch (error) {
    if (!isReleaseError(error, 'NotFound')) throw error;
  }
  if (newest === undefined) return { replace: false };
  return newest.info.status === 'uninstalled' ? { replace: true } : undefined;
}

type Given = Omit<UpgradeOptions, 'name' | 'dryRun' | 'wait'>;

function upgradeOptions(request: ChartRequest, flags: FlagValues): Given {
  return {
    ...deployOptions(request, flags),
    ...revisionOptions(flags),
    deadlineMilliseconds: deadline(flags),
    onInterrupted: interruptedPolicy(flags),
    hideSecret: flags.bool('hide-secret'),
  };
}

/** What `revisionFlags` and `historyMaxFlag` say beside what an install is told too. */
export function revisionOptions(flags: FlagValues) {
  return {
    serverSide: serverSide(flags),
    cleanupOnFail: flags.bool('cleanup-on-fail'),
    historyMax: flags.number('history-max'),
    resetValues: flags.bool('reset-values'),
    reuseValues: flags.bool('reuse-values'),
    resetThenReuseValues: flags.bool('reset-then-reuse-values'),
  };
}
