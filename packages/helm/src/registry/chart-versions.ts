/** Which tag of a registry a version, a range, or nothing at all stands for. */
import { ChartError } from '../chart/chart.ts';
import { constraintProblem, parseConstraints, satisfies } from '../semver/constraint.ts';
import { compareVersions, parseVersion, type Version } from '../semver/version.ts';
import { versionOfTag } from './reference.ts';

const STRICT = /^\d+\.\d+\.\d+(?:[-+].*)?$/;

/** Versions among the tags, newest first. Other tags are none of charts. */
export function versionsOfTags(tags: readonly string[]): string[] {
  return tags
    .map(versionOfTag)
    .filter((text) => STRICT.test(text))
    .map(parseVersion)
    .filter((version): version is Version => version !== undefined)
    .sort((a, b) => compareVersions(b, a))
    .map(({ original }) => original);
}

/** The newest version in the range; the newest that is no pre-release for an empty one. Throws ChartError. */
export function matchVersion(versions: readonly string[], range: string): string {
  if (range !== '' && versions.includes(range)) return range;
  const constraints = parseConstraints(range === '' ? '*' : range);
  if (constraints === undefined) throw new ChartError(constraintProblem(range));
  for (const text of versions) {
    const version = parseVersion(text);
    if (version !== undefined && satisfies(version, constraints)) return text;
  }
  throw new ChartError(`could not locate a version matching provided version string ${range}`);
}
