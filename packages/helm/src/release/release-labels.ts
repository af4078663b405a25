/** The labels of a stored release: those that it is found by, and the user's own. */

import type { Release, ReleaseStatus } from './release.ts';
import { ReleaseError } from './release-error.ts';

export type Labels = Readonly<Record<string, string>>;

/** Labels that the record needs; in the order in which helm names them. */
const SYSTEM_LABELS: readonly string[] = ['name', 'owner', 'status', 'version', 'createdAt', 'modifiedAt'];

/** What a lookup asks for; a status is looked up by label, which helm trusts too. */
export interface ReleaseQuery {
  readonly name?: string;
  readonly status?: ReleaseStatus;
  /** Further terms on the user's labels, as in `-l`. */
  readonly selector?: string;
}

/** The selector of a query, as helm sends it: sorted by key. */
export function selectorOf({ name, status, selector }: ReleaseQuery): string {
  const terms = [
    ...(name === undefined ? [] : [`name=${name}`]),
    'owner=helm',
    ...(status === undefined ? [] : [`status=${status}`]),
    ...(selector === undefined || selector === '' ? [] : [selector]),
  ];
  return terms.join(',');
}

/** All labels of the object: `time` is when it is written, in milliseconds. */
export function storedLabels(release: Release, written: 'createdAt' | 'modifiedAt', time: number): Labels {
  return {
    ...release.labels,
    [written]: String(Math.floor(time / 1000)),
    name: release.name,
    owner: 'helm',
    status: release.info.status,
    version: String(release.revision),
  };
}

/** Those labels of an object that are the user's. */
export function userLabels(labels: Labels | undefined): Labels {
  return Object.fromEntries(Object.entries(labels ?? {}).filter(([key]) => !SYSTEM_LABELS.includes(key)));
}

/** Those labels of an object that say when it was written. */
export function timeLabels(labels: Labels | undefined): Labels {
  const names = ['createdAt', 'modifiedAt'];
  return Object.fromEntries(Object.entries(labels ?? {}).filter(([key]) => names.includes(key)));
}

/** @throws ReleaseError when a label is one of those that the record needs */
export function checkUserLabels(labels: Labels): void {
  if (!Object.keys(labels).some((key) => SYSTEM_LABELS.includes(key))) return;
  const names = `[${SYSTEM_LABELS.join(' ')}]`;
  throw new ReleaseError(
    'Invalid',
    `user supplied labels contains system reserved label name. System labels: ${names}`,
  );
}
