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

export interface ReviewQuestion {
  readonly uid: string;
  readonly version: ReviewVersion;
  readonly attributes: AdmissionAttributes;
  /** As the webhook sees it, and as the client asked for it. */
  readonly seen: ReviewSubject;
  readonly requested: ReviewSubject;
  /** JSON, `null` where there is none. */
  readonly object: string;
  readonly oldObject: string;
}

/** The body to send. The objects come as text, since many webhooks may be asked about the same ones. */
export function reviewBody({ uid, version, attributes, seen, requested, object, oldObject }: ReviewQuestion): string {
  const { subresource, name, namespace, operation, user, dryRun, options } = attributes;
  const part = subresource === '' ? {} : { subResource: subresource };
  const requestedPart = subresource === '' ? {} : { requestSubResource: subresource };
  const { username, uid: userUid, groups, extra } = user;
  const head = encodeJsonText({
    uid,
    ...seen,
    ...part,
    requestKind: requested.kind,
    requestResource: requested.resource,
    ...requestedPart,
    ...(name === '' ? {} : { name }),
    ...(namespace === '' ? {} : { namespace }),
    operation,
    userInfo: {
      username,
      ...(userUid === undefined ? {} : { uid: userUid }),
      groups,
      ...(extra === undefined ? {} : { extra }),
    },
  });
  const tail = `"object":${object},"oldObject":${oldObject},"dryRun":${dryRun},"options":${encodeJsonText(options)}}`;
  return `{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/${version}","request":${head.slice(0, -1)},${tail}}`;
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
