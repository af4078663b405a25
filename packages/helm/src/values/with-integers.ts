/**
 * `--strict-numbers`: the defaults of a chart with integers that stay integers. Helm makes floats of them, which print as
 * `1e+06` from a million on, and lose digits beyond 2^53; charts that compare them with float literals need those.
 */
import type { Chart } from '../chart/chart.ts';
import { readValues } from '../chart/load-files.ts';
import { fromBytes } from '../go/bytes.ts';

/** The same chart with other values, its dependencies too. Throws ChartError. */
export function withIntegers(chart: Chart): Chart {
  const dependencies = chart.dependencies.map(withIntegers);
  if (chart.rawValues === undefined) return { ...chart, dependencies };
  const text = fromBytes(chart.rawValues).replace(/^\ufeff/, '');
  return { ...chart, dependencies, values: readValues(text, 'cannot load values.yaml', { integers: true }) };
}
