/** `helm list`: the newest revision of each release. */
import { parseTime } from '@kindred/machinery';
import { RE2JS } from 're2js';
import { compareText } from '../go/compare-text.ts';
import type { Release, ReleaseStatus } from '../release/release.ts';
import { type ActionContext } from './action-context.ts';
import { serverVersion } from './capabilities.ts';

export interface ListOptions {
  /** Those in one of these states; all when empty or not given. */
  readonly statuses?: readonly ReleaseStatus[] | undefined;
  /** Regular expression (RE2) that names must have a match for. */
  readonly filter?: string | undefined;
  /** On the user's labels, as in `-l`. */
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
  const { filter, selector, statuses = [], offset = 0, max = 0 } = options;
  const pattern = filter === undefined || filter === '' ? undefined : RE2JS.compile(filter);
  const all = await context.storage.driver.query(selector === undefined ? {} : { selector });
  const named = all.filter(({ name }) => pattern === undefined || pattern.matcher(name).find());
  const wanted = newestOnly(named).filter(({ info }) => statuses.length === 0 || statuses.includes(info.status));
  const sorted = wanted.toSorted(options.sortBy === 'date' ? byDate : byName);
  const ordered = options.reverse === true ? sorted.toReversed() : sorted;
  return ordered.slice(offset, max > 0 ? offset + max : undefined);
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
  return compareText(a.name, b.name);
}

/** Oldest first. */
function byDate(a: Release, b: Release): number {
  return (parseTime(a.info.lastDeployed) ?? 0) - (parseTime(b.info.lastDeployed) ?? 0);
}
