/**
 * Which version of a chart introduced a value. What is known of earlier versions comes from the history of a release, whose
 * records hold the values of their charts; records that `--reuse-values` made hold those of earlier charts instead.
 */
import type { Chart } from '../chart/chart.ts';
import { encodeGoJson } from '../go/json.ts';
import { type GoMap, isMap } from '../go/value.ts';
import { compareVersions, parseVersion } from '../semver/version.ts';
import { coalesceValues } from './coalesce.ts';
import { type ValuePath, valueAtPath } from './value-path.ts';

/** The values of one version of a chart, as far as they are known. */
export interface VersionValues {
  readonly version: string;
  readonly values: GoMap;
  /** Values of users that may be among `values` without being defaults of the chart. */
  readonly given?: GoMap;
  /** False: the version may have defaults that aren't among `values`. */
  readonly isComplete: boolean;
}

export interface Introduction {
  /** The oldest version that is known to have the value. */
  readonly since: string;
  /** The newest known version before it, which didn't have it; undefined when none is known. */
  readonly before: string | undefined;
}

/** A revision of a release, as far as it tells about its chart. */
export interface RecordedChart {
  readonly revision: number;
  /** As it is recorded, without its dependencies. */
  readonly chart: Chart;
  /** What the user gave. */
  readonly given: GoMap;
}

/** What the revisions of a release tell about the versions of their chart. */
export function recordedVersions(records: readonly RecordedChart[]): VersionValues[] {
  const sorted = records.toSorted((a, b) => a.revision - b.revision);
  const reusable = sorted.map(({ chart, given }) => coalesceValues(chart, given));
  return sorted.map(({ revision, chart, given }, at) => {
    const { values, metadata } = chart;
    // An install reuses nothing. Later, a revision that has all values of an earlier one may have them from there.
    const isComplete = revision === 1 || (at > 0 && !reusable.slice(0, at).some((each) => includes(values, each)));
    return { version: metadata.version, values, given, isComplete };
  });
}

/**
 * Since when a chart has had a value without interruption; undefined when its newest version doesn't have it.
 *
 * @param versions in any order, the chart's own among them
 */
export function introductionOf(path: ValuePath, versions: readonly VersionValues[]): Introduction | undefined {
  const known = newestFirst(path, versions);
  const without = known.findIndex(({ has }) => !has);
  const oldest = known.slice(0, without < 0 ? known.length : without).at(-1);
  return oldest === undefined ? undefined : { since: oldest.version, before: known[without]?.version };
}

/** The newest version that had a value which the chart's newest version doesn't have any more. */
export function lastVersionWith(path: ValuePath, versions: readonly VersionValues[]): string | undefined {
  const [newest, ...older] = newestFirst(path, versions);
  return newest?.has === false ? older.find(({ has }) => has)?.version : undefined;
}

interface KnownVersion {
  readonly version: string;
  readonly has: boolean;
}

/** The versions of which it is known whether they have the value. */
function newestFirst(path: ValuePath, versions: readonly VersionValues[]): KnownVersion[] {
  const known = new Map<string, boolean>();
  for (const { version, values, given, isComplete } of versions) {
    const isDefault = valueAtPath(values, path) !== undefined;
    const isGiven = given !== undefined && valueAtPath(given, path) !== undefined;
    if (isDefault && !isGiven) known.set(version, true);
    else if (!isDefault && isComplete && !known.has(version)) known.set(version, false);
  }
  return [...known].map(([version, has]) => ({ version, has })).sort((a, b) => byVersion(b.version, a.version));
}

function byVersion(a: string, b: string): number {
  const [left, right] = [parseVersion(a), parseVersion(b)];
  return left === undefined || right === undefined ? 0 : compareVersions(left, right);
}

/** Whether every value of the part stands in the whole too. */
function includes(whole: GoMap, part: GoMap): boolean {
  return [...part].every(([key, value]) => {
    const there = whole.get(key);
    if (isMap(value)) return isMap(there) && includes(there, value);
    return there !== undefined && encodeGoJson(there) === encodeGoJson(value);
  });
}
