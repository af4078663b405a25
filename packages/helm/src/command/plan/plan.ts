/** `helm plan RELEASE CHART`: what an install or upgrade would do, and a file by which exactly that is done later. */
import { resolve } from 'node:path';
import { writeFileAtomically } from '../../node/write-file.ts';
import { makePlan } from '../../plans/make-plan.ts';
import { encodePlan } from '../../plans/release-plan.ts';
import { exactArguments } from '../arguments.ts';
import { readChartRequest } from '../chart/chart-request.ts';
import { EXCLUSIVE_FORCE, releaseFlags } from '../chart/install-flags.ts';
import type { Command } from '../command.ts';
import { diffFlags } from '../diff/diff-output.ts';
import type { Flag } from '../flags/flag.ts';
import { progressFlag } from '../progress/progress.ts';
import { completeReleaseAndChart } from '../release/complete-release-and-chart.ts';
import { deployOptions } from '../release/deploy-options.ts';
import { failingAs, logHelmErrors } from '../release/helm-failure.ts';
import { historyMaxFlag, waitStrategy } from '../release/operation-flags.ts';
import { checkName } from '../release/release-argument.ts';
import { withActions } from '../release/run-actions.ts';
import { revisionFlags, revisionOptions } from '../release/upgrade.ts';
import { printPlan } from './plan-output.ts';

/** Nobody but the owner may read what a plan holds. */
const PLAN_MODE = 0o600;

const ownFlags: readonly Flag[] = [
  {
    kind: 'string',
    name: 'out',
    usage:
      'write the plan into this file, for helm apply. It holds the manifests with their Secrets: only you may read it',
  },
  progressFlag,
];

export const planCommand: Command = {
  usage: 'RELEASE CHART',
  long: `Works out what it takes to bring a release to a chart and values: an upgrade, or an install when there is none. Shows
the steps in their order, and what they change in the cluster, by dry runs. Nothing is changed.

--out keeps the plan in a file. helm apply does exactly what it says, later, and refuses when the release or one of the objects
has changed meanwhile. The flags are those of helm upgrade --install; what they say about waiting, hooks and failures is
part of the plan.

The values of Secrets are not shown, see --show-secrets; the file has them.`,
  example: `  helm plan web ./charts/web --set image.tag=2.1 --wait --out web.plan
  helm apply web.plan`,
  arguments: exactArguments(2),
  complete: completeReleaseAndChart,
  flags: (environment) => {
    const common = [...releaseFlags(environment), historyMaxFlag(environment), ...revisionFlags, ...ownFlags];
    return [...common, ...diffFlags.filter(({ name }) => common.every((flag) => flag.name !== name))];
  },
  exclusiveFlags: EXCLUSIVE_FORCE,
  run: (context, [name = '', reference = ''], flags) =>
    failingAs('PLAN FAILED', async () => {
      checkName(name, 'plan');
      const wait = waitStrategy(context, flags);
      const request = await readChartRequest(context, reference, flags);
      const plan = await withActions(context, flags, (actions) =>
        logHelmErrors(context, () =>
          makePlan(actions, {
            ...deployOptions(request, flags),
            ...revisionOptions(flags),
            name,
            wait,
            createNamespace: flags.bool('create-namespace'),
            showSecrets: flags.bool('show-secrets'),
            contextLines: Math.max(0, flags.number('context')),
          }),
        ),
      );
      const code = printPlan(context, plan, flags);
      const out = flags.text('out');
      if (out !== '') {
        await writeFileAtomically(resolve(context.directory, out), encodePlan(plan), PLAN_MODE);
        context.log.info(`the plan is in ${out}; it holds Secrets, so only its owner may read it`);
      }
      return code;
    }),
};
