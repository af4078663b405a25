/** `--strict-values`: keys that the chart doesn't know are errors; without it those that look misspelled are warned of. */
import type { Chart } from '../../chart/chart.ts';
import { hasSuspiciousKeys, unknownKeys, unknownKeyText } from '../../inference/unknown-keys.ts';
import type { ValueSource } from '../../values/sources.ts';
import type { CommandContext } from '../command.ts';
import { CommandError } from '../command-error.ts';
import type { Flag } from '../flags/flag.ts';
import type { FlagValues } from '../flags/flag-values.ts';

export const strictValuesFlag: Flag = {
  kind: 'bool',
  name: 'strict-values',
  usage: 'fail when a value is given that the chart does not have',
};

/** Throws CommandError with all keys that the chart certainly doesn't have, when the flag wants that. */
export function checkValueKeys(
  context: Pick<CommandContext, 'log'>,
  chart: Chart,
  sources: readonly ValueSource[],
  flags: FlagValues,
): void {
  const isStrict = flags.bool('strict-values');
  // Looking through all templates takes a while, and most values are spelled well.
  if (sources.length === 0 || (!isStrict && !hasSuspiciousKeys(chart, sources))) return;
  const found = unknownKeys(chart, sources);
  const wrong = found.filter(({ isCertain }) => isStrict && isCertain);
  for (const each of found) {
    if (!wrong.includes(each) && each.suggestion !== undefined) context.log.warn(unknownKeyText(each));
  }
  if (wrong.length === 0) return;
  throw new CommandError(
    `values that the chart ${chart.metadata.name} doesn't have:\n${wrong.map((each) => `- ${unknownKeyText(each)}`).join('\n')}`,
  );
}
