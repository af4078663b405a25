/**
 * Turns an error answer into a StatusError. API servers send a Status; proxies and load balancers in front of them send
 * anything, of which the HTTP status and the start of the text are kept.
 */
import { isJsonObject, type Status, StatusError, type StatusReason } from '@kindred/machinery';
import type { TransportResponse } from '../transport.ts';
import { decodeBody } from './body.ts';

const reasonOfCode: Readonly<Record<number, StatusReason>> = {
  400: 'BadRequest',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  405: 'MethodNotAllowed',
  406: 'NotAcceptable',
  409: 'Conflict',
  410: 'Gone',
  413: 'RequestEntityTooLarge',
  415: 'UnsupportedMediaType',
  422: 'Invalid',
  429: 'TooManyRequests',
  500: 'InternalError',
  503: 'ServiceUnavailable',
  504: 'Timeout',
};

const longestText = 1024;

export function responseError(
  response: Pick<TransportResponse, 'status'>,
  body: Uint8Array,
  request: { readonly method: string; readonly path: string },
): StatusError {
  return new StatusError(statusOf(body) ?? plainStatus(response.status, body, request));
}

/** The Status in a body or a watch's ERROR event, or undefined when it is something else. */
export function toStatus(value: unknown): Status | undefined {
  if (!isJsonObject(value) || value['kind'] !== 'Status') return undefined;
  // Checked as far as it matters: readers of `details` may find it missing on foreign servers, so it is filled in.
  const status: object = { metadata: {}, details: {}, ...value };
  return status as Status;
}

function statusOf(body: Uint8Array): Status | undefined {
  if (body[0] !== 0x7b) return undefined;
  try {
    return toStatus(decodeBody(body));
  } catch {
    return undefined; // Not JSON after all: the caller keeps the text.
  }
}

function plainStatus(code: number, body: Uint8Array, { method, path }: { method: string; path: string }): Status {
  const text = Buffer.from(body.subarray(0, longestText)).toString('utf8').trim();
  const reason = reasonOfCode[code];
  const target = path.split('?', 1)[0];
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: `${method} ${target} was answered with ${code}${text === '' ? '' : `: ${text}`}`,
    ...(reason === undefined ? {} : { reason }),
    details: {},
    code,
  };
}
