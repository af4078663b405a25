/**
 * The port to where releases are kept. Implementations: Secrets, ConfigMaps, PostgreSQL, memory; `release-driver-contract` is the suite
 * that all of them pass.
 */
import type { Release } from './release.ts';
import type { ReleaseQuery } from './release-labels.ts';

export interface ReleaseDriver {
  /** What helm calls it in messages. */
  readonly name: 'Secret' | 'ConfigMap' | 'SQL' | 'Memory';
  /** The whole record. @throws ReleaseError NotFound, Damaged */
  get(name: string, revision: number): Promise<Release>;
  /** All that match; what is damaged is told to `onDamaged` and left out. Large records may lack their files. */
  query(query: ReleaseQuery): Promise<Release[]>;
  /** @throws ReleaseError AlreadyExists, TooLarge */
  create(release: Release): Promise<void>;
  /** Replaces the record, its labels and annotations. @throws ReleaseError NotFound, TooLarge */
  update(release: Release): Promise<void>;
  /** @throws ReleaseError NotFound */
  delete(name: string, revision: number): Promise<void>;
}
