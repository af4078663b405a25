/** Values that templates use and values.yaml doesn't have, and those that it has and nothing uses. */
import type { Chart } from '../../chart/chart.ts';
import { fromBytes } from '../../go/bytes.ts';
import { type GoMap, isMap } from '../../go/value.ts';
import { chartUsage } from '../../inference/chart-usage.ts';
import { isOpen, type Usage } from '../../inference/usage.ts';
import { readComments } from '../../inference/values-comments.ts';
import { closest } from '../../template/nil-hints.ts';
import { templatePathText, type ValuePath, valuePathText } from '../../values/value-path.ts';
import { readYaml, YamlError } from '../../yaml/read.ts';
import type { Finding, LintRule } from './rule.ts';

export const undeclaredValuesRule: LintRule = {
  name: 'undeclared-value',
  description: 'A value that templates use should stand in values.yaml, where users look for it.',
  check: ({ chart }) => {
    const own = ownNames(chart);
    const findings: Finding[] = [];
    const visit = (usage: Usage, table: GoMap, path: ValuePath): void => {
      for (const [name, member] of usage.members) {
        if (path.length === 0 && own.has(name)) continue;
        const value = table.get(name);
        if (isMap(value)) {
          // An empty table is for the user to fill.
          if (value.size > 0) visit(member, value, [...path, name]);
        } else if (!table.has(name)) findings.push(undeclared(chart, [...path, name], table));
      }
    };
    visit(chartUsage(chart).usage, chart.values, []);
    return findings;
  },
};

function undeclared(chart: Chart, path: ValuePath, table: GoMap): Finding {
  const name = String(path.at(-1));
  const similar = closest(name, [...table.keys()]);
  const suggestion = similar === undefined ? '' : `; did you mean ${valuePathText([...path.slice(0, -1), similar])}?`;
  const place = placeOf(chart, `.Values${templatePathText(path)}`);
  return {
    rule: 'undeclared-value',
    severity: similar === undefined ? 'info' : 'warning',
    ...(place ?? { file: 'values.yaml' }),
    message: `${valuePathText(path)} is used, but values.yaml doesn't have it${suggestion}`,
  };
}

function placeOf(chart: Chart, text: string): { file: string; line: number } | undefined {
  const pattern = new RegExp(`${text.replaceAll(/[.[\]\\]/g, '\\$&')}(?![\\w])`);
  for (const { name, data } of chart.templates) {
    const lines = fromBytes(data).split('\n');
    const line = lines.findIndex((each) => pattern.test(each));
    if (line >= 0) return { file: name, line: line + 1 };
  }
  return undefined;
}

export const unusedValuesRule: LintRule = {
  name: 'unused-value',
  description: 'A value that no template uses misleads users: setting it has no effect.',
  check: ({ chart }) => {
    const { usage, isComplete } = chartUsage(chart);
    if (!isComplete || chart.templates.length === 0) return [];
    const own = ownNames(chart);
    const lines = linesOf(chart);
    const declared = declaredValues(chart);
    const findings: Finding[] = [];
    const visit = (table: GoMap, used: Usage, path: ValuePath): void => {
      for (const [key, value] of table) {
        if (path.length === 0 && own.has(key)) continue;
        const member = used.members.get(key);
        if (member === undefined) findings.push(unused([...path, key], lines));
        else if (isMap(value) && !isOpen(member) && member.members.size > 0) visit(value, member, [...path, key]);
      }
    };
    if (!isOpen(usage)) visit(declared, usage, []);
    return findings;
  },
};

function unused(path: ValuePath, lines: ReadonlyMap<string, number>): Finding {
  const text = valuePathText(path);
  const line = lines.get(text);
  return {
    rule: 'unused-value',
    severity: 'info',
    file: 'values.yaml',
    ...(line === undefined ? {} : { line }),
    message: `${text} is not used by any template`,
  };
}

/** Names that belong to others: dependencies under their names and aliases, globals, tags, exports. */
function ownNames(chart: Chart): ReadonlySet<string> {
  const listed = chart.metadata.dependencies.flatMap(({ name, alias }) => [name, alias]);
  const present = chart.dependencies.map(({ metadata }) => metadata.name);
  const conditions = chart.metadata.dependencies.flatMap(({ condition }) =>
    condition.split(',').map((path) => path.trim().split('.')[0] ?? ''),
  );
  return new Set(['global', 'tags', 'exports', ...listed, ...present, ...conditions]);
}

function linesOf(chart: Chart): ReadonlyMap<string, number> {
  return chart.rawValues === undefined ? new Map() : readComments(fromBytes(chart.rawValues)).lines;
}

/** What values.yaml itself has, without what was merged into it. */
function declaredValues(chart: Chart): GoMap {
  if (chart.rawValues === undefined) return chart.values;
  try {
    const read = readYaml(fromBytes(chart.rawValues));
    return isMap(read) ? read : chart.values;
  } catch (error) {
    if (error instanceof YamlError) return chart.values;
    throw error;
  }
}
