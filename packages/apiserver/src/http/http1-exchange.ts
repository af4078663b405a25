/**
 * One request over HTTP/1.1: older clients, and those that need an upgrade.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ApiRequest, PeerCertificate } from '../request/api-request.ts';
import type { ApiResponse } from '../request/api-response.ts';
import { discardBody, streamBodyWriter } from './body-writer.ts';
import type { Connection } from './http2-exchange.ts';
import { type BodyLimits, readBody } from './read-body.ts';

/** The request that an HTTP/1.1 message carries. */
export class Http1Request implements ApiRequest {
  readonly method: string;
  readonly path: string;
  readonly rawQuery: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly remoteAddress: string;
  readonly peerCertificate: PeerCertificate | undefined;
  readonly user = undefined;
  readonly #message: IncomingMessage;
  readonly #outgoing: ServerResponse;
  readonly #limits: BodyLimits;
  #query: URLSearchParams | undefined;
  #abort: AbortController | undefined;

  constructor(message: IncomingMessage, outgoing: ServerResponse, connection: Connection, limits: BodyLimits) {
    const target = message.url ?? '/';
    const question = target.indexOf('?');
    this.method = message.method ?? 'GET';
    this.path = question < 0 ? target : target.slice(0, question);
    this.rawQuery = question < 0 ? '' : target.slice(question + 1);
    // Only set-cookie, which no client sends, would come as an array.
    this.headers = message.headers as Record<string, string | undefined>;
    this.remoteAddress = connection.remoteAddress;
    this.peerCertificate = connection.peerCertificate;
    this.#message = message;
    this.#outgoing = outgoing;
    this.#limits = limits;
  }

  get query(): URLSearchParams {
    this.#query ??= new URLSearchParams(this.rawQuery);
    return this.#query;
  }

  get signal(): AbortSignal {
    if (this.#abort === undefined) {
      const abort = new AbortController();
      this.#abort = abort;
      // Not the socket's own event: on a connection that is kept alive its listeners would add up.
      if (this.#outgoing.destroyed) abort.abort();
      else this.#outgoing.once('close', () => abort.abort());
    }
    return this.#abort.signal;
  }

  body(): Promise<Uint8Array> {
    return readBody(this.#message, this.headers['content-length'], this.#limits);
  }
}

/** Sends the answer. Never rejects: a body that fails half-way breaks the connection, which is all that can be said then. */
export async function respondHttp1(
  message: IncomingMessage,
  outgoing: ServerResponse,
  response: ApiResponse,
): Promise<void> {
  if (outgoing.destroyed) return discardBody(response);
  const headers: Record<string, string | readonly string[] | number> = { ...response.headers };
  // What is left of an unread body would be taken for the next request.
  if (!message.complete && hasBody(message)) headers['connection'] = 'close';
  const body = response.body;
  if (typeof body === 'function') return respondStreamed(message, outgoing, response, headers);
  const whole = body instanceof Uint8Array ? body : Buffer.concat(body);
  headers['content-length'] = whole.byteLength;
  outgoing.writeHead(response.status, headers as Record<string, string>);
  outgoing.end(message.method === 'HEAD' ? undefined : whole);
}

async function respondStreamed(
  message: IncomingMessage,
  outgoing: ServerResponse,
  response: ApiResponse,
  headers: Record<string, string | readonly string[] | number>,
): Promise<void> {
  const { body } = response;
  try {
    outgoing.writeHead(response.status, headers as Record<string, string>);
    outgoing.flushHeaders();
  } catch (error) {
    await discardBody(response);
    throw error;
  }
  try {
    if (message.method === 'HEAD') await discardBody(response);
    else if (typeof body === 'function') await body(streamBodyWriter(outgoing));
    outgoing.end();
  } catch {
    // The handler chain has reported the fault.
    outgoing.destroy();
  }
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? '0') > 0;
}
