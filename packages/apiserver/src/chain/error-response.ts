/**
 * Failures as responses: a StatusError is sent as the Status that it is, anything else is a fault of ours and becomes a
 * 500 whose text gives nothing away but what went wrong.
 */
import {
  badRequest,
  encodeJson,
  internalError,
  isStatusError,
  type Status,
  serviceUnavailable,
} from '@kindred/machinery';
import { StoreError } from '@kindred/store';
import type { ApiRequest } from '../request/api-request.ts';
import type { ApiResponse } from '../request/api-response.ts';

export type ReportFault = (fault: { readonly method: string; readonly path: string; readonly error: unknown }) => void;

/** The response that tells the client of `error`. Reports it when it is no StatusError. */
export function answerError(request: ApiRequest, error: unknown, reportFault: ReportFault): ApiResponse {
  if (isStatusError(error)) return statusResponse(error.status);
  reportFault({ method: request.method, path: request.path, error });
  return statusResponse(statusOfFault(error));
}

function statusOfFault(error: unknown): Status {
  if (error instanceof StoreError) {
    if (error.code === 'tooLarge') return badRequest(`etcdserver: request is too large: ${error.message}`).status;
    if (error.code === 'noSpace') return serviceUnavailable(`the store has no space left: ${error.message}`, 5).status;
    if (error.code === 'closed') return serviceUnavailable('the server is shutting down', 1).status;
    return internalError(`the store failed: ${error.message}`).status;
  }
  return internalError(error instanceof Error ? error.message : 'unknown fault').status;
}

/** 400 for a path that can't be taken apart. */
export function answerMalformedPath(request: ApiRequest, auditId: string): ApiResponse {
  const response = statusResponse(
    badRequest(`the request path ${JSON.stringify(request.path)} is not well formed`).status,
  );
  return { ...response, headers: { ...response.headers, 'audit-id': auditId } };
}

/** A Status as response. */
export function statusResponse(status: Status, code = status.code ?? 200): ApiResponse {
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  const retryAfter = status.details.retryAfterSeconds;
  if (retryAfter !== undefined && status.status === 'Failure') headers['retry-after'] = String(retryAfter);
  return { status: code, headers, body: encodeJson(status) };
}
