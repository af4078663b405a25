/**
 * Order of resource versions. Kubernetes promises since KEP-5504 that they are decimal integers of any size and grow;
 * versions that aren't are comparable for equality only.
 */

/** Negative, zero or positive as `a` is older than, equal to or newer than `b`; undefined when they have no order. */
export function compareResourceVersions(a: string, b: string): number | undefined {
  if (a === b) return 0;
  if (!isOrdered(a) || !isOrdered(b)) return undefined;
  if (a.length !== b.length) return a.length - b.length;
  return a < b ? -1 : 1;
}

function isOrdered(version: string): boolean {
  return /^(0|[1-9][0-9]*)$/.test(version);
}
