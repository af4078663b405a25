/** Hints about a missing value that other versions of the chart have: since when, until when, and what hides it. */
import type { Chart } from '../chart/chart.ts';
import { introductionOf, lastVersionWith, type VersionValues } from '../values/chart-versions.ts';
import { explainValues } from '../values/explain.ts';
import { originText } from '../values/origin.ts';
import { templatePathText, type ValuePath, valueAtPath } from '../values/value-path.ts';

export interface VersionedChart {
  /** As it was loaded. */
  readonly chart: Chart;
  /** The chart's own version among them. */
  readonly versions: readonly VersionValues[];
  /** The revision whose values take the place of the chart's defaults, `revision 3 (web 1.4.0)`. */
  readonly reused: string | undefined;
}

/** Empty when no version is known to have the value. */
export function missingVersionHints(missing: ValuePath, { chart, versions, reused }: VersionedChart): string[] {
  const { name, version } = chart.metadata;
  const value = `.Values${templatePathText(missing)}`;
  const introduction = introductionOf(missing, versions);
  if (introduction === undefined) {
    const last = lastVersionWith(missing, versions);
    return last === undefined ? [] : [`${value} was a default of ${name} until version ${last}`];
  }
  const { values, originOf } = explainValues(chart, []);
  const origin = valueAtPath(values, missing) === undefined ? undefined : originOf(missing);
  const where = origin === undefined ? '' : ` (${originText(origin)})`;
  const { since, before } = introduction;
  const known =
    before === undefined
      ? `${value} is a default of ${name} ${version}${where}`
      : `${value} is a default of ${name} since version ${since}${where}; ${before} didn't have it`;
  if (reused === undefined) return [known];
  const repair = 'use --reset-then-reuse-values, or no preserveValues in a HelmRelease';
  return [known, `--reuse-values hides it behind the values of ${reused}: ${repair}`];
}
