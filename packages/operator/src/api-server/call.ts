/**
 * What a handler of a custom API server is told of the request that it answers ("Kubernetes API Aggregation Layer",
 * Kubernetes documentation): who asks, for what, and the clients to answer it with.
 */
import type { UserInfo } from '@kindred/apiserver';
import type { Client } from '@kindred/client';
import type { Clock, Logger } from '@kindred/machinery';

/** Who asks, and the means to answer. */
export interface CallBase {
  /** Empty for cluster-scoped resources and for all namespaces. */
  readonly namespace: string;
  /** Who asks; authentication and authorization are over. */
  readonly user: UserInfo;
  /** As the extension, with the rights that it declares. */
  readonly client: Client;
  /**
   * As the user who asks, by impersonation: what they may not see or do, the handler can't either. Needs
   * `impersonation: true` in `defineApiServer`, which adds the right to impersonate.
   */
  readonly caller: Client;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Shows the text to whoever asks, as kubectl shows warnings. */
  warn(text: string): void;
}

/** Every request. */
export interface Call extends CallBase {
  /** The parameters of the request's URL, for those that nothing here names. */
  readonly query: URLSearchParams;
  /** Aborts when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
}

export interface NamedCall extends Call {
  readonly name: string;
}

/**
 * What narrows a list or a watch. Whatever a handler gives beyond it is dropped before it is sent, so it may ignore all of
 * this, or use it to look at less.
 */
export interface Narrowed {
  /** In its text form; empty selects everything. */
  readonly labelSelector: string;
  readonly fieldSelector: string;
}

export interface ListCall extends Call, Narrowed {
  /** Most objects that the client wants at once; 0 is no limit. A handler may give more. */
  readonly limit: number;
  /** The token of an earlier page; empty for the first one. */
  readonly continue: string;
  /** The state that the client wants: empty for the newest, `0` for any. */
  readonly resourceVersion: string;
}

export interface WatchCall extends Call, Narrowed {
  /**
   * Events after this state; empty: the present objects first, as ADDED. Where `list` says which state it shows, a watch
   * always begins at one.
   */
  readonly resourceVersion: string;
}

/** Every request that changes something. */
export interface WriteCall extends Call {
  /** Nothing must be changed: say what would be. */
  readonly dryRun: boolean;
  /** Who owns the fields that this write sets. */
  readonly fieldManager: string;
}

export interface CreateCall<T> extends WriteCall {
  /** Checked against the kind's schema and defaulted. Belongs to the handler. */
  readonly object: T;
}

export interface UpdateCall<T> extends WriteCall {
  readonly name: string;
  /** The object as it is to be, checked and defaulted. Belongs to the handler. */
  readonly object: T;
  /** What `get` has answered for this request. */
  readonly current: T;
}

export interface DeleteCall extends NamedCall {
  readonly dryRun: boolean;
  /** Seconds; undefined when the client doesn't say. */
  readonly gracePeriodSeconds: number | undefined;
  readonly propagationPolicy: 'Background' | 'Foreground' | 'Orphan' | undefined;
}
