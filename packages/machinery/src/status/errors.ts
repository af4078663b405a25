/**
 * One factory for each failure of the API: message texts and details exactly as `k8s.io/apimachinery/pkg/api/errors`.
 *
 * kubectl, client-go and controllers compare these texts and details, so they are part of the interface.
 */
import { goQuote } from '../codec/go-quote.ts';
import type { GroupKind, GroupResource } from '../object/group-version-kind.ts';
import { formatGroupKind, formatGroupResource } from '../object/group-version-kind.ts';
import type { FieldError } from './field-error.ts';
import { fieldErrorCause, formatFieldError } from './field-errors.ts';
import type { StatusCause, StatusDetails } from './status.ts';
import { failure, type StatusError } from './status-error.ts';

/** 400: the request can't be read, or asks for something senseless. */
export function badRequest(message: string): StatusError {
  return failure('BadRequest', message);
}

/** 401: no credentials, or none that are accepted. */
export function unauthorized(message = 'Unauthorized'): StatusError {
  return failure('Unauthorized', message);
}

/** 403: `websites.extensions.example.com "kubia" is forbidden: …`. An empty `name` is left out, as for collections. */
export function forbidden(groupResource: GroupResource, name: string, message: string): StatusError {
  return failure(
    'Forbidden',
    `${forbiddenSubject(groupResource, name)}: ${message}`,
    resourceDetails(groupResource, name),
  );
}

function forbiddenSubject(groupResource: GroupResource, name: string): string {
  if (groupResource.resource === '') return 'forbidden';
  const resource = formatGroupResource(groupResource);
  return name === '' ? `${resource} is forbidden` : `${resource} ${goQuote(name)} is forbidden`;
}

/** 404: there is no such object. */
export function notFound(groupResource: GroupResource, name: string): StatusError {
  const message = `${formatGroupResource(groupResource)} ${goQuote(name)} not found`;
  return failure('NotFound', message, resourceDetails(groupResource, name));
}

/** 404: nothing is served under this path. */
export function pathNotFound(): StatusError {
  return failure('NotFound', 'the server could not find the requested resource');
}

/** 409: the name is taken. */
export function alreadyExists(groupResource: GroupResource, name: string): StatusError {
  const message = `${formatGroupResource(groupResource)} ${goQuote(name)} already exists`;
  return failure('AlreadyExists', message, resourceDetails(groupResource, name));
}

/** 409: no free name was found for a `generateName`; the client may try again after a second. */
export function generateNameConflict(groupResource: GroupResource, name: string, retryAfterSeconds = 1): StatusError {
  const message = `${formatGroupResource(groupResource)} ${goQuote(name)} already exists, the server was not able to generate a unique name for the object`;
  return failure('AlreadyExists', message, { ...resourceDetails(groupResource, name), retryAfterSeconds });
}

/** Detail of the conflict between a stale resourceVersion and the stored object. */
export const OBJECT_MODIFIED =
  'the object has been modified; please apply your changes to the latest version and try again';

/** 409: the object isn't what the request took it for. */
export function conflict(
  groupResource: GroupResource,
  name: string,
  detail: string = OBJECT_MODIFIED,
  causes?: readonly StatusCause[],
): StatusError {
  const message = `Operation cannot be fulfilled on ${formatGroupResource(groupResource)} ${goQuote(name)}: ${detail}`;
  return failure('Conflict', message, withCauses(resourceDetails(groupResource, name), causes));
}

/** 409 of server-side apply: other managers own fields that the applied configuration changes. `causes` name them. */
export function applyConflict(message: string, causes: readonly StatusCause[]): StatusError {
  return failure('Conflict', message, { causes });
}

/** 422: the object breaks the rules of its kind; each field error becomes a cause. */
export function invalid(groupKind: GroupKind, name: string, errors: readonly FieldError[]): StatusError {
  const subject = `${formatGroupKind(groupKind)} ${goQuote(name)} is invalid`;
  const texts = [...new Set(errors.map(formatFieldError))];
  const message =
    texts.length === 0 ? subject : `${subject}: ${texts.length === 1 ? texts[0] : `[${texts.join(', ')}]`}`;
  const details = resourceDetails({ group: groupKind.group, resource: groupKind.kind }, name);
  return failure('Invalid', message, withCauses(details, errors.map(fieldErrorCause)));
}

