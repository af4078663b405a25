/** One request off a connection: the body of an HTTP/1.1 message or of an HTTP/2 stream, with what stands before it. */
import type { Readable } from 'node:stream';
import { headersFromBytes, rawHeadersAreAscii } from '@kindred/machinery';
import type { ApiRequest, PeerCertificate } from '../request/api-request.ts';
import { clientGone } from '../request/body-errors.ts';
import { BodyReader, type BodyReading } from './body-reader.ts';

export interface Connection {
  readonly remoteAddress: string;
  readonly peerCertificate: PeerCertificate | undefined;
}

/** What the first lines of a request say. */
export interface RequestHead {
  readonly method: string | undefined;
  /** The path with its query. */
  readonly target: string | undefined;
  readonly headers: NodeJS.Dict<string | string[]>;
  /** The same as names and values in turn. */
  readonly rawHeaders: readonly string[];
  readonly upgrade?: string | undefined;
}

export class NetworkRequest implements ApiRequest {
  readonly method: string;
  readonly path: string;
  readonly rawQuery: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly remoteAddress: string;
  readonly peerCertificate: PeerCertificate | undefined;
  readonly user = undefined;
  readonly upgrade: string | undefined;
  readonly #incoming: Readable;
  readonly #reading: BodyReading;
  #query: URLSearchParams | undefined;
  #abort: AbortController | undefined;
  #reader: BodyReader | undefined;
  #closed = false;

  /** Whoever makes it calls `close` when what carries the answer is closed. */
  constructor(head: RequestHead, incoming: Readable, connection: Connection, reading: BodyReading) {
    const target = head.target ?? '/';
    const question = target.indexOf('?');
    this.method = head.method ?? 'GET';
    this.path = question < 0 ? target : target.slice(0, question);
    this.rawQuery = question < 0 ? '' : target.slice(question + 1);
    // Only set-cookie, which no client sends, would come as an array.
    const headers = head.headers as Record<string, string | undefined>;
    this.headers = rawHeadersAreAscii(head.rawHeaders) ? headers : headersFromBytes(headers);
    this.upgrade = head.upgrade;
    this.remoteAddress = connection.remoteAddress;
    this.peerCertificate = connection.peerCertificate;
    this.#incoming = incoming;
    this.#reading = reading;
  }

  /** The answer is over, or the client is gone. */
  close(): void {
    this.#closed = true;
    this.#reader?.leave();
    this.#abort?.abort();
  }

  get query(): URLSearchParams {
    this.#query ??= new URLSearchParams(this.rawQuery);
    return this.#query;
  }

  get signal(): AbortSignal {
    if (this.#abort === undefined) {
      this.#abort = new AbortController();
      if (this.#closed) this.#abort.abort();
    }
    return this.#abort.signal;
  }

  stream(): Readable | undefined {
    return this.#hasBody() ? this.#incoming : undefined;
  }

  #hasBody(): boolean {
    const length = this.headers['content-length'];
    if (length !== undefined) return length !== '0';
    if (this.headers['transfer-encoding'] !== undefined) return true;
    // HTTP/2 needs neither header: its head says whether anything follows.
    return 'endAfterHeaders' in this.#incoming && this.#incoming.endAfterHeaders === false;
  }

  body(): Promise<Uint8Array> {
    if (!this.#hasBody()) return Promise.resolve(nothing);
    if (this.#closed) return Promise.reject(clientGone());
    this.#reader = new BodyReader(this.#reading, this.headers['content-length']);
    return this.#reader.read(this.#incoming);
  }
}

const nothing: Uint8Array = Buffer.alloc(0);
