/** Renders a chart's templates and looks at what they give. */
import { ChartError } from '../chart/chart.ts';
import { fn } from '../go/define-function.ts';
import { FunctionError } from '../go/function-error.ts';
import { type GoFunction, type GoMap } from '../go/value.ts';
import { DEFAULT_CAPABILITIES } from '../render/capabilities.ts';
import { templateFiles } from '../render/context.ts';
import { renderTemplates } from '../render/engine.ts';
import { enabledChart, type RenderedChart, renderChart } from '../render/render-chart.ts';
import { RenderError } from '../render/render-error.ts';
import { TemplateCache } from '../template/template-cache.ts';
import { coalesceValues } from '../values/coalesce.ts';
import { validateValues } from '../values-schema/validate-values.ts';
import { deprecationWarning } from './deprecated-apis.ts';
import { readObjects } from './documents.ts';
import type { LintOptions } from './lint-options.ts';
import type { LintSource } from './lint-source.ts';
import { extensionProblem, indentProblem, listProblem, nameProblem, selectorProblem } from './manifest-rules.ts';
import type { LintReport } from './message.ts';

const DIRECTORY = 'templates/';
const RELEASE = { name: 'test-release', revision: 0, isUpgrade: false };

/** Gives what was rendered, when it could be. */
export function lintTemplates(
  report: LintReport,
  { kindOf, chart }: LintSource,
  options: LintOptions,
): RenderedChart | undefined {
  const kind = kindOf('templates');
  if (!report.check('warning', DIRECTORY, kind === undefined ? 'directory does not exist' : undefined))
    return undefined;
  if (!report.check('error', DIRECTORY, kind === 'directory' ? undefined : 'not a directory')) return undefined;
  if ('problem' in chart) {
    report.check('error', DIRECTORY, chart.problem);
    return undefined;
  }
  const { loaded } = chart;
  const shared = { templates: new TemplateCache(), ...options };
  const result = render(loaded, shared);
  if ('problem' in result) {
    report.check('error', DIRECTORY, result.problem);
    return undefined;
  }
  for (const { name } of loaded.templates) {
    report.check('error', name, extensionProblem(name));
    const content = /\.ya?ml$/i.test(name) ? (result.files.get(`${loaded.metadata.name}/${name}`) ?? '') : '';
    if (content.trim() !== '' && !lintManifest(report, name, content, options)) break;
  }
  return options.ownRules === true ? renderAll(loaded, shared) : undefined;
}

/** False when the file can't be read, which ends the lint of templates. */
function lintManifest(report: LintReport, name: string, content: string, options: LintOptions): boolean {
  report.check('warning', name, indentProblem(content));
  for (const read of readObjects(content)) {
    if ('problem' in read) {
      report.check('error', name, read.problem);
      return false;
    }
    const { object } = read;
    report.check('warning', name, nameProblem(object));
    report.check('warning', name, deprecationWarning(object.apiVersion, object.kind, options.kubeMinor));
    report.check('error', name, selectorProblem(object, content));
    report.check('error', name, listProblem(object, content));
  }
  return true;
}

function render(
  chart: Parameters<typeof enabledChart>[0],
  options: LintOptions,
): { files: ReadonlyMap<string, string> } | { problem: string } {
  const { values, warn, namespace, capabilities = DEFAULT_CAPABILITIES } = options;
  const warning = warn === undefined ? {} : { warn };
  try {
    const enabled = enabledChart(chart, values, warn);
    const coalesced: GoMap = coalesceValues(enabled, values, warning);
    if (options.skipSchemaValidation !== true) {
      const remote = options.remoteSchemas === undefined ? {} : { remote: options.remoteSchemas };
      validateValues(enabled, coalesced, { ...remote, ...warning });
    }
    const files = templateFiles(enabled, coalesced, { ...RELEASE, namespace }, capabilities);
    return { files: renderTemplates(files, { ...options, replacements: lenientFunctions(options) }) };
  } catch (error) {
    if (error instanceof ChartError || error instanceof RenderError) return { problem: error.message };
    throw error;
  }
}

/** Without complaints: the rest of the lint has said what is wrong. */
function renderAll(chart: Parameters<typeof enabledChart>[0], options: LintOptions): RenderedChart | undefined {
  try {
    const release = { ...RELEASE, namespace: options.namespace };
    const quiet = { skipSchemaValidation: true, explain: false, replacements: lenientFunctions(options) };
    return renderChart(chart, options.values, { ...options, ...quiet, release });
  } catch (error) {
    if (error instanceof ChartError || error instanceof RenderError || error instanceof FunctionError) return undefined;
    throw error;
  }
}

/** What a user must set can't be set by who lints a chart: it is only logged. */
export function lenientFunctions({ warn }: Pick<LintOptions, 'warn'>): Readonly<Record<string, GoFunction>> {
  return {
    required: fn(['string', 'any'], (message, value) => {
      if (value !== null && value !== undefined && value !== '') return value;
      warn?.(`missing required value: ${message}`);
      return '';
    }),
    fail: fn(['string'], () => ''),
  };
}
