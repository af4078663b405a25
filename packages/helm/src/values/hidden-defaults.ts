/**
 * What `helm upgrade --reuse-values` hides: the values of the earlier revision, its chart's defaults among them, take the
 * place of the new chart's defaults, so that what is new there doesn't exist and what has changed stays as it was.
 */
import type { Chart } from '../chart/chart.ts';
import { enableDependencies } from '../chart/enable-dependencies.ts';
import { importValues } from '../chart/import-values.ts';
import { encodeGoJson } from '../go/json.ts';
import { GoMap, type GoValue, isMap } from '../go/value.ts';
import type { Introduction } from './chart-versions.ts';
import { coalesceValues } from './coalesce.ts';
import { explainValues } from './explain.ts';
import { type Origin, originText } from './origin.ts';
import { type ValuePath, valueAtPath, valuePathText } from './value-path.ts';

export interface HiddenDefault {
  readonly path: ValuePath;
  /** `new`: the reused values don't have it. `changed`: they have the default of the earlier chart. */
  readonly kind: 'new' | 'changed';
  /** The default of the new chart. */
  readonly value: GoValue;
  /** What the release gets instead; undefined for nothing. */
  readonly reused: GoValue;
  readonly origin: Origin | undefined;
}

/**
 * `reused` are the values that take the place of the new chart's defaults (the earlier chart's, under what was given then);
 * `given` is what the user has set in the earlier revision or now, which is meant to differ.
 */
export function hiddenDefaults(chart: Chart, reused: GoMap, given: GoMap): HiddenDefault[] {
  const defaults = defaultValues(chart, reused);
  const differing = leaves(defaults, []).filter(({ path, value }) => {
    return valueAtPath(given, path) === undefined && !isSame(value, valueAtPath(reused, path));
  });
  if (differing.length === 0) return [];
  const { originOf } = explainValues(chart, []);
  return differing.map(({ path, value }) => {
    const there = valueAtPath(reused, path);
    return {
      path,
      kind: there === undefined ? 'new' : 'changed',
      value,
      reused: there,
      origin: originOf(path),
    };
  });
}

/** What a chart and its dependencies set by themselves; `values` decide which dependencies are enabled. */
export function defaultValues(chart: Chart, values: GoMap): GoMap {
  return coalesceValues(importValues(enableDependencies(chart, values)), new GoMap());
}

/**
 * `image.pullPolicy is new since version 2.0.0 of the chart (web/values.yaml:7), but the reused values don't have it`
 *
 * @param introduction since when the chart has the value, if that is known
 */
export function hiddenDefaultText({ path, kind, origin }: HiddenDefault, introduction?: Introduction): string {
  const name = valuePathText(path);
  const where = origin === undefined ? '' : ` (${originText(origin)})`;
  if (kind === 'changed') {
    return `${name} has another default in the chart${where}, but the reused values keep the earlier one`;
  }
  const since = introduction?.before === undefined ? 'in' : `since version ${introduction.since} of`;
  return `${name} is new ${since} the chart${where}, but the reused values don't have it`;
}

function leaves(value: GoValue, path: ValuePath): { path: ValuePath; value: GoValue }[] {
  if (!isMap(value)) return [{ path, value }];
  return [...value].flatMap(([key, member]) => leaves(member, [...path, key]));
}

function isSame(a: GoValue, b: GoValue): boolean {
  return b !== undefined && encodeGoJson(a) === encodeGoJson(b);
}
