/**
 * What a request takes the object for: its uid and resourceVersion, from the body of an update or from DeleteOptions.
 */
import { conflict, type GroupResource, OBJECT_MODIFIED } from '@kindred/machinery';
import type { StoredObject } from '../storage/stored-object.ts';

/** @throws StatusError 409 when the object is another one, or has another version. */
export function demandSameUid(groupResource: GroupResource, stored: StoredObject, uid: string | undefined): void {
  demandUid(groupResource, stored.name, uid, stored.object.metadata.uid);
}

/** The same for an object that isn't stored. @throws StatusError 409. */
export function demandUid(groupResource: GroupResource, name: string, uid = '', found = ''): void {
  if (uid === '' || uid === found) return;
  throw conflict(groupResource, name, `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${found}`);
}

/** @throws StatusError 409. */
export function demandSameVersion(
  groupResource: GroupResource,
  stored: StoredObject,
  version: string | undefined,
): void {
  demandVersion(groupResource, stored.name, version, String(stored.revision));
}

/** The same for an object that isn't stored. @throws StatusError 409. */
export function demandVersion(groupResource: GroupResource, name: string, version = '', found = ''): void {
  if (version === '' || version === found) return;
  throw conflict(groupResource, name, OBJECT_MODIFIED);
}
