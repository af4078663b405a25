/**
 * One request over HTTP/2, on the stream API: the compatibility layer costs about as much again as a small request.
 */
import { constants, type IncomingHttpHeaders, type OutgoingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import type { ApiRequest, PeerCertificate } from '../request/api-request.ts';
import type { ApiResponse, StreamedBody } from '../request/api-response.ts';
import { discardBody, streamBodyWriter } from './body-writer.ts';
import { type BodyLimits, readBody } from './read-body.ts';

export interface Connection {
  readonly remoteAddress: string;
  readonly peerCertificate: PeerCertificate | undefined;
}

/** The request that a stream carries. */
export class Http2Request implements ApiRequest {
  readonly method: string;
  readonly path: string;
  readonly rawQuery: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly remoteAddress: string;
  readonly peerCertificate: PeerCertificate | undefined;
  readonly user = undefined;
  readonly #stream: ServerHttp2Stream;
  readonly #limits: BodyLimits;
  #query: URLSearchParams | undefined;
  #abort: AbortController | undefined;

  constructor(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, connection: Connection, limits: BodyLimits) {
    const target = headers[':path'] ?? '/';
    const question = target.indexOf('?');
    this.method = headers[':method'] ?? 'GET';
    this.path = question < 0 ? target : target.slice(0, question);
    this.rawQuery = question < 0 ? '' : target.slice(question + 1);
    // Only set-cookie, which no client sends, would come as an array.
    this.headers = headers as Record<string, string | undefined>;
    this.remoteAddress = connection.remoteAddress;
    this.peerCertificate = connection.peerCertificate;
    this.#stream = stream;
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
      if (this.#stream.destroyed) abort.abort();
      else this.#stream.once('close', () => abort.abort());
    }
    return this.#abort.signal;
  }

  body(): Promise<Uint8Array> {
    return readBody(this.#stream, this.headers['content-length'], this.#limits);
  }
}

/** Sends the answer. Never rejects: a body that fails half-way resets the stream, which is all that can be said then. */
export async function respondHttp2(stream: ServerHttp2Stream, method: string, response: ApiResponse): Promise<void> {
  if (stream.destroyed || stream.closed) return discardBody(response);
  const headers = response.headers as OutgoingHttpHeaders;
  headers[':status'] = response.status;
  if (method === 'HEAD') {
    stream.respond(headers, { endStream: true });
    return discardBody(response);
  }
  const body = response.body;
  if (typeof body === 'function') return respondStreamed(stream, headers, response, body);
  const whole = body instanceof Uint8Array ? body : Buffer.concat(body);
  headers['content-length'] = whole.byteLength;
  stream.respond(headers);
  stream.end(whole);
}

async function respondStreamed(
  stream: ServerHttp2Stream,
  headers: OutgoingHttpHeaders,
  response: ApiResponse,
  body: StreamedBody,
): Promise<void> {
  try {
    stream.respond(headers);
  } catch (error) {
    await discardBody(response);
    throw error;
  }
  try {
    await body(streamBodyWriter(stream));
    stream.end();
  } catch {
    // The handler chain has reported the fault.
    stream.close(constants.NGHTTP2_INTERNAL_ERROR);
  }
}
