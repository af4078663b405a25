/**
 * A JSON schema for the values of a chart, from its default values, the comments above them, and what its templates do
 * with them. The chart's own values always satisfy it.
 */
import type { Chart } from '../chart/chart.ts';
import { dependencyNames } from '../chart/dependency-names.ts';
import { fromBytes } from '../go/bytes.ts';
import { encodeGoJson } from '../go/json.ts';
import { type GoMap, type GoValue, isMap } from '../go/value.ts';
import { valuePathText } from '../values/value-path.ts';
import type { TemplateUsage } from './analyse-templates.ts';
import { chartUsage } from './chart-usage.ts';
import { type JsonSchema, schemaTypes } from './json-schema.ts';
import { isOpen, type Usage, type Use } from './usage.ts';
import { readComments, type ValueComment } from './values-comments.ts';

const DRAFT = 'http://json-schema.org/draft-07/schema#';

/** How the templates of a chart use its values, seen from the charts around it, the innermost of them first. */
export type UsageOf = (chart: Chart, ancestors: readonly Chart[]) => TemplateUsage;

/**
 * `chart` as it was loaded; dependencies are described below their names. Throws YamlError.
 *
 * @param usageOf for those who know it already
 */
export function inferSchema(chart: Chart, usageOf: UsageOf = chartUsage): JsonSchema {
  const { title, ...schema } = chartSchema(chart, [], usageOf);
  return { $schema: DRAFT, title: title ?? chart.metadata.name, ...schema };
}

/** `ancestors` are the charts around it: their templates may be included, their definitions win. */
function chartSchema(chart: Chart, ancestors: readonly Chart[], usageOf: UsageOf): JsonSchema {
  const { usage, isComplete } = usageOf(chart, ancestors);
  const comments = chart.rawValues === undefined ? new Map() : readComments(fromBytes(chart.rawValues)).comments;
  const inference: Inference = { comments, isComplete };
  const own = tableSchema(chart.values, usage, [], inference);
  const properties: Record<string, JsonSchema> = { ...own.properties };
  for (const dependency of chart.dependencies) {
    for (const name of dependencyNames(chart, dependency)) {
      const { title: _title, ...inner } = chartSchema(dependency, [chart, ...ancestors], usageOf);
      properties[name] = openedBy(withDefaults(inner, chart.values.get(name)), usage.members.get(name));
    }
  }
  properties['global'] = { ...properties['global'], type: 'object', additionalProperties: true };
  if (chart.metadata.dependencies.some(({ tags }) => tags.length > 0)) {
    properties['tags'] ??= { type: 'object', additionalProperties: { type: 'boolean' } };
  }
  for (const path of conditionsOf(chart)) addCondition(properties, path);
  // What dependencies export may stand among the chart's own values.
  const imports = chart.metadata.dependencies.some(({ importValues }) => importValues.length > 0);
  return { ...own, properties, ...(imports ? { additionalProperties: true } : {}) };
}

interface Inference {
  readonly comments: ReadonlyMap<string, ValueComment>;
  readonly isComplete: boolean;
}

/** Members that the parent sets and the dependency doesn't declare. */
function withDefaults(schema: JsonSchema, given: GoValue): JsonSchema {
  if (!isMap(given)) return schema;
  const properties: Record<string, JsonSchema> = { ...schema.properties };
  for (const [key, value] of given) {
    const known = properties[key];
    if (known === undefined) properties[key] = valueSchema(value);
    else properties[key] = isMap(value) && known.type === 'object' ? withDefaults(known, value) : widened(known, value);
  }
  return { ...schema, properties };
}

/** What the parent's templates use beyond it. */
function openedBy(schema: JsonSchema, usage: Usage | undefined): JsonSchema {
  if (usage === undefined || schema.type !== 'object') return schema;
  const properties: Record<string, JsonSchema> = { ...schema.properties };
  for (const [name, member] of usage.members) {
    const known = properties[name];
    properties[name] = known === undefined ? schemaOf(undefined, member, [], OPEN) : openedBy(known, member);
  }
  return { ...schema, properties };
}

const OPEN: Inference = { comments: new Map(), isComplete: false };

function conditionsOf(chart: Chart): string[][] {
  return chart.metadata.dependencies.flatMap(({ condition }) =>
    condition
      .split(',')
      .map((path) => path.trim())
      .filter((path) => path !== '')
      .map((path) => path.split('.')),
  );
}

function addCondition(properties: Record<string, JsonSchema>, [name, ...rest]: readonly string[]): void {
  if (name === undefined) return;
  const known = properties[name];
  if (rest.length === 0) {
    properties[name] = known ?? { type: 'boolean' };
    return;
  }
  if (known !== undefined && known.type !== 'object') return;
  const inner: Record<string, JsonSchema> = { ...known?.properties };
  addCondition(inner, rest);
  properties[name] = { ...known, type: 'object', properties: inner };
}

