/**
 * Server-side apply: the client states the fields that it cares about, the server merges them into what is there and
 * remembers who wants what ("Server-Side Apply", Kubernetes documentation). An object that doesn't exist is created.
 */
import {
  type ApplyResult,
  applyConflict,
  applyConflictCauses,
  applyConflictMessage,
  applyObject,
  badRequest,
  conflict,
  deepCopy,
  exceptStatus,
  type FieldFilter,
  formatGroupResource,
  formatTime,
  isJsonObject,
  isStatusError,
  type JsonObject,
  onlyStatus,
  type StatusError,
  type Unstructured,
  validateApplied,
} from '@kindred/machinery';
import { attributesOf, denied } from '../chain/authorize.ts';
import type { ApiResponse } from '../request/api-response.ts';
import { createObject } from './create-object.ts';
import { acceptObject, fitAndReport } from './incoming-object.ts';
import { versionConverter } from './other-versions.ts';
import type { PatchDocument } from './patch-documents.ts';
import type { ResourceRequest, ServedRequest } from './resource-request.ts';
import { type Desired, updateObject } from './update-object.ts';
import { readWriteOptions, type WriteOptions } from './write-options.ts';
import { writtenResponse } from './written-response.ts';

/** Times that an object is found missing and then there, before the client is told. */
const creations = 5;

/** @throws StatusError 400, 409 with the conflicts, 422. */
export async function apply(request: ResourceRequest, document: PatchDocument): Promise<ApiResponse> {
  const { exchange, resource, subresource } = request;
  const options = readWriteOptions('PatchOptions', exchange.request, { apply: true });
  const applied = appliedConfiguration(request, options, document);
  for (let attempt = 1; ; attempt++) {
    const written = await updateObject(request, options, {
      subresource,
      demandVersion: false,
      produce: (stored) => mergeApplied(request, options, applied, resource.read(stored)),
    });
    if (written !== undefined) return writtenResponse(request, written, 200);
    await demandMayCreate(request, applied);
    const { object } = mergeApplied(request, options, applied, undefined);
    try {
      return writtenResponse(request, await createObject(request, options, object, { applied: true }), 201);
    } catch (error) {
      // Somebody was faster to create it: then it is there to be merged with.
      if (!isStatusError(error, 'AlreadyExists') || attempt === creations) throw error;
    }
  }
}

/** What an apply patch says. @throws StatusError 400. */
export function appliedConfiguration(
  request: ServedRequest,
  options: WriteOptions,
  document: PatchDocument,
): Unstructured {
  const { value } = document;
  if (!isJsonObject(value) || typeof value['apiVersion'] !== 'string' || typeof value['kind'] !== 'string') {
    throw badRequest('invalid object type: apply configurations must have apiVersion and kind');
  }
  const { apiVersion, definition } = request.resource;
  if (value['apiVersion'] !== apiVersion) {
    const versions = `Specified patch version: ${value['apiVersion']}, expected: ${apiVersion}`;
    throw badRequest(`Incorrect version specified in apply patch. ${versions}`);
  }
  demandNoManagedFields(value);
  // Before unknown fields are dropped, and nulls with them: an apply that can't be what its author means changes nothing.
  const errors = value['kind'] === definition.kind ? validateApplied(value, definition.mergeSchema) : [];
  if (errors.length > 0) throw notTyped(request, errors);
  return fitAndReport(request, options, value, document.duplicateFields);
}

function demandNoManagedFields({ metadata }: JsonObject): void {
  if (!isJsonObject(metadata)) return;
  const { managedFields } = metadata;
  if (Array.isArray(managedFields) && managedFields.length > 0) throw badRequest('metadata.managedFields must be nil');
  delete metadata['managedFields'];
}

function notTyped({ resource, namespace, name }: ServedRequest, errors: readonly string[]): StatusError {
  const { definition } = resource;
  const kind = `${definition.group}/${definition.version}, Kind=${definition.kind}`;
  const list = errors.length === 1 ? errors[0] : ['errors:', ...errors.map((error) => `  ${error}`)].join('\n');
  return badRequest(`failed to create typed patch object (${namespace}/${name}; ${kind}): ${list}`);
}

/** The live object with what is applied in it; without one, what is applied. @throws StatusError 400, 409. */
export function mergeApplied(
  request: ServedRequest,
  options: WriteOptions,
  applied: Unstructured,
  live: Unstructured | undefined,
): Desired {
  const { resource, server, subresource } = request;
  const { definition } = resource;
  const filter = filterOf(request);
  const result = applyObject({
    live,
    applied,
    schema: definition.mergeSchema,
    manager: options.fieldManager,
    force: options.force,
    apiVersion: resource.apiVersion,
    subresource,
    now: formatTime(server.clock.now()),
    convert: versionConverter(server.registry, resource),
    ...(filter === undefined ? {} : { filter }),
  });
  // The result shares parts with the stored object, which the steps of a write must not change.
  const object = deepCopy(outcomeOf(request, result));
  return { object: acceptObject(request, { ...options, fieldValidation: 'Ignore' }, object, []), applied: true };
}

/** What the apply made. @throws StatusError 400, 409 with the conflicts. */
export function outcomeOf(request: ServedRequest, result: ApplyResult): Unstructured {
  if (result.kind === 'applied') return result.object;
  if (result.kind === 'invalid') throw notTyped(request, result.errors);
  const where = request.namespace === '' ? '' : ` in namespace ${JSON.stringify(request.namespace)}`;
  const subject = `${formatGroupResource(request.resource.groupResource)} ${JSON.stringify(request.name)}${where}`;
  throw applyConflict(applyConflictMessage(result.conflicts, subject), applyConflictCauses(result.conflicts));
}

function filterOf({ resource, subresource }: ServedRequest): FieldFilter | undefined {
  if (!resource.definition.subresources.some(({ name }) => name === 'status')) return undefined;
  return subresource === 'status' ? onlyStatus : exceptStatus;
}

/** Who may only patch can't create through apply. */
export async function demandMayCreate(
  { exchange, server, resource, name }: ServedRequest,
  applied: Unstructured,
): Promise<void> {
  const { uid } = applied.metadata;
  if (uid !== undefined && uid !== '') {
    const detail = `uid mismatch: the provided object specified uid ${uid}, and no existing object was found`;
    throw conflict(resource.groupResource, name, detail);
  }
  const attributes = { ...attributesOf(exchange), verb: 'create' };
  const decision = await server.authorizer.authorize(attributes);
  if (decision.decision !== 'allow') throw denied(attributes, decision.reason ?? '');
}
