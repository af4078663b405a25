/** Which values an upgrade takes over from the release that it replaces. */
import type { Chart } from '../chart/chart.ts';
import { deepCopy } from '../functions/dicts.ts';
import { GoMap, isMap } from '../go/value.ts';
import type { Release } from '../release/release.ts';
import { coalesceValues } from '../values/coalesce.ts';
import { coalesceTables } from '../values/coalesce-tables.ts';

export interface ValuesPolicy {
  /** Only the values given, over the chart's. */
  readonly resetValues?: boolean | undefined;
  /** All old values, the old chart's defaults among them; the new chart's defaults are lost. */
  readonly reuseValues?: boolean | undefined;
  /** The user's old values over the new chart's defaults. */
  readonly resetThenReuseValues?: boolean | undefined;
}

/** The user's values, and the chart with the defaults to use. Without a policy, old values are kept when none are given. */
export function reuseValues(
  chart: Chart,
  current: Release,
  given: GoMap,
  policy: ValuesPolicy,
): { readonly chart: Chart; readonly values: GoMap } {
  if (policy.resetValues === true) return { chart, values: given };
  if (policy.reuseValues === true) {
    const defaults = current.chart === undefined ? current.config : coalesceValues(current.chart, current.config);
    // The text of values.yaml says nothing of these values.
    const { rawValues: _text, ...rest } = chart;
    return { chart: { ...rest, values: defaults }, values: merged(given, current.config) };
  }
  if (policy.resetThenReuseValues === true) return { chart, values: merged(given, current.config) };
  return { chart, values: given.size === 0 && current.config.size > 0 ? current.config : given };
}

function merged(given: GoMap, old: GoMap): GoMap {
  return coalesceTables(copy(given), copy(old));
}

function copy(values: GoMap): GoMap {
  const copied = deepCopy(values);
  return isMap(copied) ? copied : new GoMap();
}
