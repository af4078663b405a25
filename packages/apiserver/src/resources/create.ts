/**
 * POST to a collection: a new object.
 */
import type { ApiResponse } from '../request/api-response.ts';
import { createObject } from './create-object.ts';
import { incomingObject } from './incoming-object.ts';
import type { ResourceRequest } from './resource-request.ts';
import { readWriteOptions } from './write-options.ts';
import { writtenResponse } from './written-response.ts';

/** Answers 201 with the object as it was stored. */
export async function create(request: ResourceRequest): Promise<ApiResponse> {
  const options = readWriteOptions('CreateOptions', request.exchange.request);
  const { object, asSent } = incomingObject(request, options, await request.exchange.request.body());
  return writtenResponse(request, await createObject(request, options, object, { asSent }), 201);
}