/** 422 for parameters of the request rather than fields of an object: the message names no kind. */
export function invalidOptions(optionsKind: string, errors: readonly FieldError[]): StatusError {
  return invalid({ group: 'meta.k8s.io', kind: optionsKind }, '', errors);
}

/** 410: it was there and is gone for good. */
export function gone(message: string): StatusError {
  return failure('Gone', message);
}

/** 410: the resourceVersion or continue token is too old. `continueToken` lets a client go on with an inconsistent list. */
export function expired(message: string, continueToken?: string): StatusError {
  return failure('Expired', message, {}, continueToken === undefined ? {} : { continue: continueToken });
}

/** 504: the request took too long, or waits for a state that isn't reached yet. */
export function timeout(message: string, retryAfterSeconds?: number, causes?: readonly StatusCause[]): StatusError {
  return failure('Timeout', `Timeout: ${message}`, withCauses(retryDetails(retryAfterSeconds), causes));
}

/** 504: the client wants a version that this server has not reached: `resourceVersion` lies in the future. */
export function tooLargeResourceVersion(wanted: number | bigint, current: number | bigint): StatusError {
  const text = 'Too large resource version';
  return timeout(`${text}: ${wanted}, current: ${current}`, 1, [{ reason: 'ResourceVersionTooLarge', message: text }]);
}

/** 429: come back after `retryAfterSeconds`. */
export function tooManyRequests(
  message: string,
  retryAfterSeconds?: number,
  causes?: readonly StatusCause[],
): StatusError {
  return failure('TooManyRequests', message, withCauses(retryDetails(retryAfterSeconds), causes));
}

/** 500: a fault of the server. `message` is seen by the client and must hold no secrets. */
export function internalError(message: string): StatusError {
  return failure('InternalError', `Internal error occurred: ${message}`, { causes: [{ message }] });
}

/** 503: the server, or a part that it needs, can't answer now. */
export function serviceUnavailable(message: string, retryAfterSeconds?: number): StatusError {
  return failure('ServiceUnavailable', message, retryDetails(retryAfterSeconds));
}

/** 405: the resource doesn't know this verb. */
export function methodNotSupported(groupResource: GroupResource, verb: string): StatusError {
  const message = `${verb} is not supported on resources of kind ${goQuote(formatGroupResource(groupResource))}`;
  return failure('MethodNotAllowed', message, resourceDetails(groupResource, ''));
}

/** 405: nothing of this kind can be done under this path, whatever the resource. */
export function methodNotAllowed(): StatusError {
  return failure('MethodNotAllowed', 'the server does not allow this method on the requested resource');
}

/** 406: none of the media types that the client takes can be made. */
export function notAcceptable(accepted: readonly string[]): StatusError {
  return failure('NotAcceptable', `only the following media types are accepted: ${accepted.join(', ')}`);
}

/** 415: the body's media type isn't known here. */
export function unsupportedMediaType(accepted: readonly string[]): StatusError {
  const message = `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`;
  return failure('UnsupportedMediaType', message);
}

/** 413: the body has more than `limit` bytes. */
export function requestEntityTooLarge(limit: number): StatusError {
  return failure('RequestEntityTooLarge', `Request entity too large: limit is ${limit}`);
}

function resourceDetails({ group, resource }: GroupResource, name: string): StatusDetails {
  return {
    ...(name === '' ? {} : { name }),
    ...(group === '' ? {} : { group }),
    ...(resource === '' ? {} : { kind: resource }),
  };
}

function retryDetails(retryAfterSeconds: number | undefined): StatusDetails {
  return retryAfterSeconds === undefined ? {} : { retryAfterSeconds };
}

function withCauses(details: StatusDetails, causes: readonly StatusCause[] | undefined): StatusDetails {
  return causes === undefined || causes.length === 0 ? details : { ...details, causes };
}
