/**
 * The answer that holds one object: its stored bytes as they are, or a Table or its metadata where the client asks for it.
 */
import { encodeJson, notAcceptable, type Unstructured } from '@kindred/machinery';
import { acceptedMediaTypes } from '../negotiation/accept.ts';
import { jsonResponse, negotiateFor } from '../negotiation/encode.ts';
import type { ApiResponse } from '../request/api-response.ts';
import type { StoredObject } from '../storage/stored-object.ts';
import {
  columnDefinitionsJson,
  includeObjectOf,
  oneRowTableJson,
  partialMetadataJson,
  rowJson,
} from '../tables/table.ts';
import type { ServedRequest } from './resource-request.ts';

/** Answers with a stored object, in the version of the request. */
export function storedResponse(
  request: ServedRequest,
  stored: StoredObject,
  status = 200,
): ApiResponse | Promise<ApiResponse> {
  const { exchange, resource } = request;
  const negotiated = negotiateFor(exchange.request);
  if (negotiated.representation === 'object') {
    return jsonResponse(exchange.request, negotiated, resource.bytes(stored), status);
  }
  return objectResponse(request, resource.read(stored), status);
}

/** Answers with an object that isn't stored: the outcome of a dry run, the last state of a deleted one. */
export function objectResponse(
  request: ServedRequest,
  object: Unstructured,
  status = 200,
): ApiResponse | Promise<ApiResponse> {
  const { exchange, resource, server } = request;
  const negotiated = negotiateFor(exchange.request);
  const { representation, version } = negotiated;
  if (representation === 'object') return jsonResponse(exchange.request, negotiated, encodeJson(object), status);
  if (representation === 'PartialObjectMetadata') {
    return jsonResponse(exchange.request, negotiated, Buffer.from(partialMetadataJson(object, version)), status);
  }
  if (representation !== 'Table') throw notAcceptable(acceptedMediaTypes);
  const include = includeObjectOf(exchange.request.query.get('includeObject'));
  const { definition } = resource;
  const row = rowJson(object, { definition, include, version, now: server.clock.now() });
  const columns = columnDefinitionsJson(definition);
  const table = oneRowTableJson(row, columns, object.metadata.resourceVersion ?? '', version);
  return jsonResponse(exchange.request, negotiated, Buffer.from(table), status);
}
