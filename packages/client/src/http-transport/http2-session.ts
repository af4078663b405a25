/**
 * One HTTP/2 connection to an API server (RFC 9113): requests as streams, pings that find a dead peer, an orderly end when
 * the server says GOAWAY.
 */
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  constants,
  type IncomingHttpHeaders,
  type IncomingHttpStatusHeader,
  type OutgoingHttpHeaders,
} from 'node:http2';
import type { TLSSocket } from 'node:tls';
import { type Clock, headersFromBytes, headersToBytes } from '@kindred/machinery';
import type { RequestHeaders, TransportRequest, TransportResponse } from '../transport.ts';
import { joinHeaders } from './headers.ts';

export interface Http2SessionOptions {
  readonly socket: TLSSocket;
  readonly authority: string;
  readonly clock: Clock;
  /** Milliseconds between pings, and for each answer. */
  readonly pingInterval: number;
  readonly onClose: () => void;
}

/** The connection can take no new request; nothing of it was sent, so it may go to another one. */
export class NotSentError extends Error {
  override readonly name = 'NotSentError';
}

export class Http2Session {
  readonly #session: ClientHttp2Session;
  readonly #clock: Clock;
  readonly #pingInterval: number;
  #streams = 0;
  #draining = false;
  #cancelPing: () => void = () => undefined;

  constructor({ socket, authority, clock, pingInterval, onClose }: Http2SessionOptions) {
    this.#clock = clock;
    this.#pingInterval = pingInterval;
    this.#session = connect(authority, { createConnection: () => socket });
    const retire = (): void => {
      this.#draining = true;
      onClose();
    };
    this.#session.once('goaway', () => {
      retire();
      this.#closeWhenIdle();
    });
    this.#session.once('close', () => {
      this.#cancelPing();
      retire();
    });
    // Streams report the failure to whoever waits for them; the session's own report would be unhandled.
    this.#session.on('error', retire);
    this.#schedulePing();
  }

  /** Whether another request may be put on this connection. */
  get hasRoom(): boolean {
    const limit = this.#session.remoteSettings?.maxConcurrentStreams ?? 100;
    return !this.#draining && !this.#session.closed && !this.#session.destroyed && this.#streams < limit;
  }

  request(request: TransportRequest, path: string, headers: RequestHeaders): Promise<TransportResponse> {
    return new Promise((resolve, reject) => {
      const stream = this.#open(headOf(request, path, headers), request);
      const fail = (error?: Error): void => reject(failureOf(stream, error));
      stream.once('response', (answer) => {
        stream.off('error', fail);
        stream.off('close', fail);
        // Without a listener, an abort after the body was read to its end would be an uncaught error.
        stream.on('error', () => undefined);
        resolve(toResponse(answer, stream));
      });
      stream.once('error', fail);
      stream.once('close', fail);
      if (request.body !== undefined) stream.end(request.body);
    });
  }

  /** Takes no more requests, and ends when those that run have ended. */
  retire(): void {
    this.#draining = true;
    this.#closeWhenIdle();
  }

  /** Ends the connection and all that runs on it. */
  destroy(error?: Error): void {
    this.#session.destroy(error);
  }

  #open(headers: OutgoingHttpHeaders, { signal, body }: TransportRequest): ClientHttp2Stream {
    const endStream = body === undefined;
    let stream: ClientHttp2Stream;
    try {
      stream = this.#session.request(headers, signal === undefined ? { endStream } : { endStream, signal });
    } catch (error) {
      throw new NotSentError('The connection was closing', { cause: error });
    }
    this.#streams++;
    stream.once('close', () => {
      this.#streams--;
      if (this.#draining) this.#closeWhenIdle();
    });
    return stream;
  }

  #closeWhenIdle(): void {
    if (this.#streams === 0) this.#session.close();
  }

  #schedulePing(): void {
    this.#cancelPing = this.#clock.after(this.#pingInterval, () => {
      const giveUp = this.#clock.after(this.#pingInterval, () =>
        this.#session.destroy(new Error('The API server did not answer a ping'), constants.NGHTTP2_CANCEL),
      );
      this.#cancelPing = giveUp;
      const sent = this.#session.ping((error) => {
        giveUp();
        if (error === null && !this.#session.destroyed) this.#schedulePing();
      });
      if (!sent) giveUp();
    });
  }
}

/** With the body's length, which tells the server that the body is complete before the stream's end does. */
function headOf({ method, body }: TransportRequest, path: string, headers: RequestHeaders): OutgoingHttpHeaders {
  const head: OutgoingHttpHeaders = { ...headersToBytes(headers), ':method': method, ':path': path };
  if (body !== undefined) head['content-length'] = body.length;
  return head;
}

function toResponse(
  answer: IncomingHttpHeaders & IncomingHttpStatusHeader,
  stream: ClientHttp2Stream,
): TransportResponse {
  return { status: answer[':status'] ?? 0, headers: joinHeaders(headersFromBytes(answer)), body: stream };
}

function failureOf(stream: ClientHttp2Stream, error: Error | undefined): Error {
  if (stream.rstCode === constants.NGHTTP2_REFUSED_STREAM) {
    return new NotSentError('The server refused the stream', { cause: error });
  }
  return error ?? new Error('The connection ended before the answer came');
}
