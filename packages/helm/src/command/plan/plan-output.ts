/** How a plan is shown: its steps, then the differences; or both as JSON. */

import { encodeJsonText } from '@kindred/machinery';
import { formatTable, formatUnified, hasChanges, jsonOf } from '../../diff/format-diff.ts';
import { stepsText } from '../../plans/plan-steps.ts';
import type { ReleasePlan } from '../../plans/release-plan.ts';
import type { CommandContext } from '../command.ts';
import type { FlagValues } from '../flags/flag-values.ts';

/** What `--exit-code` gives when something would change, as for diffs. */
const CHANGED = 2;

/** Prints a plan; gives the exit code. @param flags with `output` and `exit-code` */
export function printPlan({ streams, settings }: CommandContext, plan: ReleasePlan, flags: FlagValues): number {
  const { output } = streams;
  const format = flags.text('output');
  const color = settings.color === 'always' || (settings.color === 'auto' && output.isTerminal);
  if (format === 'json') output.write(jsonText(plan));
  else {
    output.write(stepsText(plan));
    output.write(format === 'table' ? formatTable(plan.diff, { color }) : formatUnified(plan.diff, { color }));
  }
  return flags.bool('exit-code') && hasChanges(plan.diff) ? CHANGED : 0;
}

function jsonText({ kind, name, namespace, revision, base, inputs, steps, diff }: ReleasePlan): string {
  const plan = {
    kind,
    name,
    namespace,
    revision,
    base: base === undefined ? null : { ...base },
    inputs: { ...inputs },
    steps: steps.map((step) => ({ ...step })),
    ...jsonOf(diff),
  };
  return `${encodeJsonText(plan)}\n`;
}
