/**
 * A request as the API server sees it, wherever it came from: an HTTP/2 stream, an HTTP/1.1 message or a call within the
 * process. The handler chain knows nothing of sockets.
 */
import type { Readable } from 'node:stream';
import type { UserInfo } from '../authentication/user-info.ts';

/** The client certificate of the connection. */
export interface PeerCertificate {
  /** True when an authority that we trust signed it and it is within its validity. Nothing else of it may be believed otherwise. */
  readonly verified: boolean;
  /** True when that authority is the one of front proxies: then it makes no user, but may name one. */
  readonly frontProxy: boolean;
  readonly commonName: string;
  readonly organizations: readonly string[];
  /** DER. */
  readonly raw: Uint8Array;
}

export interface ApiRequest {
  /** Upper case. */
  readonly method: string;
  /** Without the query; still percent-encoded. */
  readonly path: string;
  /** Without `?`; empty when there was none. */
  readonly rawQuery: string;
  /** Parsed from `rawQuery` when first read. */
  readonly query: URLSearchParams;
  /** Names in lower case; repeated headers joined by a comma. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** The whole body. Throws a 413 StatusError when it is longer than the server's limit. */
  body(): Promise<Uint8Array>;
  /** The body as it comes, whatever its length, in place of `body()`; undefined when the request has none. */
  stream(): Readable | undefined;
  /** What the client wants to speak on this connection from now on (`websocket`, `SPDY/3.1`); HTTP/1.1 alone has that. */
  readonly upgrade: string | undefined;
  /** Aborts when the client goes away or the server closes. */
  readonly signal: AbortSignal;
  /** Empty for calls within the process. */
  readonly remoteAddress: string;
  readonly peerCertificate: PeerCertificate | undefined;
  /** Set by in-process callers, whose identity needs no credentials; authentication is skipped then. */
  readonly user: UserInfo | undefined;
}
