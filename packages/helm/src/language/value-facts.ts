/** What is known of one value of a chart: type, default, description, where it is declared, which templates use it. */
import { encodeGoJson } from '../go/json.ts';

import type { GoValue } from '../go/value.ts';
import type { TemplateUsage, UsePlace } from '../inference/analyse-templates.ts';
import { isSchema, type JsonSchema, schemaTypes } from '../inference/json-schema.ts';
import type { Usage } from '../inference/usage.ts';
import { type ValuePath, valueAtPath, valuePathText } from '../values/value-path.ts';
import type { Project, ProjectChart } from './chart-project.ts';
import type { Range } from './source-text.ts';

/** A place in a file of the project. */
export interface FilePlace {
  readonly file: string;
  readonly range: Range;
}

export interface ValueFacts {
  /** As `--set` writes it, from the chart that was asked. */
  readonly path: string;
  readonly schema: JsonSchema | undefined;
  readonly types: readonly string[];
  readonly description: string | undefined;
  /** Undefined when the chart sets none. */
  readonly standard: GoValue;
  readonly declared: readonly FilePlace[];
  readonly uses: readonly FilePlace[];
}

/** `path` as the chart's own values.yaml has it. Undefined when the chart knows nothing of it. */
export function valueFacts(project: Project, chart: ProjectChart, path: ValuePath): ValueFacts | undefined {
  const schema = schemaAt(chart.schema(), path);
  const owner = ownerOf(chart, path);
  const declared = [
    declaration(project, chart, path),
    ...(owner.chart === chart ? [] : [declaration(project, owner.chart, owner.path)]),
  ];
  const uses = [
    ...usesOf(project, chart, path),
    ...(owner.chart === chart ? [] : usesOf(project, owner.chart, owner.path)),
  ];
  const standard = valueAtPath(chart.chart.values, path) ?? valueAtPath(owner.chart.chart.values, owner.path);
  const places = declared.filter((each) => each !== undefined);
  if (schema === undefined && places.length === 0 && uses.length === 0) return undefined;
  return {
    path: valuePathText(path),
    schema,
    types: schema === undefined ? [] : schemaTypes(schema),
    description: descriptionOf(chart, path) ?? descriptionOf(owner.chart, owner.path) ?? schema?.description,
    standard,
    declared: places,
    uses,
  };
}

/** The chart whose own value it is: values of dependencies stand below their names. */
export function ownerOf(
  chart: ProjectChart,
  path: ValuePath,
): { readonly chart: ProjectChart; readonly path: ValuePath } {
  const [first, ...rest] = path;
  const child = typeof first === 'string' ? chart.children.get(first) : undefined;
  return child === undefined || rest.length === 0 ? { chart, path } : ownerOf(child, rest);
}

/** Whether the chart, or the one inside it whose value it is, sets it. */
export function isDeclared(chart: ProjectChart, path: ValuePath): boolean {
  const owner = ownerOf(chart, path);
  const [first] = path;
  if (path.length === 1 && typeof first === 'string' && chart.children.has(first)) return true;
  return (
    valueAtPath(chart.chart.values, path) !== undefined ||
    valueAtPath(owner.chart.chart.values, owner.path) !== undefined
  );
}

function descriptionOf(chart: ProjectChart, path: ValuePath): string | undefined {
  return chart.comments().get(valuePathText(path))?.description;
}

function declaration(
  project: Project,
  { directory, isArchived }: ProjectChart,
  path: ValuePath,
): FilePlace | undefined {
  const file = `${directory}values.yaml`;
  const range = isArchived ? undefined : project.values(file)?.rangeOf(path);
  return range === undefined ? undefined : { file, range };
}

/** The schema of what stands at the path: its own, or that of any member or item. */
export function schemaAt(schema: JsonSchema, path: ValuePath): JsonSchema | undefined {
  let found: JsonSchema | undefined = schema;
  for (const step of path) {
    if (found === undefined) return undefined;
    const { properties, additionalProperties, items }: JsonSchema = found;
    const member: JsonSchema | undefined =
      typeof step === 'string' && properties !== undefined && Object.hasOwn(properties, step)
        ? properties[step]
        : undefined;
    found =
      member ??
      (typeof step === 'number' ? items : undefined) ??
      (isSchema(additionalProperties) ? additionalProperties : undefined);
  }
  return found;
}

function usesOf(project: Project, chart: ProjectChart, path: ValuePath): FilePlace[] {
  const found = usageAt(chart, path);
  return found === undefined ? [] : placesOfUsage(project, found, chart.usage().places);
}

/** What the chart's own templates do with what stands at the path: the value itself, or any member or item. */
export function usageAt(chart: ProjectChart, path: ValuePath): Usage | undefined {
  let found: Usage | undefined = chart.usage().usage;
  for (const step of path) {
    found = typeof step === 'string' ? (found?.members.get(step) ?? found?.element) : found?.element;
  }
  return found;
}

/** Where a value, or something in it, is named. */
export function placesOfUsage(project: Project, usage: Usage, places: TemplateUsage['places']): FilePlace[] {
  const within = (each: Usage): readonly UsePlace[] => [
    ...(places.get(each) ?? []),
    ...[...each.members.values(), ...(each.element === undefined ? [] : [each.element])].flatMap(within),
  ];
  const unique = new Map(within(usage).map((place) => [`${place.file} ${place.position}`, place]));
  return placesOf(project, [...unique.values()]).sort(byPlace);
}

function byPlace(a: FilePlace, b: FilePlace): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1;
  const { start } = a.range;
  return start.line - b.range.start.line || start.character - b.range.start.character;
}

/** Places in the templates that can be opened. */
function placesOf(project: Project, places: readonly UsePlace[]): FilePlace[] {
  return places.flatMap(({ file, position }) => {
    const own = fileOfTemplate(project, file);
    const document = own === undefined ? undefined : project.templates.get(own);
    if (own === undefined || document === undefined) return [];
    return [{ file: own, range: document.source.range(...chainAround(document.source.text, position)) }];
  });
}

/** The names around a place: errors and trees point at the second of them. */
function chainAround(text: string, position: number): readonly [number, number] {
  const before = /[\w.$]*$/.exec(text.slice(Math.max(0, position - MAX_CHAIN), position))?.[0].length ?? 0;
  const after = /^[\w.$]*/.exec(text.slice(position, position + MAX_CHAIN))?.[0].length ?? 0;
  return [position - before, position + after];
}

const MAX_CHAIN = 500;

/** `web/charts/db/templates/a.yaml` as a file of the project; undefined for what lies in archives. */
export function fileOfTemplate({ root }: Project, name: string): string | undefined {
  const [, ...steps] = name.split('/charts/');
  let chart: ProjectChart | undefined = root;
  let rest = name.slice(name.indexOf('/') + 1);
  for (const step of steps) {
    const child: string = step.split('/')[0] ?? '';
    const children: readonly ProjectChart[] = [...(chart?.children.values() ?? [])];
    chart = chart?.children.get(child) ?? children.find((each) => each.chart.metadata.name === child);
    rest = step.slice(child.length + 1);
  }
  return chart === undefined || chart.isArchived ? undefined : `${chart.directory}${rest}`;
}

/** The value in one line of JSON. */
export function shortValue(value: GoValue): string {
  const text = encodeGoJson(value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
