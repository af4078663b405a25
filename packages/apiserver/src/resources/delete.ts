/**
 * DELETE of one object, and of all that a collection selects.
 */
import { isStatusError, success } from '@kindred/machinery';
import { statusResponse } from '../chain/error-response.ts';
import { negotiateFor, valueResponse } from '../negotiation/encode.ts';
import type { ApiResponse } from '../request/api-response.ts';
import type { StoredObject } from '../storage/stored-object.ts';
import { type Deleted, deleteObject } from './delete-object.ts';
import { readDeleteOptions } from './delete-options.ts';
import { listResponse } from './list.ts';
import { objectResponse, storedResponse } from './object-response.ts';
import { queryInteger } from './query-integer.ts';
import type { ResourceRequest } from './resource-request.ts';
import { selectionOf } from './selection-of-request.ts';

/** Answers with a Status when the object is gone, with the object when it is only marked. */
export async function deleteOne(request: ResourceRequest): Promise<ApiResponse> {
  const options = await readDeleteOptions(request);
  const deleted = await deleteObject(request, request.namespace, request.name, options);
  return deletedResponse(request, deleted);
}

/** The answer to a deletion. Pods come back whole even when they are gone, as their clients expect. */
function deletedResponse(request: ResourceRequest, deleted: Deleted): ApiResponse | Promise<ApiResponse> {
  const { exchange, resource } = request;
  const isPod = resource.definition.gracePeriodSeconds !== undefined;
  if (deleted.gone && !isPod) {
    const { uid, name } = deleted.object.metadata;
    return valueResponse(
      exchange.request,
      success({
        name: name ?? '',
        ...(resource.definition.group === '' ? {} : { group: resource.definition.group }),
        kind: resource.definition.resource,
        ...(uid === undefined ? {} : { uid }),
      }),
    );
  }
  return deleted.stored === undefined
    ? objectResponse(request, deleted.object)
    : storedResponse(request, deleted.stored);
}

/** Deletes what the selectors select, one after the other; answers with the list of the deleted objects. */
export async function deleteCollection(request: ResourceRequest): Promise<ApiResponse> {
  const { exchange, storage } = request;
  const negotiated = negotiateFor(exchange.request);
  const selection = selectionOf(request);
  const options = await readDeleteOptions(request);
  const limit = queryInteger(exchange.request.query, 'limit') ?? 0;
  const found = storage.list({ ...selection, ...(limit > 0 ? { limit } : {}) });
  const deleted: StoredObject[] = [];
  for (const stored of found.items) {
    const result = await deleteIfThere(request, stored, options);
    if (result !== undefined) deleted.push(result.stored ?? stored);
  }
  if (negotiated.representation !== 'object')
    return statusResponse(success({ kind: request.resource.definition.resource }));
  return listResponse(request, negotiated, deleted, JSON.stringify({ resourceVersion: String(storage.revision) }));
}

async function deleteIfThere(
  request: ResourceRequest,
  { namespace, name }: StoredObject,
  options: Parameters<typeof deleteObject>[3],
): Promise<Deleted | undefined> {
  try {
    return await deleteObject(request, namespace, name, options);
  } catch (error) {
    // Somebody else was faster, which is what this request wanted.
    if (isStatusError(error, 'NotFound')) return undefined;
    throw error;
  }
}
