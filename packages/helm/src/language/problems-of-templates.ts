/**
 * What is wrong with the templates of a chart: what can't be parsed, what fails when they are rendered with the chart's own
 * values, what the rules of lint find, values that nobody declares.
 */
import { ChartError, isLibrary } from '../chart/chart.ts';
import type { FunctionProviders } from '../functions/function-table.ts';
import { fromBytes } from '../go/bytes.ts';
import { FunctionError } from '../go/function-error.ts';
import { GoMap } from '../go/value.ts';
import { lenientFunctions } from '../lint/lint-templates.ts';
import { lintByRules, lintRules } from '../lint/rules/rules.ts';
import { undeclaredText, undeclaredValues, undeclaredValuesRule } from '../lint/rules/value-declarations.ts';
import type { EngineOptions } from '../render/engine.ts';
import { type RenderedChart, renderChart } from '../render/render-chart.ts';
import { RenderError, type RenderProblem } from '../render/render-error.ts';
import type { ErrorPlace } from '../template/execution-error.ts';
import { LimitError, type Limits } from '../template/limits.ts';
import { boundedFunctions } from './bounded-functions.ts';
import type { Project, ProjectChart } from './chart-project.ts';
import type { Problem } from './problem.ts';
import { rangeOfPlace, sourceText } from './source-text.ts';
import { fileOfTemplate, placesOfUsage } from './value-facts.ts';

/** A render for an editor must not keep it waiting: charts need some ten thousand steps. */
const LIMITS: Limits = { steps: 1_500_000, outputCharacters: 8 * 1024 * 1024, depth: 20_000 };

/** What renders need from the machine, and the templates that earlier ones have parsed. */
export type RenderProviders = FunctionProviders & Pick<EngineOptions, 'templates'>;

const RELEASE = { name: 'release-name', namespace: 'default', revision: 1, isUpgrade: false };

export function parseProblems({ templates, charts }: Project): Problem[] {
  const archived = charts.filter(({ isArchived }) => isArchived).map(({ directory }) => directory);
  return [...templates].flatMap(([file, { problem }]): Problem[] =>
    problem === undefined || archived.some((directory) => file.startsWith(directory))
      ? []
      : [{ file, range: problem.range, severity: 'error', code: 'template', message: problem.message }],
  );
}

export interface ChartCheck {
  readonly problems: readonly Problem[];
  /** Undefined when the chart can't be rendered. */
  readonly rendered: RenderedChart | undefined;
}

/** Renders with the chart's own values. What users must set doesn't count as an error. */
export function renderProblems(project: Project, providers: RenderProviders): ChartCheck {
  const { root } = project;
  if (root === undefined || isLibrary(root.chart)) return { problems: [], rendered: undefined };
  try {
    const rendered = renderChart(root.chart, new GoMap(), {
      ...providers,
      release: RELEASE,
      limits: LIMITS,
      templates: project.parsed,
      skipSchemaValidation: true,
      replacements: { ...boundedFunctions(providers), ...lenientFunctions({}) },
    });
    return { problems: [], rendered };
  } catch (error) {
    if (error instanceof RenderError) return { problems: problemsOfError(project, error), rendered: undefined };
    if (error instanceof ChartError || error instanceof FunctionError) {
      return { problems: [chartProblem(project, error.message)], rendered: undefined };
    }
    throw error;
  }
}

export function chartProblem({ files }: Project, message: string): Problem {
  const data = files.get('Chart.yaml')?.data;
  const range = sourceText(data === undefined ? '' : fromBytes(data)).lineRange(0);
  return { file: 'Chart.yaml', range, severity: 'error', code: 'chart', message };
}

function problemsOfError(project: Project, error: RenderError): Problem[] {
  const { summary, hints, places, others } = error;
  const [, file = ''] = /^(?:parse error at \()?([^\s:]+\/templates\/[^\s:)]+)/.exec(summary) ?? [];
  const own: RenderProblem = { file, message: lastLine(summary), hints, places };
  if (error.cause instanceof LimitError) {
    const message = `what this chart renders is not checked: ${withoutPlace(own.message)} in an editor`;
    return [{ ...renderProblem(project, own), severity: 'info', message }];
  }
  return [own, ...others].map((each) => renderProblem(project, each));
}

function lastLine(text: string): string {
  return text.split('\n').at(-1)?.trim() ?? '';
}

function renderProblem(project: Project, { file, message, hints, places = [] }: RenderProblem): Problem {
  const place =
    places.findLast((each) => isOwn(project, each)) ?? places.findLast((each) => fileOf(project, each) !== undefined);
  const text = [withoutPlace(message), ...hints].join('\n');
  const own = (place === undefined ? undefined : fileOf(project, place)) ?? fileOfTemplate(project, file);
  const document = own === undefined ? undefined : project.templates.get(own);
  if (own === undefined || document === undefined) return chartProblem(project, text);
  const range =
    place === undefined
      ? document.source.lineRange(0)
      : rangeOfPlace(document.source, place.line, place.column, place.context);
  return { file: own, range, severity: 'error', code: 'render', message: text };
}

function fileOf(project: Project, { file }: ErrorPlace): string | undefined {
  const own = fileOfTemplate(project, file);
  return own !== undefined && project.templates.has(own) ? own : undefined;
}

/** A place in the chart itself says more to its author than one in a chart that it uses. */
function isOwn(project: Project, place: ErrorPlace): boolean {
  return fileOf(project, place)?.startsWith('templates/') === true;
}

/** The reason: `web/templates/a.yaml:3:8: reason`, `template: … executing "x" at <y>: reason`. */
function withoutPlace(message: string): string {
  return message
    .replace(/^YAML parse error on \S+: error converting YAML to JSON: /, '')
    .replace(/^template: \S+: executing "[^"]*" at <[^>]*>: /, '')
    .replace(/^[^\s:]+\/templates\/[^\s:]+(?::\d+){0,2}: /, '');
}

/** What the rules of lint find in the whole chart, and values that templates use and nobody declares. */
export function ruleProblems(project: Project, rendered: RenderedChart | undefined): Problem[] {
  const { root, readable } = project;
  if (root === undefined) return [];
  const chartYaml = readable.get('Chart.yaml')?.data;
  const rules = lintRules.filter((rule) => rule !== undeclaredValuesRule);
  const findings = lintByRules(
    {
      chart: root.chart,
      values: rendered?.values ?? root.chart.values,
      usage: root.usage,
      ...(chartYaml === undefined ? {} : { chartYaml: fromBytes(chartYaml) }),
      ...(rendered === undefined ? {} : { rendered }),
    },
    rules,
  );
  const found = findings.map(({ file, line, severity, rule, message }): Problem => {
    const source = project.templates.get(file)?.source ?? project.values(file)?.source ?? sourceText('');
    return { file, range: source.lineRange((line ?? 1) - 1), severity, code: rule, message };
  });
  return [...found, ...undeclaredProblems(project, root)];
}

function undeclaredProblems(project: Project, root: ProjectChart): Problem[] {
  const usage = root.usage();
  return undeclaredValues(root.chart, usage).flatMap((value) =>
    placesOfUsage(project, value.usage, usage.places).map(({ file, range }) => ({
      file,
      range,
      severity: value.similar === undefined ? ('info' as const) : ('warning' as const),
      code: 'undeclared-value',
      message: undeclaredText(value),
    })),
  );
}
