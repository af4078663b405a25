/**
 * What a request takes the object for: its uid and resourceVersion, from the body of an update or from DeleteOptions.
 */
import { conflict, type GroupResource, OBJECT_MODIFIED } from '@kindred/machinery';
import type { StoredObject } from '../storage/stored-object.ts';

/** @throws StatusError 409 when the object is another one, or has another version. */
export function demandSameUid(groupResource: GroupResource, stored: StoredObject, uid: string | undefined): void {
  const found = stored.object.metadata.uid ?? '';
  if (uid === undefined || uid === '' || uid === found) return;
  throw conflict(
    groupResource,
    stored.name,
    `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${found}`,
  );
}

/** @throws StatusError 409. */
export function demandSameVersion(
  groupResource: GroupResource,
  stored: StoredObject,
  version: string | undefined,
): void {
  if (version === undefined || version === '' || version === String(stored.revision)) return;
  throw conflict(groupResource, stored.name, OBJECT_MODIFIED);
}
