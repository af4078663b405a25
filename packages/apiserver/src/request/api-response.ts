/**
 * What the handler chain answers: a status, headers, and a body that is either whole bytes or written as it comes.
 */

import type { Duplex } from 'node:stream';

/** What a watch says, as values. The objects are shared: never to be changed. */
export type WatchMessage =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: object }
  | { readonly type: 'BOOKMARK'; readonly resourceVersion: string; readonly initialEventsEnd: boolean }
  | { readonly type: 'ERROR'; readonly status: object };

/** Where a streamed body goes. Implemented by each transport. */
export interface BodyWriter {
  /** Hands bytes over. False when the reader is behind: wait for `drained()` before more, or drop the client. */
  write(chunk: Uint8Array): boolean;
  /** There when the reader takes messages in place of the lines of a watch: nothing is written then. */
  writeMessages?(messages: readonly WatchMessage[]): boolean;
  /** Resolves when the reader has caught up, or is gone. */
  drained(): Promise<void>;
  /** Bytes that were written and that the reader has not taken yet. */
  readonly pendingBytes: number;
  /** True once the client is gone or the server closes; writes are then ignored. */
  readonly closed: boolean;
  /** Called once when `closed` becomes true; at once when it already is. */
  onClose(callback: () => void): void;
}

/** Writes the body; the response ends when the promise resolves and breaks off when it rejects. */
export type StreamedBody = (writer: BodyWriter) => Promise<void>;

export interface ApiResponse {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  /** Chunks are sent one after the other, without being joined. */
  readonly body: Uint8Array | readonly Uint8Array[] | StreamedBody;
  /** The body is that of a watch whose messages can be had: see BodyWriter. */
  readonly hasMessages?: boolean;
  /**
   * With status 101, an answer to a request for an upgrade: is given the connection when the head has been sent, and
   * resolves when it is over. There is no body then.
   */
  readonly upgraded?: (client: Duplex) => Promise<void>;
}
