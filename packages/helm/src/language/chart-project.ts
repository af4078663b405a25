/**
 * A chart that is being edited: its files, the charts inside it, and what is read out of them when it is asked for. A file
 * that can't be read at the moment counts with its last text that could, so that one slip doesn't take all answers away.
 */
import { type Chart, ChartError, type ChartFile } from '../chart/chart.ts';
import { dependencyNames } from '../chart/dependency-names.ts';
import { dependencyFiles, loadChartFiles, readValues, type Unpack } from '../chart/load-files.ts';
import { functionTable } from '../functions/function-table.ts';
import { fromBytes, toBytes } from '../go/bytes.ts';
import type { GoFunction } from '../go/value.ts';
import type { ParseTemplates, TemplateUsage } from '../inference/analyse-templates.ts';
import { chartUsage } from '../inference/chart-usage.ts';
import { inferSchema } from '../inference/infer-schema.ts';
import type { JsonSchema } from '../inference/json-schema.ts';
import { readComments, type ValueComment } from '../inference/values-comments.ts';
import { TEMPLATE_FUNCTIONS } from '../template/environment.ts';
import { TemplateCache } from '../template/template-cache.ts';
import { type Definition, readTemplateDocument, type TemplateDocument } from './template-document.ts';
import { readValuesDocument, type ValuesDocument } from './values-document.ts';

/** The chart, or one inside it. */
export interface ProjectChart {
  readonly chart: Chart;
  /** What its files' names begin with: nothing, `charts/db/`. */
  readonly directory: string;
  /** Its files lie in an archive. */
  readonly isArchived: boolean;
  /** The charts around it, the innermost first. */
  readonly ancestors: readonly Chart[];
  /** The charts in its charts/ directory, under each name that values call them by. */
  readonly children: ReadonlyMap<string, ProjectChart>;
  readonly schema: () => JsonSchema;
  readonly usage: () => TemplateUsage;
  readonly comments: () => ReadonlyMap<string, ValueComment>;
}

/** A definition and the file it stands in. */
export interface PlacedDefinition {
  readonly file: string;
  readonly definition: Definition;
  readonly isArchived: boolean;
}

export interface Project {
  /** By name, relative to the chart. */
  readonly files: ReadonlyMap<string, ChartFile>;
  /** Values files that lie outside, `../prod.yaml`. */
  readonly beside: ReadonlyMap<string, ChartFile>;
  /** The files that are read instead of those that can't be. */
  readonly readable: ReadonlyMap<string, ChartFile>;
  /** Undefined when it can't be loaded: `problem` says why. */
  readonly root: ProjectChart | undefined;
  readonly problem: string | undefined;
  /** The outermost first. */
  readonly charts: readonly ProjectChart[];
  readonly templates: ReadonlyMap<string, TemplateDocument>;
  readonly parsed: TemplateCache;
  readonly definitions: () => ReadonlyMap<string, readonly PlacedDefinition[]>;
  readonly values: (file: string) => ValuesDocument | undefined;
}

export interface ProjectOptions {
  readonly unpack?: Unpack;
  /** Files outside of the chart that may be given to it as values, `../prod.yaml`. */
  readonly beside?: readonly ChartFile[];
  /** Keeps parsed templates from project to project. */
  readonly parsed?: TemplateCache;
  /** What the project was before a change. */
  readonly previous?: Project | undefined;
}

/** All functions that templates can call. */
export const templateFunctions: ReadonlyMap<string, GoFunction> = functionTable({
  time: { now: () => 0n, timeZone: 'UTC' },
});

export function isTemplateFunction(name: string): boolean {
  return templateFunctions.has(name) || TEMPLATE_FUNCTIONS.has(name) || name === 'lookup';
}

export function openProject(list: readonly ChartFile[], options: ProjectOptions = {}): Project {
  const { unpack, previous, parsed = new TemplateCache() } = options;
  const parse: ParseTemplates = (file, source) => parsed.templates(file, source, isTemplateFunction);
  const files = new Map(list.map((file) => [file.name, file]));
  const beside = new Map((options.beside ?? []).map((file) => [file.name, file]));
  const readable = new Map([...files].map(([name, file]) => [name, readableFile(file, previous)]));
  const loaded = load(readable, unpack, previous);
  const charts = 'chart' in loaded ? projectCharts(loaded.chart, [...loaded.files.values()], { unpack, parse }) : [];
  const templates = new Map(charts.flatMap((each) => templateDocuments(each, { previous, files, parse })));
  const documents = new Map<string, ValuesDocument>();
  const fileOf = (project: Pick<Project, 'files' | 'beside'>, name: string): ChartFile | undefined =>
    project.files.get(name) ?? project.beside.get(name);
  return {
    files,
    beside,
    readable: 'chart' in loaded ? loaded.files : readable,
    root: charts[0],
    problem: 'problem' in loaded ? loaded.problem : undefined,
    charts,
    templates,
    parsed,
    definitions: once(() => definitionsOf(charts, templates)),
    values: (name) => {
      const file = fileOf({ files, beside }, name);
      if (file === undefined) return undefined;
      const isSame = previous !== undefined && fileOf(previous, name)?.data === file.data;
      const same = isSame ? previous.values(name) : undefined;
      const document = documents.get(name) ?? same ?? readValuesDocument(fromBytes(file.data));
      documents.set(name, document);
      return document;
    },
  };
}

