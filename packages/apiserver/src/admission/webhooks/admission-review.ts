/**
 * AdmissionReview (`admission.k8s.io/v1` and `v1beta1`): the question that a webhook gets, and what its answer means.
 */
import type { GroupVersionKind, GroupVersionResource, Status } from '@kindred/machinery';
import {
  DecodeError,
  decodeJson,
  encodeJsonText,
  goQuote,
  isJsonObject,
  type JsonObject,
  type JsonValue,
} from '@kindred/machinery';
import type { AdmissionAttributes } from '../plugin.ts';
import type { ReviewVersion, WebhookType } from './webhook.ts';

/** What the request is about, in one version. */
export interface ReviewSubject {
  readonly kind: GroupVersionKind;
  readonly resource: GroupVersionResource;
}

export interface ReviewSubjects {
  readonly attributes: AdmissionAttributes;
  /** As the webhook sees it, and as the client asked for it. */
  readonly seen: ReviewSubject;
  readonly requested: ReviewSubject;
}

export interface ReviewQuestion extends ReviewSubjects {
  readonly uid: string;
  readonly version: ReviewVersion;
  /** JSON, `null` where there is none. */
  readonly object: string;
  readonly oldObject: string;
}

/** The request of a review without its objects. */
export function reviewRequest(uid: string, { attributes, seen, requested }: ReviewSubjects): JsonObject {
  const { subresource, name, namespace, operation, user, dryRun, options } = attributes;
  const { username, uid: userUid, groups, extra } = user;
  const request = {
    uid,
    ...seen,
    ...(subresource === '' ? {} : { subResource: subresource }),
    requestKind: requested.kind,
    requestResource: requested.resource,
    ...(subresource === '' ? {} : { requestSubResource: subresource }),
    ...(name === '' ? {} : { name }),
    ...(namespace === '' ? {} : { namespace }),
    operation,
    userInfo: {
      username,
      ...(userUid === undefined ? {} : { uid: userUid }),
      groups,
      ...(extra === undefined ? {} : { extra }),
    },
    dryRun,
    options,
  };
  // JSON throughout; only its lists are readonly.
  return request as object as JsonObject;
}

/** The body to send. The objects come as text, since many webhooks may be asked about the same ones. */
export function reviewBody({ uid, version, object, oldObject, ...subjects }: ReviewQuestion): string {
  const request = encodeJsonText(reviewRequest(uid, subjects)).slice(0, -1);
  const objects = `"object":${object},"oldObject":${oldObject}`;
  return `{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/${version}","request":${request},${objects}}}`;
}

export interface ReviewAnswer {
  readonly allowed: boolean;
  /** What the webhook says of a denial. */
  readonly status: Partial<Status> | undefined;
  readonly warnings: readonly string[];
  /** The operations of its JSON patch; undefined when nothing is to change. */
  readonly patch: JsonValue | undefined;
}

/** The answer can't be used; the message says why. */
export class InvalidReviewError extends Error {
  override readonly name = 'InvalidReviewError';
}

/** @throws InvalidReviewError */
export function readAnswer(
  body: Uint8Array,
  { uid, version, type }: { readonly uid: string; readonly version: ReviewVersion; readonly type: WebhookType },
): ReviewAnswer {
  const review = decoded(body, "couldn't get version/kind; json parse error");
  const response = isJsonObject(review) ? review['response'] : undefined;
  if (!isJsonObject(review) || !isJsonObject(response)) throw invalidAnswer('webhook response was absent');
  if (version === 'v1') demandSameReview(review, response, uid);
  const status = response['status'];
  const warnings = response['warnings'];
  return {
    allowed: response['allowed'] === true,
    // Every field is looked at before it is used.
    status: isJsonObject(status) ? (status as Partial<Status>) : undefined,
    warnings: Array.isArray(warnings) ? warnings.filter((text) => typeof text === 'string') : [],
    patch: patchOf(response, version, type),
  };
}

function demandSameReview({ apiVersion, kind }: JsonObject, response: JsonObject, uid: string): void {
  const answered = typeof response['uid'] === 'string' ? response['uid'] : '';
  if (answered !== uid) throw invalidAnswer(`expected response.uid=${goQuote(uid)}, got ${goQuote(answered)}`);
  const found = `${textOf(apiVersion)}, Kind=${textOf(kind)}`;
  const wanted = 'admission.k8s.io/v1, Kind=AdmissionReview';
  if (found !== wanted) throw invalidAnswer(`expected webhook response of ${wanted}, got ${found}`);
}

function patchOf(response: JsonObject, version: ReviewVersion, type: WebhookType): JsonValue | undefined {
  const { patch, patchType } = response;
  const encoded = typeof patch === 'string' ? patch : '';
  const hasType = patchType !== undefined && patchType !== null;
  if (type === 'validating') {
    if (version === 'v1' && encoded !== '') throw invalidAnswer('validating webhook may not return response.patch');
    if (version === 'v1' && hasType) throw invalidAnswer('validating webhook may not return response.patchType');
    return undefined;
  }
  if (version === 'v1' && (encoded !== '') !== hasType) {
    const [given, missing] = hasType ? ['patchType', 'patch'] : ['patch', 'patchType'];
    throw invalidAnswer(`webhook returned response.${given} but not response.${missing}`);
  }
  if (encoded === '') return undefined;
  if (hasType && patchType !== 'JSONPatch') throw invalidAnswer(`unsupported patch type ${goQuote(textOf(patchType))}`);
  return decoded(Buffer.from(encoded, 'base64'), 'response.patch is no JSON');
}

function decoded(bytes: Uint8Array, what: string): JsonValue {
  try {
    return decodeJson(bytes).value;
  } catch (error) {
    if (error instanceof DecodeError) throw invalidAnswer(`${what}: ${error.message}`, error);
    throw error;
  }
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}

function invalidAnswer(message: string, cause?: unknown): InvalidReviewError {
  return new InvalidReviewError(message, { cause });
}
