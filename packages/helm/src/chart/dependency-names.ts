/** Under which names a chart knows a chart that it depends on: its own, or its aliases, of which there may be several. */
import type { Chart } from './chart.ts';

export function dependencyNames(chart: Chart, dependency: Chart): string[] {
  const listed = chart.metadata.dependencies.filter(({ name }) => name === dependency.metadata.name);
  if (listed.length === 0) return [dependency.metadata.name];
  return listed.map(({ name, alias }) => (alias === '' ? name : alias));
}
