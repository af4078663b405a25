/**
 * One HTTP exchange with an API server: headers, retries that the server asks for, errors as StatusErrors.
 *
 * A request is sent again only when the answer is 429, or a server error that carries `Retry-After`, as client-go does:
 * in both cases the server says that it has done nothing.
 */
import type { Clock } from '@kindred/machinery';
import { sleep } from '../sleep.ts';
import type { Transport, TransportRequest, TransportResponse } from '../transport.ts';
import { decodeBody, encodeBody, readAll } from './body.ts';
import { responseError } from './response-error.ts';

export interface RequesterOptions {
  readonly clock: Clock;
  readonly userAgent: string;
  /** How often one request is sent again at most. */
  readonly maxRetries: number;
  /** Called with the text of each `Warning` header. */
  readonly onWarning?: ((text: string) => void) | undefined;
  /** Sent with every request. */
  readonly headers?: TransportRequest['headers'];
}

interface ApiRequest {
  readonly method: TransportRequest['method'];
  readonly path: string;
  /** A value to send as JSON. */
  readonly body?: unknown;
  readonly contentType?: string | undefined;
  readonly accept?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** See TransportRequest. */
  readonly takesMessages?: boolean;
}

export interface Requester {
  /** Sends and hands out the answer's stream; statuses of 400 and above are thrown as StatusErrors. */
  stream(request: ApiRequest): Promise<TransportResponse>;
  /** Sends and reads the whole answer as JSON. */
  json(request: ApiRequest): Promise<unknown>;
  /** The same, with these headers on every request. */
  withHeaders(headers: TransportRequest['headers']): Requester;
}

const longestRetryAfterSeconds = 60;

export function createRequester(transport: Transport, options: RequesterOptions): Requester {
  async function stream(request: ApiRequest): Promise<TransportResponse> {
    const wire = toTransportRequest(request, options);
    for (let attempt = 0; ; attempt++) {
      request.signal?.throwIfAborted();
      const response = await transport.request(wire);
      report(response, options.onWarning);
      if (response.status < 400) return response;
      const body = await readAll(response.body);
      const delay = retryDelay(response);
      if (delay === undefined || attempt >= options.maxRetries) throw responseError(response, body, request);
      await sleep(options.clock, delay, request.signal);
    }
  }

  return {
    stream,
    async json(request) {
      const response = await stream(request);
      return decodeBody(await readAll(response.body));
    },
    withHeaders: (headers) => createRequester(transport, { ...options, headers: { ...options.headers, ...headers } }),
  };
}

function toTransportRequest(request: ApiRequest, { userAgent, headers: own }: RequesterOptions): TransportRequest {
  const accept = request.accept ?? 'application/json';
  const headers: Record<string, string | string[]> = { accept, 'user-agent': userAgent, ...own };
  const messages = request.takesMessages === undefined ? {} : { takesMessages: request.takesMessages };
  const base = { method: request.method, path: request.path, headers, ...messages };
  const signal = request.signal === undefined ? {} : { signal: request.signal };
  if (request.body === undefined) return { ...base, ...signal };
  headers['content-type'] = request.contentType ?? 'application/json';
  return { ...base, ...signal, body: encodeBody(request.body) };
}

/** Milliseconds to wait before the request is sent again; undefined when it must not be. */
function retryDelay(response: TransportResponse): number | undefined {
  const retryAfter = response.headers['retry-after'];
  if (response.status === 429) return parseRetryAfter(retryAfter) ?? 1000;
  return response.status >= 500 ? parseRetryAfter(retryAfter) : undefined;
}

/** Kubernetes sends seconds only, never a date. */
function parseRetryAfter(value: string | undefined): number | undefined {
  if (value === undefined || !/^\d{1,6}$/.test(value)) return undefined;
  return Math.min(Number(value), longestRetryAfterSeconds) * 1000;
}

/** `299 - "text"`, several of them separated by commas (RFC 7234 section 5.5). */
function report(response: TransportResponse, onWarning: ((text: string) => void) | undefined): void {
  const header = response.headers['warning'];
  if (header === undefined || onWarning === undefined) return;
  for (const match of header.matchAll(/\b299 \S+ "((?:[^"\\]|\\.)*)"/g)) {
    onWarning((match[1] ?? '').replace(/\\(.)/g, '$1'));
  }
}
