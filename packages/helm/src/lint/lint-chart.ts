/**
 * `helm lint`: looks through a chart for what will fail, or is against convention. The checks, their order and their
 * messages are helm's (package chart/v2/lint); rules of our own are in lint/rules and only run when they are asked for.
 */
import { type Chart, ChartError, crdFiles } from '../chart/chart.ts';
import { readValues } from '../chart/load-files.ts';
import { deepCopy } from '../functions/dicts.ts';
import { fromBytes } from '../go/bytes.ts';
import { GoMap, isMap } from '../go/value.ts';
import { coalesceTables } from '../values/coalesce-tables.ts';
import { validateOwnValues } from '../values-schema/validate-values.ts';
import { lintChartFile } from './chart-file.ts';
import { readObjects } from './documents.ts';
import type { LintOptions } from './lint-options.ts';
import type { LintSource } from './lint-source.ts';
import { lintTemplates } from './lint-templates.ts';
import { type LintMessage, LintReport } from './message.ts';
import type { Finding } from './rules/rule.ts';
import { lintByRules } from './rules/rules.ts';

export function lintChart(source: LintSource, options: LintOptions): LintMessage[] {
  const report = new LintReport();
  lintChartFile(report, source);
  lintValues(report, source, options);
  const rendered = lintTemplates(report, source, options);
  lintDependencies(report, source);
  lintCrds(report, source);
  if (options.ownRules === true && 'loaded' in source.chart) {
    const chartYaml = source.text('Chart.yaml');
    const findings = lintByRules({
      chart: source.chart.loaded,
      values: rendered?.values ?? source.chart.loaded.values,
      ...(chartYaml === undefined ? {} : { chartYaml }),
      ...(rendered === undefined ? {} : { rendered }),
    });
    report.messages.push(...findings.map(findingMessage));
  }
  return report.messages;
}

function findingMessage({ severity, file, line, message, rule }: Finding): LintMessage {
  return { severity, path: line === undefined ? file : `${file}:${line}`, text: `${message} (${rule})` };
}

function lintValues(report: LintReport, source: LintSource, options: LintOptions): void {
  const file = 'values.yaml';
  const text = source.text(file);
  const isThere = source.kindOf(file) !== undefined;
  if (!report.check('info', file, isThere ? undefined : 'file does not exist')) return;
  report.check('error', file, valuesProblem(source, text ?? '', options));
}

/** Of the chart's own values; those of its dependencies show when templates are rendered. */
function valuesProblem(source: LintSource, text: string, options: LintOptions): string | undefined {
  let own: GoMap;
  try {
    own = readValues(text, 'unable to parse YAML');
  } catch (error) {
    // The type has another name where lint reads values.
    if (error instanceof ChartError) return error.message.replace(/map\[string\]interface \{\}$/, 'common.Values');
    throw error;
  }
  const schema = source.text('values.schema.json');
  if (schema === undefined || schema === '' || options.skipSchemaValidation === true) return undefined;
  const copy = deepCopy(options.values);
  const values = coalesceTables(isMap(copy) ? copy : new GoMap(), own);
  return validateOwnValues(
    schema,
    values,
    options.remoteSchemas === undefined ? {} : { remote: options.remoteSchemas },
  );
}

function lintDependencies(report: LintReport, { path, chart }: LintSource): void {
  if ('problem' in chart) {
    report.check('error', '', `unable to load chart\n\t${chart.problem}`);
    return;
  }
  const { metadata, dependencies } = chart.loaded;
  const requested = new Set(metadata.dependencies.map(({ name }) => name));
  const present = new Set(dependencies.map((each) => each.metadata.name));
  const unlisted = [...present].filter((name) => !requested.has(name));
  report.check('error', path, listProblem('chart metadata is missing these dependencies', unlisted));
  report.check('error', path, listProblem('multiple dependencies with name or alias', repeatedKeys(chart.loaded)));
  const missing = metadata.dependencies.map(({ name }) => name).filter((name) => !present.has(name));
  report.check('warning', path, listProblem('chart directory is missing these dependencies', missing));
}

function listProblem(problem: string, names: readonly string[]): string | undefined {
  return names.length === 0 ? undefined : `${problem}: ${names.join(',')}`;
}

function repeatedKeys({ metadata }: Chart): string[] {
  const keys = metadata.dependencies.map(({ name, alias }) => (alias === '' ? name : alias));
  return keys.filter((key, index) => keys.indexOf(key) < index);
}

function lintCrds(report: LintReport, { kindOf, chart }: LintSource): void {
  const directory = 'crds/';
  const kind = kindOf('crds');
  if (kind === undefined) return;
  if (!report.check('error', directory, kind === 'directory' ? undefined : 'not a directory')) return;
  if ('problem' in chart) {
    report.check('error', directory, chart.problem);
    return;
  }
  for (const file of crdFiles(chart.loaded)) {
    for (const read of readObjects(fromBytes(file.data))) {
      if ('problem' in read) {
        report.check('error', file.name, read.problem);
        return;
      }
      const { apiVersion, kind: objectKind } = read.object;
      const isGroup = apiVersion.startsWith('apiextensions.k8s.io');
      report.check('error', file.name, isGroup ? undefined : "apiVersion is not in 'apiextensions.k8s.io'");
      const isCrd = objectKind === 'CustomResourceDefinition';
      report.check('error', file.name, isCrd ? undefined : "object kind is not 'CustomResourceDefinition'");
    }
  }
}
