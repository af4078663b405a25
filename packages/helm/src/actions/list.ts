/** `helm list`: the newest revision of each release. */
import { parseLabelSelector, parseTime } from '@kindred/machinery';
import { RE2JS } from 're2js';
import { compareText } from '../go/compare-text.ts';
import type { Release, ReleaseStatus } from '../release/release.ts';
import { storedLabels } from '../release/release-labels.ts';
import type { ActionContext } from './action-context.ts';
import { serverVersion } from './capabilities.ts';

export interface ListOptions {
  /** Those in one of these states; all when empty or not given. */
  readonly statuses?: readonly ReleaseStatus[] | undefined;
  /** Regular expression (RE2) that names must have a match for. */
  readonly filter?: string | undefined;
  /** On the labels of the newest revision's record, the user's and those that it is found by. */
  readonly selector?: string | undefined;
  readonly sortBy?: 'name' | 'date' | undefined;
  readonly reverse?: boolean | undefined;
  readonly offset?: number | undefined;
  /** 0: no limit. */
  readonly max?: number | undefined;
}

/** @throws RE2JSSyntaxException for a broken filter; StatusError for a broken selector */
export async function list(context: ActionContext, options: ListOptions = {}): Promise<Release[]> {
  await serverVersion(context.client, context.signal);
  const { statuses = [], offset = 0, max = 0 } = options;
  const hasName = nameFilter(options.filter ?? '');
  const hasLabels = labelFilter(options.selector ?? '');
  const named = (await context.storage.driver.query({})).filter(({ name }) => hasName(name));
  // Superseded revisions are never the newest ones.
  const onlySuperseded = statuses.length === 1 && statuses[0] === 'superseded';
  const candidates = onlySuperseded ? named : newestOnly(named);
  const wanted = candidates.filter(
    (release) => (statuses.length === 0 || statuses.includes(release.info.status)) && hasLabels(release),
  );
  const sorted = wanted.toSorted(options.sortBy === 'date' ? byDate : byName);
  const ordered = options.reverse === true ? sorted.toReversed() : sorted;
  const start = Math.max(0, offset);
  return ordered.slice(start, max > 0 ? start + max : undefined);
}

function nameFilter(pattern: string): (name: string) => boolean {
  if (pattern === '') return () => true;
  const regex = RE2JS.compile(pattern);
  return (name) => regex.matcher(name).find();
}

function labelFilter(selector: string): (release: Release) => boolean {
  if (selector === '') return () => true;
  const parsed = parseLabelSelector(selector);
  return (release) => parsed.matches(storedLabels(release, 'modifiedAt', 0));
}

function newestOnly(releases: readonly Release[]): Release[] {
  const newest = new Map<string, Release>();
  for (const release of releases) {
    const key = `${release.namespace}/${release.name}`;
    const known = newest.get(key);
    if (known === undefined || known.revision < release.revision) newest.set(key, release);
  }
  return [...newest.values()];
}

function byName(a: Release, b: Release): number {
  return compareText(a.name, b.name) || compareText(a.namespace, b.namespace) || a.revision - b.revision;
}

/** Oldest first. */
function byDate(a: Release, b: Release): number {
  return (parseTime(a.info.lastDeployed) ?? 0) - (parseTime(b.info.lastDeployed) ?? 0) || byName(a, b);
}
