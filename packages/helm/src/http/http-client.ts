/**
 * Requests to repositories and registries over HTTP/1.1: TLS material of the repository's entry, a time limit for each
 * exchange, answers read up to a limit. Follows redirects as helm does, but credentials stay with the host they are for.
 */
import { Agent as HttpAgent, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { ConnectionOptions } from 'node:tls';
import type { ProxyFor } from '@kindred/client';
import { ChartError } from '../chart/chart.ts';
import { openRequest } from './open-request.ts';
import { readBody } from './read-body.ts';
import { requestError } from './request-error.ts';
import type { TlsMaterial } from './tls-material.ts';

export interface HttpClientOptions {
  readonly tls?: TlsMaterial;
  /** For one request with its whole answer, in milliseconds; 2 minutes when not given. */
  readonly timeoutMs?: number;
  readonly userAgent?: string;
  readonly proxy?: ProxyFor;
}

export interface HttpRequest {
  readonly method?: string;
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  readonly signal?: AbortSignal;
  /** Largest answer in bytes; a larger one is an error. */
  readonly maxBytes: number;
  /** Gives an answer that points elsewhere as it is. */
  readonly keepsRedirects?: boolean;
}

export interface HttpAnswer {
  readonly status: number;
  /** `404 Not Found`. */
  readonly statusLine: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** The address that answered, after all redirects. */
  readonly url: URL;
}

const DEFAULT_TIMEOUT_MS = 120_000;
const MAX_REDIRECTS = 10;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** Owns its connections; close it when the work is done. */
export class HttpClient {
  readonly #options: HttpClientOptions;
  readonly #http = new HttpAgent({ keepAlive: true });
  readonly #https: HttpsAgent;
  readonly #tls: ConnectionOptions;

  constructor(options: HttpClientOptions = {}) {
    this.#options = options;
    const { ca, cert, key, insecureSkipVerify = false } = options.tls ?? {};
    this.#tls = {
      rejectUnauthorized: !insecureSkipVerify,
      ...(ca === undefined ? {} : { ca }),
      ...(cert === undefined ? {} : { cert }),
      ...(key === undefined ? {} : { key }),
    };
    this.#https = new HttpsAgent({ keepAlive: true, ...this.#tls });
  }

  /** The answer, whatever its status. Throws ChartError when there is none. */
  async send(request: HttpRequest): Promise<HttpAnswer> {
    const signal = this.#signal(request.signal);
    let current = request;
    for (let redirects = 0; ; redirects++) {
      const answer = await this.#exchange(current, signal);
      const location = answer.headers['location'];
      if (!REDIRECTS.has(answer.status) || location === undefined || request.keepsRedirects === true) return answer;
      const method = current.method ?? 'GET';
      const url = target(location, current.url, method);
      if (redirects === MAX_REDIRECTS) throw endlessRedirects(method, location, url);
      current = redirected(current, answer.status, url, request.url);
    }
  }

  close(): void {
    this.#http.destroy();
    this.#https.destroy();
  }

  #signal(signal: AbortSignal | undefined): AbortSignal {
    const timeout = AbortSignal.timeout(this.#options.timeoutMs ?? DEFAULT_TIMEOUT_MS);
    return signal === undefined ? timeout : AbortSignal.any([signal, timeout]);
  }

  async #exchange(request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> {
    const method = request.method ?? 'GET';
    try {
      const message = await this.#open(request, method, signal);
      const headers: Record<string, string> = {};
      for (const [name, value] of Object.entries(message.headers)) {
        headers[name] = Array.isArray(value) ? value.join(', ') : (value ?? '');
      }
      const status = message.statusCode ?? 0;
      const body = await readBody(message, request.maxBytes);
      return { status, statusLine: `${status} ${message.statusMessage ?? ''}`.trim(), headers, body, url: request.url };
    } catch (error) {
      if (error instanceof ChartError) throw error;
      throw requestError(method, request.url, signal.aborted ? signal.reason : error);
    }
  }

  #open(request: HttpRequest, method: string, signal: AbortSignal): Promise<IncomingMessage> {
    const { url, headers, body } = request;
    if (url.protocol !== 'http:' && url.protocol !== 'https:') {
      throw new ChartError(`scheme ${JSON.stringify(url.protocol.replace(/:$/, ''))} not supported`);
    }
    return openRequest(
      {
        url,
        method,
        body,
        signal,
        headers: {
          'user-agent': this.#options.userAgent ?? 'kindred',
          ...headers,
          ...(body === undefined ? {} : { 'content-length': String(body.byteLength) }),
        },
      },
      { http: this.#http, https: this.#https, tls: this.#tls },
      this.#options.proxy?.(url),
    );
  }
}

/** Go names the last address as the answer wrote it. */
function endlessRedirects(method: string, location: string, url: URL): ChartError {
  const cause = new Error(`stopped after ${MAX_REDIRECTS} redirects`);
  return requestError(method, url, cause, url.password === '' ? location : undefined);
}

function target(location: string, from: URL, method: string): URL {
  try {
    return new URL(location, from);
  } catch (error) {
    throw requestError(
      method,
      from,
      new Error(`failed to parse Location header ${JSON.stringify(location)}`, { cause: error }),
    );
  }
}

/** The request to send where an answer points: without credentials when that is another host than the first one. */
function redirected(request: HttpRequest, status: number, url: URL, first: URL): HttpRequest {
  const { method = 'GET', body, ...rest } = request;
  const keepsMethod = status === 307 || status === 308 || method === 'GET' || method === 'HEAD';
  const headers = Object.fromEntries(
    Object.entries(request.headers ?? {}).filter(
      ([name]) => isSameHost(first, url) || !SECRET_HEADERS.has(name.toLowerCase()),
    ),
  );
  return {
    ...rest,
    url,
    headers,
    method: keepsMethod ? method : 'GET',
    ...(keepsMethod && body !== undefined ? { body } : {}),
  };
}

const SECRET_HEADERS: ReadonlySet<string> = new Set(['authorization', 'cookie', 'www-authenticate']);

/** The same scheme, host and port, or the same host by TLS instead of without. */
function isSameHost(from: URL, to: URL): boolean {
  if (from.hostname !== to.hostname) return false;
  if (from.protocol === to.protocol) return from.port === to.port;
  return to.protocol === 'https:' && from.port === '' && to.port === '';
}
