/** What is known of the versions of a release's chart: from its history, and from whoever else has charts. */
import type { Chart } from '../chart/chart.ts';
import type { GoMap } from '../go/value.ts';
import type { Release } from '../release/release.ts';
import { type RecordedChart, recordedVersions, type VersionValues } from '../values/chart-versions.ts';
import { defaultValues } from '../values/hidden-defaults.ts';

/**
 * @param revisions all that are kept, in any order; those of other charts don't count
 * @param values decide which dependencies are enabled
 * @param others what is known of versions besides
 */
export function knownVersions(
  revisions: readonly Release[],
  chart: Chart,
  values: GoMap,
  others: readonly VersionValues[] = [],
): VersionValues[] {
  const { name, version } = chart.metadata;
  const records = revisions.flatMap(({ revision, chart: recorded, config }): RecordedChart[] =>
    recorded?.metadata.name === name ? [{ revision, chart: recorded, given: config }] : [],
  );
  return [
    ...[...recordedVersions(records), ...others].filter((each) => each.version !== version),
    { version, values: defaultValues(chart, values), isComplete: true },
  ];
}
