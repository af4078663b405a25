/** Tells before anything is applied how large the record of a release is. */
import { recordSize } from '../release/record-size.ts';
import type { Release } from '../release/release.ts';
import type { ActionContext } from './action-context.ts';

/** Tells of records that come near to what an object holds. */
export function reportSize({ report, storage }: ActionContext, release: Release): void {
  const { name } = storage.driver;
  if (name === 'SQL' || name === 'Memory') return;
  const raw = release.manifest.length + (release.chart?.files ?? []).reduce((sum, { data }) => sum + data.length, 0);
  // Measuring costs as much as writing; small releases are spared it.
  if (raw < 512 * 1024) return;
  const size = recordSize(release);
  if (size.packedBytes * 2 > size.limit) report({ type: 'record-size', size });
}
