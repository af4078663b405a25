/** `helm apply FILE`: does what a plan says. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { errorText } from '@kindred/machinery';
import { applyPlan, checkPlan } from '../../plans/apply-plan.ts';
import { stepsText } from '../../plans/plan-steps.ts';
import { decodePlan, type ReleasePlan } from '../../plans/release-plan.ts';
import { MemberError } from '../../release/read-members.ts';
import { exactArguments } from '../arguments.ts';
import type { Command, CommandContext } from '../command.ts';
import { CommandError } from '../command-error.ts';
import { outputFlag } from '../output/format.ts';
import { progressFlag } from '../progress/progress.ts';
import { failingAs, logHelmErrors } from '../release/helm-failure.ts';
import { deadline, deadlineFlag } from '../release/operation-flags.ts';
import { printResult } from '../release/print-result.ts';
import { withActions } from '../release/run-actions.ts';

export const applyCommand: Command = {
  usage: 'FILE',
  long: `Does what a file of helm plan says: the same manifests, values and settings, whatever has become of the chart.

It is refused, and nothing is changed, when the release has got another revision since the plan was made, or when one of the
objects that it writes or deletes was created, changed or deleted; each of them is named, with the fields that differ.
--allow-drift does it although objects have changed. An apply that was interrupted is finished by the same command.`,
  example: `  helm plan web ./charts/web --out web.plan
  helm apply web.plan --dry-run
  helm apply web.plan`,
  arguments: exactArguments(1),
  complete: () => Promise.resolve({ words: [], files: true }),
  flags: () => [
    { kind: 'bool', name: 'allow-drift', usage: 'do it although objects have changed since the plan was made' },
    { kind: 'bool', name: 'dry-run', usage: 'only check whether the plan can still be applied, and show its steps' },
    { kind: 'bool', name: 'hide-notes', usage: "don't show the notes; the record keeps them" },
    deadlineFlag,
    progressFlag,
    outputFlag,
  ],
  run: (context, [file = ''], flags) =>
    failingAs('APPLY FAILED', async () => {
      const plan = await readPlan(context, file);
      const options = { allowDrift: flags.bool('allow-drift'), deadlineMilliseconds: deadline(flags) };
      const inNamespace = { ...context, settings: { ...context.settings, namespace: plan.namespace } };
      return withActions(inNamespace, flags, async (actions) => {
        if (flags.bool('dry-run')) {
          await checkPlan(actions, plan, options);
          context.streams.output.write(stepsText(plan));
          return 0;
        }
        printResult(context, await logHelmErrors(context, () => applyPlan(actions, plan, options)), flags);
        return 0;
      });
    }),
};

async function readPlan({ directory, settings }: CommandContext, file: string): Promise<ReleasePlan> {
  try {
    const plan = decodePlan(await readFile(resolve(directory, file), 'utf8'));
    if (settings.namespace === '' || settings.namespace === plan.namespace) return plan;
    throw new CommandError(`the plan is for namespace ${plan.namespace}, not for ${settings.namespace}`);
  } catch (error) {
    if (!(error instanceof MemberError)) throw error;
    throw new CommandError(`${file} can't be applied: ${errorText(error)}`, { cause: error });
  }
}
