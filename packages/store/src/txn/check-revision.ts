/** Which revisions a reader may ask for. */
import { type RangeRequest, type Revision, StoreError } from '../port.ts';

/** Throws `futureRevision` or `compacted` for a range that cannot be read; gives the revision to read at. */
export function readableRevision(request: RangeRequest, current: Revision, compacted: Revision): Revision {
  const revision = request.revision ?? 0;
  if (revision === 0) return current;
  if (revision > current) {
    throw new StoreError('futureRevision', `revision ${revision} is in the future, the newest is ${current}`);
  }
  if (revision < compacted) throw compactedError(revision, compacted);
  return revision;
}

/** The error for a revision whose history is gone. */
export function compactedError(revision: Revision, compacted: Revision): StoreError {
  return new StoreError('compacted', `revision ${revision} has been compacted, history begins after ${compacted}`, {
    compactedRevision: compacted,
  });
}
