/**
 * The first half of a write: from the request's body to an object of the stored version. Decode, check the kind, fit the
 * fields, default, convert.
 */
import { badRequest, type Unstructured } from '@kindred/machinery';
import { decodeBody, objectOf } from '../decoding/decode-object.ts';
import { reportFields } from '../decoding/field-validation.ts';
import { bytesBehindMetadata } from '../storage/object-bytes.ts';
import type { ServedRequest } from './resource-request.ts';
import type { ServedResource } from './served-resource.ts';
import type { WriteOptions } from './write-options.ts';

/** What a body said that needed nothing done to it: true of an object as long as only its metadata changes. */
export interface AsSent {
  /** The object's bytes behind its metadata, where the body has them as the store would write them. */
  readonly rest: Uint8Array | undefined;
}

export interface Incoming {
  readonly object: Unstructured;
  /** Only of an object that was in order: nothing dropped, nothing defaulted, nothing to find fault with. */
  readonly asSent: AsSent | undefined;
}

/**
 * The object that the body holds, defaulted, in the version that writes work in.
 *
 * @throws StatusError 400, 415.
 */
export function incomingObject(request: ServedRequest, options: WriteOptions, bytes: Uint8Array): Incoming {
  const { exchange, resource, server } = request;
  if (bytes.byteLength === 0)
    throw badRequest(`the request body must be one ${resource.definition.kind} object, found nothing`);
  const { value, duplicateFields, verbatim } = decodeBody({
    bytes,
    contentType: exchange.request.headers['content-type'],
    typeTable: resource.kind.custom ? undefined : server.typeTable,
    duplicates: options.fieldValidation !== 'Ignore',
  });
  const { object, inOrder } = accept(request, options, value, duplicateFields);
  // Where status is a subresource, it goes away with the first step of a write.
  if (!inOrder || object['status'] !== undefined) return { object, asSent: undefined };
  return { object, asSent: { rest: verbatim === true ? bytesBehindMetadata(bytes) : undefined } };
}

/** What a patch made of an object, treated as if it had come as a body. */
export function acceptObject(
  request: ServedRequest,
  options: WriteOptions,
  value: unknown,
  duplicateFields: readonly string[],
): Unstructured {
  return accept(request, options, value, duplicateFields).object;
}

function accept(
  request: ServedRequest,
  options: WriteOptions,
  value: unknown,
  duplicateFields: readonly string[],
): Fitted {
  const { resource } = request;
  const { object, inOrder } = fit(request, options, value, duplicateFields);
  if (!inOrder) resource.definition.setDefaults(object);
  return { object: resource.kind.custom ? object : resource.toStorage(object), inOrder };
}

/** The value as an object of the request's kind, without the fields that the kind doesn't have. */
export function fitAndReport(
  request: ServedRequest,
  options: WriteOptions,
  value: unknown,
  duplicateFields: readonly string[],
): Unstructured {
  return fit(request, options, value, duplicateFields).object;
}

interface Fitted {
  readonly object: Unstructured;
  /** Nothing in it but the metadata had to be looked at closely. */
  readonly inOrder: boolean;
}

function fit(
  { exchange, resource }: ServedRequest,
  options: WriteOptions,
  value: unknown,
  duplicateFields: readonly string[],
): Fitted {
  const { kind, version } = resource.definition;
  const object = objectOf(value, { apiVersion: resource.apiVersion, kind });
  const findings = resource.kind.fitFields(object);
  reportFields({
    kind,
    version,
    directive: options.fieldValidation,
    duplicateFields,
    findings,
    warn: (text) => exchange.warn(text),
  });
  return { object, inOrder: findings.inOrder === true };
}

/**
 * Built-in kinds are checked and admitted in the version that is stored; custom resources in that of the request, whose
 * schema is the one that the client wrote against.
 */
export function workingResource(resource: ServedResource, find: FindResource): ServedResource {
  const { conversion, resource: plural } = resource.definition;
  if (conversion === undefined || resource.kind.custom) return resource;
  return find(conversion.storage.group, conversion.storage.version, plural) ?? resource;
}

type FindResource = (group: string, version: string, resource: string) => ServedResource | undefined;
