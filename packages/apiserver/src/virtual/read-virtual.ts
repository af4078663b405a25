/**
 * GET of one object and of a collection without storage. What the source gives beyond the selectors is dropped here.
 */
import { badRequest, encodeJsonText, notFound } from '@kindred/machinery';
import { negotiateFor } from '../negotiation/encode.ts';
import type { ApiResponse } from '../request/api-response.ts';
import { listResponse } from '../resources/list.ts';
import { checkListCombination } from '../resources/list-options.ts';
import { objectResponse } from '../resources/object-response.ts';
import { queryInteger } from '../resources/query-integer.ts';
import type { ServedRequest } from '../resources/resource-request.ts';
import { selectionOf } from '../resources/selection-of-request.ts';
import { selects } from '../storage/selection.ts';
import { typedObject, VirtualObjects } from './virtual-objects.ts';
import type { ListWish, SourceList, SourceObject, VirtualSource } from './virtual-source.ts';

type Read<Verb extends 'get' | 'list'> = NonNullable<VirtualSource[Verb]>;

/** @throws StatusError 404. */
export async function getVirtual(request: ServedRequest, get: Read<'get'>): Promise<ApiResponse> {
  return objectResponse(request, typedObject(await demandObject(request, get), request));
}

/** @throws StatusError 404. */
export async function demandObject(request: ServedRequest, get: Read<'get'>): Promise<SourceObject> {
  const found = await get(request);
  if (found === undefined) throw notFound(request.resource.groupResource, request.name);
  return found;
}

/** @throws StatusError 400, 406, 422. */
export async function listVirtual(request: ServedRequest, list: Read<'list'>): Promise<ApiResponse> {
  const negotiated = negotiateFor(request.exchange.request);
  const selection = selectionOf(request);
  const found = await list(request, listWishOf(request));
  const objects = new VirtualObjects(request);
  const items = found.items.map((item) => objects.show(item)).filter((item) => selects(selection, item));
  return listResponse(request, negotiated, items, listMetadata(found));
}

/** @throws StatusError 400, 422 for parameters that make no sense. */
export function listWishOf({ exchange }: ServedRequest): ListWish {
  const { query } = exchange.request;
  const resourceVersion = query.get('resourceVersion') ?? '';
  const token = query.get('continue') ?? '';
  checkListCombination(query);
  if (token !== '' && resourceVersion !== '' && resourceVersion !== '0')
    throw badRequest('specifying resource version is not allowed when using continue');
  return {
    labelSelector: query.get('labelSelector') ?? '',
    fieldSelector: query.get('fieldSelector') ?? '',
    limit: Math.max(0, queryInteger(query, 'limit') ?? 0),
    continue: token,
    resourceVersion,
  };
}

function listMetadata({ resourceVersion, continue: token, remainingItemCount }: SourceList): string {
  return encodeJsonText({
    resourceVersion,
    ...(token === undefined || token === '' ? {} : { continue: token }),
    ...(remainingItemCount === undefined ? {} : { remainingItemCount }),
  });
}
