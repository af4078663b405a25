/**
 * A failure that the API knows a Status for: thrown where it is found, sent to the client as it is.
 */
import type { ListMeta } from '../object/meta.ts';
import type { Status, StatusDetails } from './status.ts';
import { STATUS_CODES, type StatusReason } from './table.ts';

/** A failure as the API states it. `status` is the object to send, `code` its HTTP status code. */
export class StatusError extends Error {
  override readonly name = 'StatusError';
  readonly status: Status;
  readonly code: number;

  constructor(status: Status, options?: { cause?: unknown }) {
    super(status.message ?? status.reason ?? 'unknown failure', options);
    this.status = status;
    this.code = status.code ?? 500;
  }

  get reason(): StatusReason | undefined {
    return this.status.reason;
  }
}

/**
 * True for a StatusError, and when `reason` is given only for one of that reason. Told by its name: an extension that was
 * loaded into a bundled program has a class of its own.
 */
export function isStatusError(error: unknown, reason?: StatusReason): error is StatusError {
  return isNamedStatusError(error) && (reason === undefined || error.reason === reason);
}

function isNamedStatusError(error: unknown): error is StatusError {
  return error instanceof StatusError || (error instanceof Error && error.name === 'StatusError' && 'status' in error);
}

/** Makes the error for one reason; the code comes from the table. */
export function failure(
  reason: StatusReason,
  message: string,
  details: StatusDetails = {},
  metadata: ListMeta = {},
): StatusError {
  const code = STATUS_CODES[reason];
  return new StatusError({
    kind: 'Status',
    apiVersion: 'v1',
    metadata,
    status: 'Failure',
    message,
    reason,
    details,
    code,
  });
}
