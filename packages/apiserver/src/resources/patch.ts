/**
 * PATCH: the client says what is to change, the server works it out on the stored object, and again when another writer
 * came between.
 */
import { deepCopy, notFound } from '@kindred/machinery';
import type { ApiResponse } from '../request/api-response.ts';
import { apply } from './apply.ts';
import { acceptObject } from './incoming-object.ts';
import { applyPatchDocument, patchKindOf, readPatch } from './patch-documents.ts';
import type { ResourceRequest } from './resource-request.ts';
import { updateObject } from './update-object.ts';
import { readWriteOptions } from './write-options.ts';
import { writtenResponse } from './written-response.ts';

/** Times that a patch is worked out anew before the client is told of the conflict. */
const attempts = 20;

/** @throws StatusError 400, 404, 409, 413, 415, 422. */
export async function patch(request: ResourceRequest): Promise<ApiResponse> {
  const { exchange, resource, name, subresource } = request;
  const kind = patchKindOf(exchange.request.headers['content-type'], resource);
  const document = readPatch(kind, await exchange.request.body());
  if (kind === 'apply') return apply(request, document);
  const options = readWriteOptions('PatchOptions', exchange.request);
  const written = await updateObject(request, options, {
    subresource,
    demandVersion: false,
    attempts,
    produce(stored) {
      const patched = applyPatchDocument(document, resource.read(stored), resource);
      // The result shares parts with the stored object, which the steps of a write must not change.
      return { object: acceptObject(request, options, deepCopy(patched), document.duplicateFields) };
    },
  });
  if (written === undefined) throw notFound(resource.groupResource, name);
  return writtenResponse(request, written, 200);
}
