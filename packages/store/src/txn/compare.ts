/** Comparisons of a transaction, with etcd's rules: an absent key has revision and version 0, and no value to compare. */
import type { Compare } from '../port.ts';

/** What comparisons look at, besides the value. */
export interface KeyMetadata {
  readonly createRevision: number;
  readonly modRevision: number;
  readonly version: number;
}

/** Whether the comparison is true of the key's present state; `readValue` is called only when the value matters. */
export function compareHolds(
  compare: Compare,
  metadata: KeyMetadata | undefined,
  readValue: () => Uint8Array | undefined,
): boolean {
  if (compare.target === 'value') {
    const value = metadata === undefined ? undefined : readValue();
    if (value === undefined) return false;
    return (Buffer.compare(value, compare.than) === 0) === (compare.is === '=');
  }
  const actual = metadata === undefined ? 0 : numberOf(metadata, compare.target);
  switch (compare.is) {
    case '=':
      return actual === compare.than;
    case '!=':
      return actual !== compare.than;
    case '<':
      return actual < compare.than;
    case '>':
      return actual > compare.than;
  }
}

function numberOf(metadata: KeyMetadata, target: 'mod' | 'create' | 'version'): number {
  if (target === 'mod') return metadata.modRevision;
  return target === 'create' ? metadata.createRevision : metadata.version;
}
