/** Values that templates use and values.yaml doesn't have, and those that it has and nothing uses. */
import type { Chart } from '../../chart/chart.ts';
import { fromBytes } from '../../go/bytes.ts';
import { type GoMap, isMap } from '../../go/value.ts';
import type { TemplateUsage } from '../../inference/analyse-templates.ts';
import { isOpen, type Usage } from '../../inference/usage.ts';
import { readComments } from '../../inference/values-comments.ts';
import { closest } from '../../template/nil-hints.ts';
import { templatePathText, type ValuePath, valuePathText } from '../../values/value-path.ts';
import { readYaml, YamlError } from '../../yaml/read.ts';
import { type Finding, type LintRule, usageOf } from './rule.ts';

export const undeclaredValuesRule: LintRule = {
  name: 'undeclared-value',
  description: 'A value that templates use should stand in values.yaml, where users look for it.',
  check: (subject) => undeclaredValues(subject.chart, usageOf(subject)).map((each) => undeclared(subject.chart, each)),
};

/** A value that templates use. */
export interface UndeclaredValue {
  readonly path: ValuePath;
  readonly usage: Usage;
  /** A key of values.yaml that is spelled almost so. */
  readonly similar: ValuePath | undefined;
}

/** The values that values.yaml doesn't have. */
export function undeclaredValues(chart: Chart, { usage }: TemplateUsage): UndeclaredValue[] {
  const own = ownNames(chart);
  const found: UndeclaredValue[] = [];
  const visit = (used: Usage, table: GoMap, path: ValuePath): void => {
    for (const [name, member] of used.members) {
      if (path.length === 0 && own.has(name)) continue;
      const value = table.get(name);
      if (isMap(value)) {
        // An empty table is for the user to fill.
        if (value.size > 0) visit(member, value, [...path, name]);
      } else if (!table.has(name)) {
        const similar = closest(name, [...table.keys()]);
        found.push({
          path: [...path, name],
          usage: member,
          similar: similar === undefined ? undefined : [...path, similar],
        });
      }
    }
  };
  visit(usage, chart.values, []);
  return found;
}

/** `image.tga is used, but values.yaml doesn't have it; did you mean image.tag?` */
export function undeclaredText({ path, similar }: UndeclaredValue): string {
  const suggestion = similar === undefined ? '' : `; did you mean ${valuePathText(similar)}?`;
  return `${valuePathText(path)} is used, but values.yaml doesn't have it${suggestion}`;
}

function undeclared(chart: Chart, value: UndeclaredValue): Finding {
  const place = placeOf(chart, `.Values${templatePathText(value.path)}`);
  return {
    rule: 'undeclared-value',
    severity: value.similar === undefined ? 'info' : 'warning',
    ...(place ?? { file: 'values.yaml' }),
    message: undeclaredText(value),
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
  check: (subject) => {
    const { chart } = subject;
    const { usage, isComplete } = usageOf(subject);
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
