/**
 * `helm search repo`: looks for a text or a regular expression in names, descriptions and keywords of all charts. What
 * matches earlier in that order scores lower, and lower is better.
 */
import { RE2JS } from 're2js';
import { ChartError } from '../chart/chart.ts';
import { constraintProblem, parseConstraints, satisfies } from '../semver/constraint.ts';
import { compareVersions, parseVersion } from '../semver/version.ts';
import type { ChartVersion, IndexFile } from './index-file.ts';

export interface SearchOptions {
  /** What to look for; everything when empty. */
  readonly keyword: string;
  readonly regexp?: boolean;
  /** A range; `devel` decides when it is empty. */
  readonly version?: string;
  /** Pre-releases too. */
  readonly devel?: boolean;
  /** All versions instead of the newest of each chart. */
  readonly versions?: boolean;
}

export interface SearchResult {
  /** `repository/chart`. */
  readonly name: string;
  readonly chart: ChartVersion;
  readonly score: number;
}

const MAX_SCORE = 25;
const SEPARATOR = '\v';

/** Best first. Throws ChartError for a bad expression or range. */
export function searchRepositories(
  indexes: Iterable<readonly [repository: string, index: IndexFile]>,
  options: SearchOptions,
): SearchResult[] {
  const range = options.version || (options.devel === true ? '>0.0.0-0' : '>0.0.0');
  const constraints = parseConstraints(range);
  const find = finder(options);
  const results: SearchResult[] = [];
  for (const [repository, index] of indexes) {
    for (const [name, versions] of index.entries) {
      for (const chart of versions) {
        const line = searchLine(repository, chart);
        const at = find(line);
        if (at === undefined) continue;
        const score = options.keyword === '' ? 0 : scoreOf(at, line);
        if (score < MAX_SCORE) results.push({ name: `${repository}/${name}`, chart, score });
      }
    }
  }
  if (constraints === undefined) {
    throw new ChartError(`an invalid version/constraint format: ${constraintProblem(range)}`);
  }
  const found = new Set<string>();
  return results.sort(compareResults).filter(({ name, chart }) => {
    if (options.versions !== true && found.has(name)) return false;
    const version = parseVersion(chart.metadata.version);
    if (version === undefined || !satisfies(version, constraints)) return false;
    found.add(name);
    return true;
  });
}

function searchLine(repository: string, { metadata }: ChartVersion): string {
  const { name, description, keywords } = metadata;
  return [name, `${repository}/${name}`, description, keywords.join(' ')].join(SEPARATOR);
}

/** Where the line matches; undefined when it doesn't. */
function finder({ keyword, regexp = false }: SearchOptions): (line: string) => number | undefined {
  if (keyword === '') return () => 0;
  if (!regexp) {
    const wanted = keyword.toLowerCase();
    return (line) => {
      const at = line.toLowerCase().indexOf(wanted);
      return at < 0 ? undefined : at;
    };
  }
  const expression = compile(keyword);
  // The versions of a chart mostly say the same of themselves.
  const known = new Map<string, number | undefined>();
  return (line) => {
    if (!known.has(line)) {
      const matcher = expression.matcher(line);
      known.set(line, matcher.find() ? matcher.start() : undefined);
    }
    return known.get(line);
  };
}

function compile(source: string): RE2JS {
  try {
    return RE2JS.compile(source);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new ChartError(error.message, { cause: error });
  }
}

function scoreOf(at: number, line: string): number {
  return line.slice(0, at).split(SEPARATOR).length - 1;
}

function compareResults(a: SearchResult, b: SearchResult): number {
  if (a.score !== b.score) return a.score - b.score;
  if (a.name !== b.name) return a.name < b.name ? -1 : 1;
  const [left, right] = [parseVersion(a.chart.metadata.version), parseVersion(b.chart.metadata.version)];
  return left === undefined || right === undefined ? 0 : compareVersions(right, left);
}
