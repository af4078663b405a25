/** What is wrong in a values file: YAML, the chart's schema, types, keys that nobody knows, words that YAML reads otherwise. */
import type { Chart } from '../chart/chart.ts';
import { toBytes } from '../go/bytes.ts';
import { GoMap } from '../go/value.ts';
import { keysUnknownTo, unknownKeyText } from '../inference/unknown-keys.ts';
import { booleanKeysRule } from '../lint/rules/boolean-keys.ts';
import { duplicateKeysRule } from '../lint/rules/duplicate-keys.ts';
import { largeNumbersRule } from '../lint/rules/large-numbers.ts';
import { enabledChart } from '../render/render-chart.ts';
import { coalesceValues } from '../values/coalesce.ts';
import { type ValuePath, valueAtPath } from '../values/value-path.ts';
import { MissingSchemaError, SchemaError } from '../values-schema/schema-error.ts';
import { valueProblems } from '../values-schema/validate-values.ts';
import type { Project, ProjectChart } from './chart-project.ts';
import type { Problem } from './problem.ts';
import { type Range, sourceText } from './source-text.ts';
import type { ValuesDocument } from './values-document.ts';

const RULES = [booleanKeysRule, duplicateKeysRule, largeNumbersRule];

/** @param file values.yaml of the chart, or a file that is given with -f */
export function problemsOfValues(project: Project, chart: ProjectChart, file: string): Problem[] {
  const document = project.values(file);
  if (document === undefined) return [];
  if (document.problem !== undefined) {
    return [
      { file, range: document.problem.range, severity: 'error', code: 'yaml', message: document.problem.message },
    ];
  }
  const isOwn = file === `${chart.directory}values.yaml`;
  const given = isOwn ? new GoMap() : document.values;
  const enabled = enabledChart(chart.chart, given);
  const subject: Subject = { file, document, chart, enabled, values: coalesceValues(enabled, given) };
  return [
    ...schemaProblems(subject),
    ...(isOwn ? [] : [...typeProblems(subject), ...keyProblems(subject)]),
    ...ruleProblems(subject),
  ];
}

interface Subject {
  readonly file: string;
  readonly document: ValuesDocument;
  readonly chart: ProjectChart;
  /** The chart as it would be rendered with this file. */
  readonly enabled: Chart;
  /** What templates would see with this file. */
  readonly values: GoMap;
}

/** What values.schema.json of the chart, and of the charts inside it, says. */
function schemaProblems({ file, document, chart, enabled, values }: Subject): Problem[] {
  return failures(enabled, values, chart).map((failure) =>
    'path' in failure ? failureProblem(file, document, failure.path, failure.message, 'error') : failure.problem,
  );
}

type Failure = { readonly path: readonly string[]; readonly message: string } | { readonly problem: Problem };

function failures(enabled: Chart, values: GoMap, { directory }: ProjectChart): readonly Failure[] {
  try {
    return valueProblems(enabled, values);
  } catch (error) {
    // What it refers to elsewhere isn't fetched here.
    if (error instanceof MissingSchemaError) return [];
    if (!(error instanceof SchemaError)) throw error;
    const range = sourceText('').lineRange(0);
    const file = `${directory}values.schema.json`;
    return [{ problem: { file, range, severity: 'error', code: 'schema', message: error.message } }];
  }
}

function failureProblem(
  file: string,
  document: ValuesDocument,
  path: ValuePath,
  message: string,
  severity: Problem['severity'],
): Problem {
  return { file, range: nearestRange(document, path), severity, code: 'schema', message };
}

/** Where the value stands, or the innermost table around it that the file has. */
function nearestRange(document: ValuesDocument, path: ValuePath): Range {
  for (let length = path.length; length > 0; length--) {
    const range = document.rangeOf(path.slice(0, length).map((step, at) => indexIn(document, path.slice(0, at), step)));
    if (range !== undefined) return range;
  }
  return document.source.lineRange(0);
}

/** Schemas call items by texts. */
function indexIn({ values }: ValuesDocument, path: ValuePath, step: string | number): string | number {
  return Array.isArray(valueAtPath(values, path)) ? Number(step) : step;
}

/** Other types than the chart's own values have, where no schema says which are right. */
function typeProblems({ file, document, chart }: Subject): Problem[] {
  if (chart.chart.schema !== undefined) return [];
  const inferred: Chart = { ...chart.chart, schema: toBytes(JSON.stringify(chart.schema())), dependencies: [] };
  return failures(inferred, document.values, chart).flatMap((failure) =>
    'path' in failure && failure.message.startsWith('got ')
      ? [failureProblem(file, document, failure.path, failure.message, 'warning')]
      : [],
  );
}

function keyProblems({ file, document, chart }: Subject): Problem[] {
  return keysUnknownTo(chart.schema(), document.values).map((key) => ({
    file,
    range: nearestRange(document, key.path),
    severity: key.isCertain ? 'warning' : 'info',
    code: 'unknown-key',
    message: unknownKeyText(key),
  }));
}

function ruleProblems({ file, document, chart, values }: Subject): Problem[] {
  const asOwn = { ...chart.chart, values: document.values, rawValues: toBytes(document.source.text) };
  return RULES.flatMap(({ check }) => check({ chart: asOwn, values, usage: chart.usage })).map(
    ({ line, severity, rule, message }) => ({
      file,
      range: document.source.lineRange((line ?? 1) - 1),
      severity,
      code: rule,
      message,
    }),
  );
}
