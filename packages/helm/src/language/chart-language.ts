/** Answers to an editor about the files of a chart: what is wrong, what could follow, what something is and where it stands. */
import { chartOfFile, type Project, type ProjectChart } from './chart-project.ts';
import { completeTemplate } from './complete-template.ts';
import { completeValues } from './complete-values.ts';
import type { Completion } from './completion.ts';
import {
  type Description,
  definitionInTemplate,
  definitionInValues,
  describeInTemplate,
  describeInValues,
} from './describe.ts';
import type { Problem } from './problem.ts';
import {
  chartProblem,
  parseProblems,
  type RenderProviders,
  renderProblems,
  ruleProblems,
} from './problems-of-templates.ts';
import { problemsOfValues } from './problems-of-values.ts';
import type { Position } from './source-text.ts';
import type { TemplateDocument } from './template-document.ts';
import type { FilePlace } from './value-facts.ts';
import type { ValuesDocument } from './values-document.ts';
import { outermostKeys } from './values-outline.ts';

/** All that is wrong in a chart's templates and values files, each problem once. */
export function projectProblems(project: Project, providers: RenderProviders): Problem[] {
  const parsed = parseProblems(project);
  const found = [
    ...(project.problem === undefined ? [] : [chartProblem(project, project.problem)]),
    ...parsed,
    ...valuesFiles(project).flatMap(({ file, chart }) => problemsOfValues(project, chart, file)),
  ];
  // A template that can't be parsed takes definitions and uses of values with it: more would be said than is true.
  if (parsed.length === 0) {
    const { problems, rendered } = renderProblems(project, providers);
    found.push(...problems, ...ruleProblems(project, rendered));
  }
  return [...new Map(found.map((each) => [JSON.stringify(each), each])).values()];
}

interface ValuesFile {
  readonly file: string;
  readonly chart: ProjectChart;
}

function valuesFiles(project: Project): ValuesFile[] {
  return [...project.files.keys(), ...project.beside.keys()].flatMap((file) => {
    const chart = isValuesFile(project, file) ? chartOfFile(project, file) : undefined;
    return chart === undefined ? [] : [{ file, chart }];
  });
}

const OTHER_FILES = /^(?:Chart|requirements|Chart\.lock)\.ya?ml$|^(?:templates|crds)\//;

/** Files that are given with -f have any name: they are known by their keys. */
function isValuesFile(project: Project, file: string): boolean {
  const chart = chartOfFile(project, file);
  if (chart === undefined || !/\.ya?ml$/.test(file)) return false;
  const name = file.slice(chart.directory.length);
  if (OTHER_FILES.test(name) || name.startsWith('charts/')) return false;
  if (name === 'values.yaml') return true;
  const document = project.values(file);
  if (document === undefined) return false;
  const keys = document.problem === undefined ? [...document.values.keys()] : outermostKeys(document.source.lines);
  if (keys.includes('apiVersion') && keys.includes('kind')) return false;
  if (/values/i.test(name) && !name.startsWith('../')) return true;
  const known = chart.schema().properties ?? {};
  const hits = keys.filter((key) => Object.hasOwn(known, key));
  return hits.length > 0 && hits.length * 2 >= keys.length;
}

type Subject =
  | { readonly kind: 'values'; readonly chart: ProjectChart; readonly document: ValuesDocument }
  | { readonly kind: 'template'; readonly chart: ProjectChart; readonly document: TemplateDocument };

function subjectOf(project: Project, file: string): Subject | undefined {
  const chart = chartOfFile(project, file);
  if (chart === undefined) return undefined;
  const template = project.templates.get(file);
  if (template !== undefined) return { kind: 'template', chart, document: template };
  const document = isValuesFile(project, file) || isEmpty(project, file) ? project.values(file) : undefined;
  return document === undefined ? undefined : { kind: 'values', chart, document };
}

/** What has no keys yet may become a file of values. */
function isEmpty(project: Project, file: string): boolean {
  if (!/\.ya?ml$/.test(file) || OTHER_FILES.test(file)) return false;
  const document = project.values(file);
  return document !== undefined && outermostKeys(document.source.lines).length === 0;
}

export function completions(project: Project, file: string, position: Position): Completion[] {
  const subject = subjectOf(project, file);
  if (subject === undefined) return [];
  return subject.kind === 'values'
    ? completeValues(subject.chart, subject.document, position)
    : completeTemplate(project, subject.chart, subject.document, position);
}

export function describe(project: Project, file: string, position: Position): Description | undefined {
  const subject = subjectOf(project, file);
  if (subject === undefined) return undefined;
  return subject.kind === 'values'
    ? describeInValues(project, subject.chart, subject.document, position)
    : describeInTemplate(project, subject.chart, subject.document, position);
}

export function definitions(project: Project, file: string, position: Position): readonly FilePlace[] {
  const subject = subjectOf(project, file);
  if (subject === undefined) return [];
  return subject.kind === 'values'
    ? definitionInValues(project, subject.chart, subject.document, position)
    : definitionInTemplate(project, subject.chart, subject.document, position);
}
