/** `values explain`: for each value that templates see, where it comes from and what it took the place of. */
import type { Chart } from '../chart/chart.ts';
import { enableDependencies } from '../chart/enable-dependencies.ts';
import { importValues } from '../chart/import-values.ts';
import { type GoMap, type GoValue, isInt, isMap, typeName } from '../go/value.ts';
import { coalesceValues } from './coalesce.ts';
import { markOf, unmarked } from './marked-values.ts';
import { type Origin, originText } from './origin.ts';
import { mergeSources, type ValueSource } from './sources.ts';
import { coalesceLayers, layerOrigins, type Stage, type ValueLayers, valueLayers } from './value-layers.ts';
import { parseValuePath, type ValuePath, valueAtPath, valuePathText } from './value-path.ts';

export interface ValueExplanation {
  /** As `--set` would write it. */
  readonly path: string;
  readonly value: GoValue;
  /** `string`, `number`, `integer` (of `--set`), `bool`, `list`, `table`, `null`. */
  readonly type: string;
  readonly origin: Origin | undefined;
  /** The strongest first. */
  readonly overrode: readonly { readonly value: GoValue; readonly origin: Origin }[];
}

export interface ValuesExplanation {
  /** The values that templates see. */
  readonly values: GoMap;
  /** Where a value, a table or a list stands. */
  readonly originOf: (path: ValuePath) => Origin | undefined;
  /** One value, or everything below a table. Without a path everything. */
  readonly explain: (path?: string) => ValueExplanation[];
}

/** `chart` as it was loaded. Throws ChartError. */
export function explainValues(chart: Chart, sources: readonly ValueSource[]): ValuesExplanation {
  const given = mergeSources(sources);
  const enabled = enableDependencies(chart, given);
  const values = coalesceValues(importValues(enabled), given);
  const layers = valueLayers(enabled, sources);
  const final = valuesAt(layers, { minDepth: 0, userCount: layers.user.length });
  const originOf = (path: ValuePath): Origin | undefined => originAt(layers, final, path);
  let weaker: readonly StagedValues[] | undefined;
  const explainOne = (path: ValuePath): ValueExplanation => {
    weaker ??= weakerStages(layers).map((stage) => valuesAt(layers, stage));
    const value = valueAtPath(values, path);
    const origin = originOf(path);
    return {
      path: valuePathText(path),
      value,
      type: typeText(value),
      origin,
      overrode: overridden(layers, weaker, path, origin),
    };
  };
  return {
    values,
    originOf,
    explain: (text) => {
      const path = text === undefined ? [] : parseValuePath(text);
      return leafPaths(valueAtPath(values, path), path).map(explainOne);
    },
  };
}

interface StagedValues {
  readonly stage: Stage;
  readonly values: GoMap;
}

function valuesAt(layers: ValueLayers, stage: Stage): StagedValues {
  return { stage, values: coalesceLayers(layers, stage) };
}

function originAt(layers: ValueLayers, { stage, values }: StagedValues, path: ValuePath): Origin | undefined {
  const value = valueAtPath(values, path);
  const marked = markOf(value)?.origin;
  if (marked !== undefined) return marked;
  const origins = layerOrigins(layers, path, stage);
  // A table is made by all layers: a line that can be looked at says most.
  return (isMap(value) ? origins.find(({ kind }) => kind !== 'flag') : undefined) ?? origins[0];
}

/** One layer less each time, the strongest is taken away first. */
function weakerStages(layers: ValueLayers): Stage[] {
  const depth = Math.max(0, ...layers.charts.map(({ prefix }) => prefix.length));
  const stages: Stage[] = [];
  for (let userCount = layers.user.length - 1; userCount >= 0; userCount--) stages.push({ minDepth: 0, userCount });
  for (let minDepth = 1; minDepth <= depth; minDepth++) stages.push({ minDepth, userCount: 0 });
  return stages;
}

function overridden(
  layers: ValueLayers,
  weaker: readonly StagedValues[],
  path: ValuePath,
  winner: Origin | undefined,
): { value: GoValue; origin: Origin }[] {
  const found: { value: GoValue; origin: Origin }[] = [];
  const seen = new Set(winner === undefined ? [] : [originText(winner)]);
  for (const staged of weaker) {
    const there = valueAtPath(staged.values, path);
    const origin = there === undefined ? undefined : originAt(layers, staged, path);
    if (origin === undefined || seen.has(originText(origin))) continue;
    seen.add(originText(origin));
    found.push({ value: unmarked(there), origin });
  }
  return found;
}

/** Tables are opened, lists are not. */
function leafPaths(value: GoValue, path: ValuePath): ValuePath[] {
  if (value === undefined) return [];
  if (!isMap(value) || value.size === 0) return path.length === 0 ? [] : [path];
  return [...value].flatMap(([key, member]) => leafPaths(member, [...path, key]));
}

/** The type in the words of a user of YAML. */
export function typeText(value: GoValue): string {
  if (value === null || value === undefined) return 'null';
  if (isMap(value)) return 'table';
  if (Array.isArray(value)) return 'list';
  if (typeof value === 'number') return 'number';
  if (isInt(value)) return 'integer';
  return typeof value === 'boolean' ? 'bool' : typeof value === 'string' ? 'string' : typeName(value);
}
