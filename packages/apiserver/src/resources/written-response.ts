/**
 * The answer to a write: the object as it is now, in the version of the request.
 */
import { deepCopy } from '@kindred/machinery';
import type { ApiResponse } from '../request/api-response.ts';
import { objectResponse, storedResponse } from './object-response.ts';
import type { ResourceRequest } from './resource-request.ts';
import type { Written } from './write.ts';

/** 201 for a new object, 200 for a changed one. */
export function writtenResponse(
  request: ResourceRequest,
  { stored, object }: Written,
  status: 200 | 201,
): ApiResponse | Promise<ApiResponse> {
  if (stored !== undefined) return storedResponse(request, stored, status);
  const { resource } = request;
  return objectResponse(request, resource.kind.custom ? object : resource.fromStorage(deepCopy(object)), status);
}
