/** Numbers of a million and more: templates print them as `1e+06`. */
import type { Chart } from '../../chart/chart.ts';
import { fromBytes } from '../../go/bytes.ts';
import { goText } from '../../go/format.ts';
import { type GoValue, isMap } from '../../go/value.ts';
import type { Usage } from '../../inference/usage.ts';
import { readComments } from '../../inference/values-comments.ts';
import { type ValuePath, valuePathText } from '../../values/value-path.ts';
import { type Finding, type LintRule, usageOf } from './rule.ts';

const NAME = 'large-number';

export const largeNumbersRule: LintRule = {
  name: NAME,
  description: 'Numbers of values.yaml are floats: from a million on, templates print them with an exponent.',
  check: (subject) => {
    const { chart } = subject;
    const lines = linesOf(chart);
    const { usage } = usageOf(subject);
    const findings: Finding[] = [];
    const visit = (value: GoValue, path: ValuePath, used: Usage | undefined): void => {
      if (isMap(value)) {
        for (const [key, member] of value) visit(member, [...path, key], used?.members.get(key));
      } else if (Array.isArray(value)) {
        value.forEach((item, at) => visit(item, [...path, at], used?.element));
      } else if (typeof value === 'number' && Number.isInteger(value) && goText(value).includes('e')) {
        if (isConverted(used)) return;
        const text = valuePathText(path);
        const line = lines.get(text);
        findings.push({
          rule: NAME,
          severity: 'warning',
          file: 'values.yaml',
          ...(line === undefined ? {} : { line }),
          message: `${text}: ${value} prints as ${goText(value)} in templates; quote it, use "| int64", or render with --strict-numbers`,
        });
      }
    };
    visit(chart.values, [], usage);
    return findings;
  },
};

/** Only `int` and its like see it. */
function isConverted(usage: Usage | undefined): boolean {
  if (usage === undefined || usage.uses.size === 0) return false;
  return [...usage.uses].every((use) => use === 'integer' || use === 'condition');
}

function linesOf(chart: Chart): ReadonlyMap<string, number> {
  return chart.rawValues === undefined ? new Map() : readComments(fromBytes(chart.rawValues)).lines;
}