function tableSchema(
  table: GoMap,
  usage: Usage | undefined,
  path: readonly string[],
  inference: Inference,
): JsonSchema {
  const names = new Set([...table.keys(), ...(usage?.members.keys() ?? [])]);
  const properties: Record<string, JsonSchema> = {};
  for (const name of names) {
    properties[name] = schemaOf(table.get(name), usage?.members.get(name), [...path, name], inference);
  }
  const isFree = table.size === 0 && (usage === undefined || usage.members.size === 0);
  const open = isFree || usage === undefined || isOpen(usage) || (path.length > 0 && isUnread(usage));
  return { type: 'object', ...(isFree ? {} : { properties }), additionalProperties: open || !inference.isComplete };
}

/** Nothing was seen to use it, which may mean that it is used in a way that can't be seen. */
function isUnread(usage: Usage): boolean {
  return usage.members.size === 0 && usage.element === undefined;
}

function schemaOf(value: GoValue, usage: Usage | undefined, path: readonly string[], inference: Inference): JsonSchema {
  const comment = inference.comments.get(valuePathText(path));
  const inferred = isMap(value) ? tableSchema(value, usage, path, inference) : leafSchema(value, usage, comment);
  const described = comment?.description === undefined ? {} : { description: comment.description };
  const shown = value === undefined || isMap(value) ? {} : { default: plain(value) };
  const schema: JsonSchema = { ...described, ...inferred, ...shown, ...cleaned(comment?.schema) };
  return value === undefined || value === null ? schema : widened(schema, value);
}

/** Keywords of other tools that mean nothing in a schema. */
function cleaned(schema: JsonSchema | undefined): JsonSchema {
  if (schema === undefined) return {};
  const { required, hidden: _hidden, skipProperties: _skip, ...rest } = schema;
  return Array.isArray(required) ? { ...rest, required } : rest;
}

function leafSchema(value: GoValue, usage: Usage | undefined, comment: ValueComment | undefined): JsonSchema {
  if (comment?.types !== undefined) return typed(comment.types);
  const uses = usage?.uses ?? new Set<Use>();
  if (value === undefined || value === null) return usage === undefined ? {} : unsetSchema(usage);
  // A template that asks for the type, or renders the value as one, takes several.
  if (uses.has('polymorphic') || uses.has('template')) return {};
  if (Array.isArray(value)) return listSchema(value);
  if (typeof value === 'number') return typed([uses.has('integer') && Number.isInteger(value) ? 'integer' : 'number']);
  if (value === '' && (usage === undefined || !uses.has('string'))) {
    return uses.has('scalar') ? typed(['string', 'number']) : {};
  }
  return valueSchema(value);
}

/** A value without a default: what its uses tell. */
function unsetSchema({ uses, members }: Usage): JsonSchema {
  if (uses.has('polymorphic') || uses.has('template')) return {};
  if (members.size > 0) return { type: ['object', 'null'], additionalProperties: true };
  if (uses.has('string')) return typed(['string', 'null']);
  if (uses.has('list')) return typed(['array', 'null']);
  if (uses.has('iterated')) return typed(['array', 'object', 'null']);
  return {};
}

function typed(types: readonly string[]): JsonSchema {
  const unique = [...new Set(types)];
  return { type: unique.length === 1 ? (unique[0] ?? 'object') : unique };
}

function listSchema(items: readonly GoValue[]): JsonSchema {
  const schemas = items.map(valueSchema);
  const types = [...new Set(schemas.flatMap(schemaTypes))];
  const isSimple = types.length > 0 && types.every((type) => type === 'string' || type === 'number');
  return isSimple ? { type: 'array', items: typed(types) } : { type: 'array' };
}

/** What only the value itself tells. */
function valueSchema(value: GoValue): JsonSchema {
  if (isMap(value)) return { type: 'object', additionalProperties: true };
  if (Array.isArray(value)) return { type: 'array' };
  if (typeof value === 'boolean') return { type: 'boolean' };
  if (typeof value === 'number') return { type: 'number' };
  return typeof value === 'string' ? { type: 'string' } : {};
}

/** The schema, made to accept this value too: a comment may claim less than the chart does. */
function widened(schema: JsonSchema, value: GoValue): JsonSchema {
  const types = schemaTypes(schema);
  if (types.length === 0) return schema;
  const [own] = schemaTypes(valueSchema(value));
  if (own === undefined)
    return value === null && !types.includes('null') ? { ...schema, ...typed([...types, 'null']) } : schema;
  const accepts = types.includes(own) || (own === 'number' && Number.isInteger(value) && types.includes('integer'));
  return accepts ? schema : { ...schema, ...typed([...types, own]) };
}

function plain(value: GoValue): unknown {
  return JSON.parse(encodeGoJson(value));
}
