/**
 * All that values are made of, from the weakest to the strongest: the values.yaml of dependencies, deepest first, that of
 * the chart, then what the user gives. Each layer knows where its members stand.
 */
import type { Chart } from '../chart/chart.ts';
import { importValues } from '../chart/import-values.ts';
import { fromBytes } from '../go/bytes.ts';
import { GoMap, isMap } from '../go/value.ts';
import { coalesceValues } from './coalesce.ts';
import { markValues, markYaml, type OriginIndex } from './marked-values.ts';
import type { Origin } from './origin.ts';
import { applySource, mergeMaps, orderedSources, type ValueSource } from './sources.ts';
import { type ValuePath, valuePathText } from './value-path.ts';

/** The defaults of one chart. */
export interface ChartLayer {
  /** Names of the dependencies that lead to it from the root; its values stand below that path. */
  readonly prefix: readonly string[];
  readonly index: OriginIndex;
}

export interface ValueLayers {
  /** Chart with marked values. */
  readonly chart: Chart;
  /** The root chart first. */
  readonly charts: readonly ChartLayer[];
  /** What the user gives, the strongest last; each adds to the one before. */
  readonly user: readonly { readonly values: GoMap; readonly index: OriginIndex }[];
}

/** `chart` has its enabled dependencies only. Throws ChartError or YamlError for texts that can't be read. */
export function valueLayers(chart: Chart, sources: readonly ValueSource[]): ValueLayers {
  const charts: ChartLayer[] = [];
  const marked = markChart(chart, [], chart.metadata.name, charts);
  const user: { values: GoMap; index: OriginIndex }[] = [];
  let values = new GoMap();
  for (const source of orderedSources(sources)) {
    const index: OriginIndex = new Map();
    values = applyMarked(values, source, index);
    user.push({ values, index });
  }
  return { chart: marked, charts: charts.toSorted((a, b) => a.prefix.length - b.prefix.length), user };
}

/** Which layers count: charts of at least this depth, and so many sources of the user. */
export interface Stage {
  readonly minDepth: number;
  readonly userCount: number;
}

/** The marked values as they are when only the layers of the stage count. */
export function coalesceLayers(layers: ValueLayers, { minDepth, userCount }: Stage): GoMap {
  const user = userCount === 0 ? new GoMap() : (layers.user[userCount - 1]?.values ?? new GoMap());
  return coalesceValues(importValues(withoutDefaults(layers.chart, minDepth)), user);
}

/** The origins of a member in all layers of the stage that have it, the strongest first. */
export function layerOrigins(layers: ValueLayers, path: ValuePath, stage: Stage): Origin[] {
  const candidates = pathsWithGlobals(path);
  const user = layers.user
    .slice(0, stage.userCount)
    .toReversed()
    .flatMap(({ index }) => candidates.map((each) => index.get(valuePathText(each))));
  const charts = layers.charts
    .filter(({ prefix }) => prefix.length >= stage.minDepth)
    .flatMap(({ prefix, index }) =>
      candidates
        .filter((each) => prefix.every((name, at) => each[at] === name))
        .map((each) => index.get(valuePathText(each.slice(prefix.length)))),
    );
  return [...user, ...charts].filter((origin) => origin !== undefined);
}

/** The path itself, and for a global of a dependency those of the charts above it, the uppermost first. */
function pathsWithGlobals(path: ValuePath): ValuePath[] {
  const at = path.indexOf('global');
  if (at <= 0) return [path];
  return path.slice(0, at + 1).map((_, depth) => [...path.slice(0, depth), ...path.slice(at)]);
}

function markChart(chart: Chart, prefix: readonly string[], path: string, layers: ChartLayer[]): Chart {
  const index: OriginIndex = new Map();
  layers.push({ prefix, index });
  const values = markDefaults(chart, path, index);
  const dependencies = chart.dependencies.map((each) => {
    const { name } = each.metadata;
    return markChart(each, [...prefix, name], `${path}/charts/${name}`, layers);
  });
  return { ...chart, values, dependencies };
}

function markDefaults(chart: Chart, path: string, index: OriginIndex): GoMap {
  if (chart.rawValues !== undefined) {
    return markYaml(
      fromBytes(chart.rawValues),
      (place) => ({ kind: 'chart', chart: path, file: 'values.yaml', ...place }),
      index,
    );
  }
  const marked = markValues(chart.values, () => ({ kind: 'given', name: `the defaults of ${path}` }), index);
  return isMap(marked) ? marked : new GoMap();
}

function applyMarked(values: GoMap, source: ValueSource, index: OriginIndex): GoMap {
  if (source.kind === 'file') {
    const { name, text } = source;
    return mergeMaps(
      values,
      markYaml(text, (place) => ({ kind: 'file', file: name, ...place }), index),
    );
  }
  if (source.kind === 'given') {
    const marked = markValues(source.values, () => ({ kind: 'given', name: source.name }), index);
    return isMap(marked) ? mergeMaps(values, marked) : values;
  }
  const flag = `--${source.kind}`;
  const toOrigin = (path: ValuePath): Origin => ({ kind: 'flag', flag, path: valuePathText(path) });
  markValues(applySource(new GoMap(), source), toOrigin, index);
  // What has no mark after this is what the flag has set.
  const marked = markValues(applySource(copyTables(values), source), toOrigin, new Map());
  return isMap(marked) ? marked : values;
}

/** Flags change tables in place, and those of the layer below must stay. */
function copyTables(values: GoMap): GoMap {
  return new GoMap([...values].map(([key, value]) => [key, isMap(value) ? copyTables(value) : value] as const));
}

function withoutDefaults(chart: Chart, minDepth: number): Chart {
  const dependencies = chart.dependencies.map((each) => withoutDefaults(each, minDepth - 1));
  return { ...chart, dependencies, values: minDepth > 0 ? new GoMap() : chart.values };
}
