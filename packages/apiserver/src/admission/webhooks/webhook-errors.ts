/**
 * Why a write ends at a webhook: it said no, or it couldn't be asked (`k8s.io/apiserver` admission/plugin/webhook/errors).
 */
import { goQuote, internalError, type Status, type StatusDetails, StatusError } from '@kindred/machinery';

/** The webhook could not be asked, or its answer not be used. Its failurePolicy says what that means. */
export class WebhookCallError extends Error {
  override readonly name = 'WebhookCallError';
  /** What kind of failure, as the metrics call it. */
  readonly errorType = 'calling_webhook_error';

  constructor(webhook: string, reason: string, options?: { cause?: unknown }) {
    super(`failed calling webhook ${goQuote(webhook)}: ${reason}`, options);
  }
}

/** What the client hears of a failed call when the policy is Fail. */
export function callFailure(error: WebhookCallError): StatusError {
  return internalError(error.message);
}

/** The denial as the webhook wants it told; a code below 400 isn't one. */
export function denied(webhook: string, status: Partial<Status> = {}): StatusError {
  const by = `admission webhook ${goQuote(webhook)} denied the request`;
  const { message = '', reason, code, details, metadata } = status;
  const why = message === '' ? (reason ?? '') : message;
  return new StatusError({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: metadata ?? {},
    status: 'Failure',
    message: why === '' ? `${by} without explanation` : `${by}: ${why}`,
    ...(reason === undefined ? {} : { reason }),
    details: detailsOf(details),
    code: typeof code === 'number' && code >= 400 && code < 600 ? code : 400,
  });
}

function detailsOf(details: unknown): StatusDetails {
  return typeof details === 'object' && details !== null ? details : {};
}
