/** `helm install [NAME] CHART`. */
import type { ActionContext } from '../../actions/action-context.ts';
import type { DryRun } from '../../actions/action-options.ts';
import { type InstallOptions, install } from '../../actions/install.ts';
import type { Release } from '../../release/release.ts';
import { minimumArguments } from '../arguments.ts';
import { type ChartRequest, readChartRequest } from '../chart/chart-request.ts';
import { dryRunOf } from '../chart/dry-run.ts';
import { dryRunFlag, EXCLUSIVE_FORCE, installFlags } from '../chart/install-flags.ts';
import { nameAndChart } from '../chart/release-name.ts';
import type { Command, CommandContext } from '../command.ts';
import type { FlagValues } from '../flags/flag-values.ts';
import { outputFlag } from '../output/format.ts';
import { progressFlag } from '../progress/progress.ts';
import { deployOptions } from './deploy-options.ts';
import { failingAs, logHelmErrors } from './helm-failure.ts';
import {
  crdsFlag,
  deadline,
  deadlineFlag,
  interruptedPolicy,
  onConflictFlag,
  resumeFlag,
  stableGeneratorsFlag,
  waitStrategy,
} from './operation-flags.ts';
import { printResult } from './print-result.ts';
import { withActions } from './run-actions.ts';

export const installCommand: Command = {
  usage: '[NAME] [CHART]',
  long: `Installs a chart as a new release. CHART is the path of a directory or an archive, a URL, a chart of a repository
(repo/name, or name with --repo), or a reference to a registry (oci://host/path, with a tag or digest).

Values come from -f and the --set flags; -f - reads them from what comes in. --dry-run=client renders without asking the
cluster, --dry-run=server asks it and changes nothing.

An install that was interrupted is finished by the same command; --resume=false counts it as failed instead.`,
  example: `  helm install web ./charts/web --set replicas=2 --wait
  helm install web oci://registry.example.com/charts/web --version ^1.2
  helm install web ./charts/web --crds=update --progress=json`,
  arguments: minimumArguments(1),
  complete: async (...line) => (await import('../chart/complete-chart.ts')).completeNameAndChart(...line),
  flags: (environment) => [
    ...installFlags(environment),
    dryRunFlag('none'),
    { kind: 'bool', name: 'hide-secret', usage: "with --dry-run: don't show Secrets" },
    outputFlag,
    crdsFlag,
    onConflictFlag,
    deadlineFlag,
    resumeFlag,
    stableGeneratorsFlag,
    progressFlag,
  ],
  exclusiveFlags: EXCLUSIVE_FORCE,
  run: (context, args, flags) => {
    const dryRun = dryRunOf(context, flags);
    return failingAs('INSTALLATION FAILED', async () => {
      const wait = waitStrategy(context, flags);
      const { name, chart: reference } = nameAndChart(context, args, flags);
      const request = await readChartRequest(context, reference, flags);
      const release = await withActions(context, flags, (actions) =>
        runInstall(context, actions, flags, { name, request, dryRun, wait, replace: flags.bool('replace') }),
      );
      printResult(context, release, flags);
      return 0;
    });
  },
};

export interface InstallRequest extends Required<Pick<InstallOptions, 'replace'>> {
  readonly name: string;
  readonly request: ChartRequest;
  readonly dryRun: DryRun;
  readonly wait: NonNullable<InstallOptions['wait']>;
  /** Of upgrade, whose flag has other values. */
  readonly serverSide?: boolean;
}

/** Also what `upgrade --install` does. */
export function runInstall(
  context: CommandContext,
  actions: ActionContext,
  flags: FlagValues,
  { name, request, dryRun, wait, replace, serverSide }: InstallRequest,
): Promise<Release> {
  return logHelmErrors(context, () =>
    install(actions, {
      ...deployOptions(request, flags),
      name,
      dryRun,
      wait,
      replace,
      serverSide: serverSide ?? flags.bool('server-side'),
      createNamespace: flags.bool('create-namespace'),
      deadlineMilliseconds: deadline(flags),
      onInterrupted: interruptedPolicy(flags),
      hideSecret: flags.bool('hide-secret'),
    }),
  );
}
