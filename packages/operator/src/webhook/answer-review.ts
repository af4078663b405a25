/**
 * From an AdmissionReview to the webhook's answer (`admission.k8s.io/v1`): field errors become a Status as the API server
 * writes one, a changed object becomes a JSON patch.
 */
import {
  createJsonPatch,
  deepCopy,
  invalid,
  isJsonObject,
  isStatusError,
  type JsonObject,
  type JsonValue,
  type KubeObject,
  type Status,
} from '@kindred/machinery';
import type { Verdict, Webhook, WebhookOperation, WebhookRequest } from './webhook.ts';

/** What the webhook gets beside the review. */
export type WebhookContext = Pick<WebhookRequest<KubeObject>, 'client' | 'clock' | 'logger' | 'signal'>;

interface Review {
  readonly uid: string;
  readonly apiVersion: string;
  readonly request: WebhookRequest<KubeObject>;
}

/** The body is no AdmissionReview. */
export class ReviewError extends Error {
  override readonly name = 'ReviewError';
}

/**
 * The AdmissionReview to send back.
 *
 * @throws ReviewError for a body that is none, and what the webhook throws beside StatusErrors.
 */
export async function answerReview(webhook: Webhook, body: JsonValue, context: WebhookContext): Promise<JsonObject> {
  const { uid, apiVersion, request } = reviewOf(body, context);
  const response = await responseTo(webhook, request);
  return { kind: 'AdmissionReview', apiVersion, response: { uid, ...response } };
}

async function responseTo(webhook: Webhook, request: WebhookRequest<KubeObject>): Promise<JsonObject> {
  if (request.operation !== 'DELETE' && request.object.metadata.deletionTimestamp !== undefined)
    return { allowed: true };
  try {
    if (webhook.type === 'validating') return verdictOf(webhook, request, (await webhook.validate(request)) ?? {});
    const before = deepCopy(request.object);
    return patchTo(before, await webhook.mutate(request));
  } catch (error) {
    if (!isStatusError(error)) throw error;
    return { allowed: false, status: plain(error.status) };
  }
}

function verdictOf(
  { kind }: Webhook,
  { name }: WebhookRequest<KubeObject>,
  { errors = [], warnings = [] }: Verdict,
): JsonObject {
  const shown = warnings.length === 0 ? {} : { warnings: [...warnings] };
  if (errors.length === 0) return { allowed: true, ...shown };
  return { allowed: false, ...shown, status: plain(invalid(kind, name, errors).status) };
}

function patchTo(before: KubeObject, after: KubeObject | undefined): JsonObject {
  const operations = after === undefined ? [] : createJsonPatch(before, after);
  if (operations.length === 0) return { allowed: true };
  const patch = Buffer.from(JSON.stringify(operations)).toString('base64');
  return { allowed: true, patchType: 'JSONPatch', patch };
}

function plain(status: Status): JsonValue {
  // A Status is JSON, only typed.
  return JSON.parse(JSON.stringify(status)) as JsonValue;
}

function reviewOf(body: JsonValue, context: WebhookContext): Review {
  const request = isJsonObject(body) ? body['request'] : undefined;
  if (!isJsonObject(body) || !isJsonObject(request)) throw new ReviewError('the body has no request');
  const { uid, operation } = request;
  const old = objectOf(request['oldObject']);
  const object = objectOf(request['object']) ?? old;
  if (typeof uid !== 'string' || !isOperation(operation) || object === undefined) {
    throw new ReviewError('the request lacks its uid, its operation or its object');
  }
  return {
    uid,
    apiVersion: textOf(body['apiVersion']),
    request: {
      operation,
      object,
      old,
      name: textOf(request['name']) || (object.metadata.name ?? ''),
      namespace: textOf(request['namespace']),
      user: userOf(request['userInfo']),
      dryRun: request['dryRun'] === true,
      ...context,
    },
  };
}

function isOperation(value: JsonValue | undefined): value is WebhookOperation {
  return value === 'CREATE' || value === 'UPDATE' || value === 'DELETE';
}

function objectOf(value: JsonValue | undefined): KubeObject | undefined {
  if (!isJsonObject(value) || !isJsonObject(value['metadata'])) return undefined;
  // The API server sends objects of the kind that was registered, checked against its schema.
  return value as JsonObject & KubeObject;
}

function userOf(value: JsonValue | undefined): { username: string; groups: readonly string[] } {
  if (!isJsonObject(value)) return { username: '', groups: [] };
  const { username, groups } = value;
  return {
    username: textOf(username),
    groups: Array.isArray(groups) ? groups.filter((group) => typeof group === 'string') : [],
  };
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}
