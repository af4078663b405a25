/**
 * PUT: a whole object in place of the stored one. Some kinds may be created this way.
 */
import { notFound } from '@kindred/machinery';
import type { ApiResponse } from '../request/api-response.ts';
import { createObject } from './create-object.ts';
import { incomingObject } from './incoming-object.ts';
import type { ResourceRequest } from './resource-request.ts';
import { updateObject } from './update-object.ts';
import { readWriteOptions } from './write-options.ts';
import { writtenResponse } from './written-response.ts';

/** @throws StatusError 404, 409, 422. */
export async function update(request: ResourceRequest): Promise<ApiResponse> {
  const { exchange, resource, name, subresource } = request;
  const options = readWriteOptions('UpdateOptions', exchange.request);
  const bytes = await exchange.request.body();
  const written = await updateObject(request, options, {
    subresource,
    demandVersion: true,
    // Decoded anew for each attempt, since the steps of a write change the object.
    produce: () => ({ object: incomingObject(request, options, bytes).object }),
  });
  if (written !== undefined) return writtenResponse(request, written, 200);
  if (subresource !== '' || !resource.definition.allowCreateOnUpdate) throw notFound(resource.groupResource, name);
  const { object, asSent } = incomingObject(request, options, bytes);
  return writtenResponse(request, await createObject(request, options, object, { asSent }), 201);
}
