/**
 * Changes of records as changes of releases: which revisions there are of each is all it needs to know. Pure, so that a
 * watch only has to fetch what it names.
 */
import { keyOfRelease, type RecordMetadata } from './record-metadata.ts';

/** What a change of a record means for its release. */
export type ReleaseChange =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' }
  /** The newest record is gone, and an older one stands for the release again. */
  | { readonly type: 'FALLBACK'; readonly revision: number }
  /** An older record changed: nothing that the release shows. */
  | { readonly type: 'NONE' };

export class ReleaseTracker {
  readonly #revisions = new Map<string, Set<number>>();

  constructor(records: readonly RecordMetadata[] = []) {
    for (const record of records) this.#add(record);
  }

  /** Takes a change of a record; one that was told before changes nothing. */
  changed(record: RecordMetadata): ReleaseChange {
    const known = this.#newest(record);
    this.#add(record);
    if (known === undefined) return { type: 'ADDED' };
    return { type: record.revision >= known ? 'MODIFIED' : 'NONE' };
  }

  deleted(record: RecordMetadata): ReleaseChange {
    const key = keyOfRelease(record);
    const known = this.#newest(record);
    const revisions = this.#revisions.get(key);
    if (revisions?.delete(record.revision) !== true) return { type: 'NONE' };
    if (revisions.size === 0) {
      this.#revisions.delete(key);
      return { type: 'DELETED' };
    }
    return known === record.revision ? { type: 'FALLBACK', revision: Math.max(...revisions) } : { type: 'NONE' };
  }

  #add(record: RecordMetadata): void {
    const key = keyOfRelease(record);
    const revisions = this.#revisions.get(key) ?? new Set();
    this.#revisions.set(key, revisions.add(record.revision));
  }

  #newest(record: RecordMetadata): number | undefined {
    const revisions = this.#revisions.get(keyOfRelease(record));
    return revisions === undefined ? undefined : Math.max(...revisions);
  }
}
