/**
 * GET of one object: a look-up in memory, and its bytes.
 */
import { badRequest, notFound, type StatusError, tooLargeResourceVersion } from '@kindred/machinery';
import type { ApiResponse } from '../request/api-response.ts';
import { storedResponse } from './object-response.ts';
import type { ResourceRequest } from './resource-request.ts';

/** @throws StatusError 404; 504 when the client wants a newer state than there is. */
export function get(request: ResourceRequest): ApiResponse | Promise<ApiResponse> {
  const { exchange, storage, resource, namespace, name } = request;
  if (exchange.request.rawQuery !== '')
    checkResourceVersion(exchange.request.query.get('resourceVersion'), storage.revision);
  const stored = storage.get(namespace, name);
  if (stored === undefined) throw notFound(resource.groupResource, name);
  return storedResponse(request, stored);
}

function checkResourceVersion(wanted: string | null, current: number): void {
  if (wanted === null || wanted === '' || wanted === '0') return;
  const revision = parseResourceVersion(wanted);
  if (revision > current) throw tooLargeResourceVersion(revision, current);
}

/** @throws StatusError 400 for a resourceVersion that isn't one of ours. */
export function parseResourceVersion(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw invalidVersion(text);
  return Number(text);
}

function invalidVersion(text: string): StatusError {
  const quoted = JSON.stringify(text);
  return badRequest(`resourceVersion: Invalid value: ${quoted}: strconv.ParseUint: parsing ${quoted}: invalid syntax`);
}
