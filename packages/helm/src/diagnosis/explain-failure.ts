/**
 * What helm doesn't say about a chart that fails: a second, instrumented render goes through all files, tells where each
 * broken line was written and where the values in it come from. Only an error pays for this.
 */
import type { Chart } from '../chart/chart.ts';
import { basePath } from '../functions/paths.ts';
import type { GoMap } from '../go/value.ts';
import type { EngineOptions, TemplateFile } from '../render/engine.ts';
import { renderTemplates } from '../render/engine.ts';
import { RenderError, type RenderProblem } from '../render/render-error.ts';
import { createRecorder, type Recorder } from '../render/trace/recorder.ts';
import type { SourceStep } from '../render/trace/source-map.ts';
import { type ErrorPlace, ExecutionError, locationText, placeOf } from '../template/execution-error.ts';
import { LimitError } from '../template/limits.ts';
import { TemplateParseError } from '../template/parse-error.ts';
import { explainValues } from '../values/explain.ts';
import { type PathFinder, pathFinder } from '../values/path-finder.ts';
import type { ValueSource } from '../values/sources.ts';
import type { ValuePath } from '../values/value-path.ts';
import { type BrokenDocument, brokenDocuments } from './broken-yaml.ts';
import { explainYaml } from './explain-yaml.ts';
import { explainMissing } from './missing-value.ts';
import type { OriginOf } from './template-place.ts';
import { explainTemplateText, type TemplateText, templateTexts } from './template-text.ts';

/** What is needed to render once more. */
export interface FailedRender {
  /** As it was loaded. */
  readonly chart: Chart;
  readonly sources: readonly ValueSource[];
  /** Merged anew: templates may change values while they run. */
  readonly values: GoMap;
  readonly files: readonly TemplateFile[];
  readonly options: EngineOptions;
  /** False: no rendered text in hints. */
  readonly excerpts: boolean;
}

/** The same error with hints; its first lines stay. `again` prepares the second render. */
export function explainFailure(error: RenderError, again: () => FailedRender): RenderError {
  // A render that was stopped for taking too much would be stopped again.
  if (error.cause instanceof LimitError || error.cause instanceof RangeError) return error;
  const failed = again();
  const { originOf } = explainValues(failed.chart, failed.sources);
  const findPath = pathFinder(failed.values, contextsOf(failed.files));
  const recorder = createRecorder(findPath);
  const explainer: Explainer = {
    recorder,
    findPath,
    originOf,
    texts: templateTexts(failed.values),
    excerpts: failed.excerpts,
  };
  const problems = findProblems(failed, explainer);
  const own = problems.find(({ summary }) => summary === error.summary);
  const others = problems.filter((problem) => problem !== own);
  return new RenderError(error.summary, {
    cause: error.cause,
    places: own?.places ?? error.places,
    hints: own === undefined ? error.hints : own.hints,
    missing: own?.missing,
    others: others.map(({ summary: _summary, ...problem }) => problem),
  });
}

interface FoundProblem extends RenderProblem {
  /** Helm's words, when this is the error that helm reports. */
  readonly summary: string;
}

interface Explainer {
  readonly recorder: Recorder;
  readonly findPath: PathFinder;
  readonly originOf: OriginOf;
  readonly texts: readonly TemplateText[];
  readonly excerpts: boolean;
}

function findProblems({ files, options }: FailedRender, explainer: Explainer): FoundProblem[] {
  const { recorder } = explainer;
  const problems: FoundProblem[] = [];
  const rendered = renderTemplates(files, {
    ...options,
    tracing: {
      instrument: recorder.instrument,
      functions: recorder.functions,
      failed: (file, error) => {
        recorder.reset();
        problems.push(templateProblem(file, error, explainer));
      },
    },
  });
  const broken = [...rendered]
    .filter(([file]) => !file.endsWith('NOTES.txt') && !basePath(file).startsWith('_'))
    .flatMap(([file, text]) => brokenDocuments(file, text));
  // A mistake in an included template fails every file that includes it: once is enough.
  const seen = new Set<string>();
  const unique = problems.filter(({ message }) => !seen.has(message) && seen.add(message));
  return [...unique, ...broken.map((document) => yamlProblem(document, explainer))];
}

function yamlProblem(document: BrokenDocument, { recorder, originOf, excerpts }: Explainer): FoundProblem {
  const { file, problem } = document;
  const { hints, steps } = explainYaml(document, recorder.files.get(file), { originOf, excerpts });
  return {
    file,
    summary: `YAML parse error on ${file}: error converting YAML to JSON: ${problem.message}`,
    message: `${file}: ${problem.message}`,
    hints,
    places: steps.map(stepPlace),
  };
}

function templateProblem(file: string, error: RenderError, explainer: Explainer): FoundProblem {
  const { findPath, originOf, texts } = explainer;
  const summary = withoutReports(error.summary);
  const { cause } = error;
  if (cause instanceof TemplateParseError) {
    return { file, summary, message: `${cause.file}:${cause.line}: ${cause.reason}`, hints: error.hints };
  }
  const innermost = innermostError(cause);
  const { places } = error;
  if (innermost === undefined) return { file, summary, message: summary, hints: error.hints, places };
  const missing = innermost.missing === undefined ? undefined : explainMissing(innermost.missing, findPath, originOf);
  const explained = missing?.hints ?? [];
  return {
    file,
    summary,
    message: withoutReports(`${locationText(innermost.place)}: ${innermost.reason}`),
    hints: [...explainTemplateText(error, texts, originOf), ...(explained.length === 0 ? error.hints : explained)],
    missing: missing?.path,
    places,
  };
}

function stepPlace({ template, position, node }: SourceStep): ErrorPlace {
  return placeOf(template, { ...node, position });
}

function innermostError(error: unknown): ExecutionError | undefined {
  let found: ExecutionError | undefined;
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof ExecutionError) found = cause;
  }
  return found;
}

/** The text of a pipeline in a message, without the stage that the instrumented one has more. */
function withoutReports(text: string): string {
  return text.replaceAll(/ \| trace [a-z]+ \d+(?: [.$]\w*)*/g, '');
}

/** The dots of the charts, with where their values stand. */
function contextsOf(files: readonly TemplateFile[]): Map<GoMap, ValuePath> {
  const contexts = new Map<GoMap, ValuePath>();
  for (const { data, basePath: path } of files) {
    if (!contexts.has(data)) contexts.set(data, path.split('/charts/').slice(1).map(withoutFolder));
  }
  return contexts;
}

function withoutFolder(name: string): string {
  return name.replace(/\/templates$/, '');
}
