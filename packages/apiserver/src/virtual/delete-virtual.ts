/**
 * DELETE of an object without storage, and of all that a collection selects.
 */
import { isStatusError, success, type Unstructured } from '@kindred/machinery';
import { statusResponse } from '../chain/error-response.ts';
import { negotiateFor, valueResponse } from '../negotiation/encode.ts';
import type { ApiResponse } from '../request/api-response.ts';
import { type DeleteOptions, readDeleteOptions } from '../resources/delete-options.ts';
import { listResponse } from '../resources/list.ts';
import { objectResponse } from '../resources/object-response.ts';
import { demandUid, demandVersion } from '../resources/preconditions.ts';
import type { ServedRequest } from '../resources/resource-request.ts';
import { selectionOf } from '../resources/selection-of-request.ts';
import { selects } from '../storage/selection.ts';
import type { StoredObject } from '../storage/stored-object.ts';
import { demandObject, listWishOf } from './read-virtual.ts';
import { typedObject, VirtualObjects } from './virtual-objects.ts';
import type { SourceObject, VirtualSource } from './virtual-source.ts';

export type DeletableSource = VirtualSource & Required<Pick<VirtualSource, 'delete'>>;
export type ClearableSource = DeletableSource & Required<Pick<VirtualSource, 'list'>>;

/** Answers with a Status when the object is gone, with the object when it lives on for a while. */
export async function deleteVirtual(request: ServedRequest, source: DeletableSource): Promise<ApiResponse> {
  const options = await readDeleteOptions(request);
  const { left, found } = await deleteOne(request, source, options);
  if (left !== undefined) return objectResponse(request, left);
  const { group, resource } = request.resource.definition;
  const uid = found?.metadata.uid;
  const details = { name: request.name, group, kind: resource, ...(uid === undefined ? {} : { uid }) };
  return valueResponse(request.exchange.request, success(details));
}

/** Deletes what the selectors select, one after the other; answers with the list of the deleted objects. */
export async function deleteCollectionVirtual(request: ServedRequest, source: ClearableSource): Promise<ApiResponse> {
  const negotiated = negotiateFor(request.exchange.request);
  const selection = selectionOf(request);
  const options = await readDeleteOptions(request);
  const { items, resourceVersion } = await source.list(request, listWishOf(request));
  const objects = new VirtualObjects(request);
  const selected = items.map((item) => objects.show(item)).filter((item) => selects(selection, item));
  const deleted: StoredObject[] = [];
  for (const item of selected) {
    const left = await deleteIfThere({ ...request, namespace: item.namespace, name: item.name }, source, options);
    if (left !== undefined) deleted.push(left.left === undefined ? item : objects.show(left.left));
  }
  if (negotiated.representation !== 'object')
    return statusResponse(success({ kind: request.resource.definition.resource }));
  return listResponse(request, negotiated, deleted, JSON.stringify({ resourceVersion }));
}

interface Deleted {
  /** What `get` had found, where there is one. */
  readonly found: SourceObject | undefined;
  /** The object, when it isn't gone yet. */
  readonly left: Unstructured | undefined;
}

async function deleteOne(request: ServedRequest, source: DeletableSource, options: DeleteOptions): Promise<Deleted> {
  const { resource, name } = request;
  const found = source.get === undefined ? undefined : await demandObject(request, source.get);
  if (found !== undefined) {
    demandUid(resource.groupResource, name, options.preconditions.uid, found.metadata.uid);
    demandVersion(resource.groupResource, name, options.preconditions.resourceVersion, found.metadata.resourceVersion);
  }
  const left = await source.delete(request, options);
  return { found, left: left === undefined ? undefined : typedObject(left, request) };
}

async function deleteIfThere(
  request: ServedRequest,
  source: DeletableSource,
  options: DeleteOptions,
): Promise<Deleted | undefined> {
  try {
    return await deleteOne(request, source, options);
  } catch (error) {
    // Somebody else was faster, which is what this request wanted.
    if (isStatusError(error, 'NotFound')) return undefined;
    throw error;
  }
}