const VALUES_FILE = /^(?:charts\/[^/]+\/)*values\.yaml$/;

/** The file, or its last text that could be read. */
function readableFile(file: ChartFile, previous: Project | undefined): ChartFile {
  if (!VALUES_FILE.test(file.name)) return file;
  const before = previous?.readable.get(file.name);
  if (previous?.files.get(file.name)?.data === file.data && before !== undefined) return before;
  try {
    readValues(fromBytes(file.data), '');
    return file;
  } catch (error) {
    if (!(error instanceof ChartError)) throw error;
    return before ?? { ...file, data: toBytes('') };
  }
}

type Loaded = { readonly chart: Chart; readonly files: ReadonlyMap<string, ChartFile> } | { readonly problem: string };

function load(
  files: ReadonlyMap<string, ChartFile>,
  unpack: Unpack | undefined,
  previous: Project | undefined,
): Loaded & { readonly problem?: string } {
  try {
    return { chart: loadChartFiles([...files.values()], unpack), files };
  } catch (error) {
    if (!(error instanceof ChartError)) throw error;
    const before = previous?.root === undefined ? undefined : withOldMetadata(files, previous);
    if (before === undefined) return { problem: error.message };
    try {
      return { chart: loadChartFiles([...before.values()], unpack), files: before, problem: error.message };
    } catch (second) {
      if (!(second instanceof ChartError)) throw second;
      return { problem: error.message };
    }
  }
}

function withOldMetadata(files: ReadonlyMap<string, ChartFile>, previous: Project): Map<string, ChartFile> {
  const old = [...previous.readable].filter(([name]) => name.endsWith('Chart.yaml'));
  return new Map([...files, ...old]);
}

/** The chart and those inside it, outermost first. */
function projectCharts(
  chart: Chart,
  files: readonly ChartFile[],
  { unpack, parse }: { readonly unpack: Unpack | undefined; readonly parse: ParseTemplates },
): ProjectChart[] {
  const found: ProjectChart[] = [];
  const usageOf = (own: Chart, ancestors: readonly Chart[]): TemplateUsage => {
    // A chart alone is the outermost one of the project; others are seen from around it there, too.
    const known = found.find((each) => each.chart === own && each.ancestors.length === ancestors.length);
    return known === undefined ? chartUsage(own, ancestors, parse) : known.usage();
  };
  const visit = (own: Chart, ownFiles: readonly ChartFile[], place: Place): ProjectChart => {
    const at = found.length;
    const children = new Map<string, ProjectChart>();
    const made: ProjectChart = {
      ...place,
      chart: own,
      children,
      schema: once(() => inferSchema(own, usageOf)),
      usage: once(() => chartUsage(own, place.ancestors, parse)),
      comments: once(() => (own.rawValues === undefined ? new Map() : readComments(fromBytes(own.rawValues)).comments)),
    };
    found.splice(at, 0, made);
    const entries = dependencyFiles(ownFiles, own.metadata.name, unpack);
    own.dependencies.forEach((inner, index) => {
      const entry = entries[index];
      if (entry === undefined) return;
      const child = visit(inner, entry.files, {
        directory: `${place.directory}charts/${entry.entry}/`,
        isArchived: place.isArchived || entry.entry.endsWith('.tgz'),
        ancestors: [own, ...place.ancestors],
      });
      for (const name of dependencyNames(own, inner)) children.set(name, child);
    });
    return made;
  };
  visit(chart, files, { directory: '', isArchived: false, ancestors: [] });
  return found;
}

type Place = Pick<ProjectChart, 'directory' | 'isArchived' | 'ancestors'>;

function templateDocuments(
  { chart, directory }: ProjectChart,
  {
    previous,
    files,
    parse,
  }: Pick<Project, 'files'> & Pick<ProjectOptions, 'previous'> & { readonly parse: ParseTemplates },
): [string, TemplateDocument][] {
  return chart.templates.map((file): [string, TemplateDocument] => {
    const name = directory + file.name;
    const { data } = files.get(name) ?? file;
    const text = fromBytes(data);
    const known = previous?.templates.get(name);
    return [name, known?.source.text === text ? known : readTemplateDocument(name, text, parse)];
  });
}

function definitionsOf(
  charts: readonly ProjectChart[],
  templates: ReadonlyMap<string, TemplateDocument>,
): Map<string, PlacedDefinition[]> {
  const found = new Map<string, PlacedDefinition[]>();
  for (const { chart, directory, isArchived } of charts) {
    for (const { name } of chart.templates) {
      const file = directory + name;
      for (const definition of templates.get(file)?.definitions ?? []) {
        const same = found.get(definition.name) ?? [];
        same.push({ file, definition, isArchived });
        found.set(definition.name, same);
      }
    }
  }
  return found;
}

/** The chart that a file belongs to. */
export function chartOfFile(project: Project, file: string): ProjectChart | undefined {
  return project.charts
    .filter(({ directory }) => file.startsWith(directory))
    .toSorted((a, b) => b.directory.length - a.directory.length)[0];
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
