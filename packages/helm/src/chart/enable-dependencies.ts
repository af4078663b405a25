/**
 * Which dependencies of a chart take part in a render: those that Chart.yaml names with a version in range, under their
 * aliases, unless conditions or tags turn them off. What lies in charts/ without being named always takes part.
 */
import { GoMap, isMap } from '../go/value.ts';
import { parseConstraints, satisfies } from '../semver/constraint.ts';
import { parseVersion } from '../semver/version.ts';
import { coalesceValues } from '../values/coalesce.ts';
import { tableAt, valueAt } from '../values/coalesce-tables.ts';
import type { Warn } from '../values/warn.ts';
import type { Chart, Dependency } from './chart.ts';

/** The chart with its enabled dependencies only, theirs included. `warn` takes what helm would log. */
export function enableDependencies(chart: Chart, values: GoMap, warn?: Warn): Chart {
  return enable(chart, values, '', warn);
}

function enable(chart: Chart, values: GoMap, path: string, warn: Warn | undefined): Chart {
  const requested = chart.metadata.dependencies;
  if (requested.length === 0) return chart;
  const unlisted = chart.dependencies.filter(({ metadata }) => {
    return !requested.some(({ name, version }) => name === metadata.name && isInRange(metadata.version, version));
  });
  const listed = requested.flatMap((each) => {
    const found = findDependency(chart.dependencies, each);
    return found === undefined ? [] : [found];
  });
  const renamed = requested.map((each) => (each.alias === '' ? each : { ...each, name: each.alias }));
  const candidate: Chart = { ...chart, dependencies: [...unlisted, ...listed] };
  const all = coalesceValues(candidate, values);
  const disabled = new Set(renamed.filter((each) => !isEnabled(each, all, path, warn)).map(({ name }) => name));
  const dependencies = candidate.dependencies
    .filter(({ metadata }) => !disabled.has(metadata.name))
    .map((each) => enable(each, all, `${path}${each.metadata.name}.`, warn));
  const kept = renamed.filter(({ name }) => !disabled.has(name));
  return { ...candidate, dependencies, metadata: { ...chart.metadata, dependencies: kept } };
}

function isInRange(version: string, range: string): boolean {
  const parsed = parseVersion(version);
  const constraints = parseConstraints(range);
  return parsed !== undefined && constraints !== undefined && satisfies(parsed, constraints);
}

function findDependency(charts: readonly Chart[], wanted: Dependency): Chart | undefined {
  const found = charts.find(
    ({ metadata }) => metadata.name === wanted.name && isInRange(metadata.version, wanted.version),
  );
  if (found === undefined || wanted.alias === '') return found;
  return { ...found, metadata: { ...found.metadata, name: wanted.alias } };
}

/** The first condition that is a boolean decides, else the tags. */
function isEnabled(dependency: Dependency, values: GoMap, path: string, warn: Warn | undefined): boolean {
  for (const condition of dependency.condition.trim().split(',')) {
    if (condition === '') continue;
    const value = valueAt(values, path + condition);
    if (value === undefined || isMap(value)) continue;
    if (typeof value === 'boolean') return value;
    warn?.('returned non-bool value', { path: condition, chart: dependency.name });
  }
  return isTagged(dependency, values);
}

function isTagged(dependency: Dependency, values: GoMap): boolean {
  const tags = tableAt(values, 'tags');
  if (tags === undefined) return true;
  const set = dependency.tags.map((tag) => tags.get(tag));
  return set.includes(true) || !set.includes(false);
}
