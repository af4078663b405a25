/**
 * Asks one webhook about one request, within its time: the review, the way to it, and what the answer says.
 */
import { type Clock, errorText, goQuote, isStatusError } from '@kindred/machinery';
import type { ServiceLookup } from '../../services/service-endpoints.ts';
import {
  InvalidReviewError,
  type ReviewAnswer,
  type ReviewQuestion,
  readAnswer,
  reviewBody,
} from './admission-review.ts';
import type { Webhook } from './webhook.ts';
import { WebhookCallError } from './webhook-errors.ts';
import { resolveTarget, webhookUrl } from './webhook-target.ts';
import type { WebhookAnswer, WebhookTransport } from './webhook-transport.ts';

export interface CallerParts {
  readonly transport: WebhookTransport;
  readonly services: ServiceLookup;
  readonly clock: Clock;
  readonly random: () => number;
  readonly randomUuid: () => string;
}

/** What the webhook is asked about. */
export type ReviewedRequest = Omit<ReviewQuestion, 'uid' | 'version'>;

/** @throws WebhookCallError when there is no answer, or none that can be used. */
export async function askWebhook(
  webhook: Webhook,
  reviewed: ReviewedRequest,
  parts: CallerParts,
): Promise<ReviewAnswer> {
  const { reviewVersion: version, name, type } = webhook;
  if (version === undefined)
    throw new WebhookCallError(name, 'webhook does not accept known AdmissionReview versions (v1, v1beta1)');
  const uid = parts.randomUuid();
  const { status, body } = await post(webhook, reviewBody({ uid, version, ...reviewed }), parts);
  if (status < 200 || status > 299)
    throw new WebhookCallError(name, `failed to call webhook: ${refusal(status, body)}`);
  try {
    return readAnswer(body, { uid, version, type });
  } catch (error) {
    if (!(error instanceof InvalidReviewError)) throw error;
    throw new WebhookCallError(name, `received invalid webhook response: ${error.message}`, { cause: error });
  }
}

async function post(webhook: Webhook, body: string, parts: CallerParts): Promise<WebhookAnswer> {
  const { address, timeoutSeconds, authorities } = webhook;
  const deadline = new AbortController();
  const cancel = parts.clock.after(timeoutSeconds * 1000, () => deadline.abort());
  try {
    const target = resolveTarget(address, timeoutSeconds, parts.services, parts.random);
    return await parts.transport.post({ ...target, authorities, body, signal: deadline.signal });
  } catch (error) {
    const why = isStatusError(error) ? error.message : errorText(error);
    const text = `failed to call webhook: Post ${goQuote(webhookUrl(address, timeoutSeconds))}: ${why}`;
    throw new WebhookCallError(webhook.name, text, { cause: error });
  } finally {
    cancel();
  }
}

/** An HTTP error in the words of a Kubernetes client, since upstream's server is one here. */
function refusal(status: number, body: Uint8Array): string {
  const known = refusals[status];
  if (known !== undefined) return known;
  if (status < 500) return `the server responded with the status code ${status} but did not return more information`;
  const text = Buffer.from(body).toString().trim().slice(0, maxRefusal);
  return `an error on the server (${goQuote(text === '' ? 'unknown' : text)}) has prevented the request from succeeding`;
}

const maxRefusal = 2048;

const refusals: Readonly<Record<number, string>> = {
  401: 'the server has asked for the client to provide credentials',
  404: 'the server could not find the requested resource',
  405: 'the server does not allow this method on the requested resource',
  503: 'the server is currently unable to handle the request',
};
