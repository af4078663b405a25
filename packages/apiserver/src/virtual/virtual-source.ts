/**
 * Where the objects of a resource without storage come from: functions for the verbs that it has. Metrics, computed views
 * and other systems' objects are of this kind ("Kubernetes API Aggregation Layer", Kubernetes documentation).
 *
 * A function refuses by throwing a StatusError. Objects that it gives need no apiVersion and kind.
 */
import type { ObjectMeta } from '@kindred/machinery';
import type { DeleteOptions } from '../resources/delete-options.ts';
import type { ServedRequest } from '../resources/resource-request.ts';
import type { WriteOptions } from '../resources/write-options.ts';

/** An object as a source gives it. */
export interface SourceObject {
  readonly metadata: ObjectMeta;
  readonly [field: string]: unknown;
}

/** What the client asks for; a source may give more objects than the selectors select. */
export interface ListWish {
  readonly labelSelector: string;
  readonly fieldSelector: string;
  /** 0 is no limit. */
  readonly limit: number;
  readonly continue: string;
  readonly resourceVersion: string;
}

export interface SourceList {
  readonly items: readonly SourceObject[];
  /** Empty: the source has no states that a watch could begin at. */
  readonly resourceVersion: string;
  readonly continue: string | undefined;
  readonly remainingItemCount: number | undefined;
}

export interface WatchWish {
  readonly labelSelector: string;
  readonly fieldSelector: string;
  /** Events after this state; empty: the present objects first, as ADDED. */
  readonly resourceVersion: string;
  /** Aborts when the watch is over. */
  readonly signal: AbortSignal;
}

export type SourceEvent =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: SourceObject }
  | { readonly type: 'BOOKMARK'; readonly resourceVersion: string; readonly initialEventsEnd?: boolean };

export interface SourceWrite {
  /** Decoded, defaulted and validated; belongs to the source. */
  readonly object: SourceObject;
  readonly options: WriteOptions;
}

type Awaitable<T> = T | Promise<T>;

export interface VirtualSource {
  list?(request: ServedRequest, wish: ListWish): Awaitable<SourceList>;
  /** The object that the request names; undefined: there is none. */
  get?(request: ServedRequest): Awaitable<SourceObject | undefined>;
  watch?(request: ServedRequest, wish: WatchWish): AsyncIterable<SourceEvent>;
  create?(request: ServedRequest, write: SourceWrite): Awaitable<SourceObject>;
  update?(request: ServedRequest, write: SourceWrite & { readonly current: SourceObject }): Awaitable<SourceObject>;
  /** Gives back the object when it goes on living for a while. */
  delete?(request: ServedRequest, options: DeleteOptions): Awaitable<SourceObject | undefined>;
}
