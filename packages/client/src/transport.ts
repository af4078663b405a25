/**
 * The transport port: how a client's request reaches an API server. Implementations: HTTP/2 over TLS to any cluster, and
 * the API server's own `handle` function when both live in one process (no socket, no TLS).
 */

/** Names in lower case. A list stands for several headers of that name. */
export type RequestHeaders = Readonly<Record<string, string | string[]>>;

/** What a watch says, as values in place of lines. They are shared with the server: never to be changed. */
export type WatchMessage =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: object }
  | { readonly type: 'BOOKMARK'; readonly resourceVersion: string; readonly initialEventsEnd: boolean }
  | { readonly type: 'ERROR'; readonly status: object };

export interface TransportRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path with query, already escaped: `/api/v1/namespaces/default/pods?limit=500`. */
  readonly path: string;
  readonly headers: RequestHeaders;
  readonly body?: Uint8Array;
  readonly signal?: AbortSignal;
  /** A watch may be answered with `messages`, where the server is in this process. */
  readonly takesMessages?: boolean;
}

export interface TransportResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The body as it arrives. Ends when the server ends it; throws when the connection breaks. Must be read or returned. */
  readonly body: AsyncIterable<Uint8Array>;
  /** To be read in place of the body, which is empty then: only for requests that take it. */
  readonly messages?: AsyncIterable<readonly WatchMessage[]>;
}

export interface Transport {
  request(request: TransportRequest): Promise<TransportResponse>;
  close(): Promise<void>;
}
