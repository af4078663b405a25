/**
 * What the API server's verbs need of storage: for each resource, its objects in memory as bytes, compare-and-swap writes
 * through the store's port, and events in the order of the store's revisions.
 *
 * Objects are in their storage version. Reads are synchronous and see every write that was acknowledged before.
 */
import type { Unstructured } from '@kindred/machinery';
import type { Revision } from '@kindred/store';
import type { Selection } from './selection.ts';
import type { StoredObject } from './stored-object.ts';
import type { WatchEvent } from './watch-event.ts';

export interface ListRange extends Selection {
  /** Continue after this object (`namespace/name`; just the name when cluster-scoped). */
  readonly after?: string;
  /** 0 or absent: all. */
  readonly limit?: number;
}

export interface ResourceList {
  /** The selected objects in order of namespace, then name. A snapshot: later writes don't show. */
  readonly items: readonly StoredObject[];
  readonly revision: Revision;
  /** Objects of the namespace (or of all) behind the last item, selected or not. Above 0 only when `limit` cut the list. */
  readonly remaining: number;
}

export interface ResourceWatchRequest extends Selection {
  /** Events after this revision. Absent or 0: the present objects as ADDED events first. */
  readonly since?: Revision;
  /** With the present objects: a bookmark with `initialEventsEnd` after them. */
  readonly initialEventsEnd?: boolean;
  /** A bookmark about every minute. */
  readonly bookmarks?: boolean;
}

export interface ResourceWatchHandler {
  /** Events in order, at least one. Returning false asks for no more until `resume`: the client is slower than the events. */
  onEvents(events: readonly WatchEvent[]): boolean | void;
  /**
   * The watch is over: a StoreError `compacted` when the client was so slow that history went past it, `closed` when the
   * storage closes or the resource is released. No call comes after it.
   */
  onEnd(reason: Error): void;
}

export interface ResourceWatch {
  /** Goes on after a handler's `false`. */
  resume(): void;
  /** Sends a bookmark now if the watch has caught up: before a timeout ends the watch. */
  bookmark(): void;
  close(): void;
}

export interface WriteOptions {
  /** The object is removed this many seconds later, give or take a minute (Events). */
  readonly ttlSeconds?: number;
  /** Of a new object: its bytes behind its metadata where they are known already, see `bytesBehindMetadata`. */
  readonly rest?: Uint8Array | undefined;
}

export interface ResourceStorage {
  /** Newest revision whose writes show in reads. */
  readonly revision: Revision;
  /** Revision of the last change to this resource, or that of loading: for those who derive something from its objects. */
  readonly changedRevision: Revision;
  /** Number of objects. */
  readonly size: number;
  get(namespace: string, name: string): StoredObject | undefined;
  list(range: ListRange): ResourceList;
  /** The list as it was at `revision`; throws a StoreError `compacted` when that is forgotten, or `futureRevision`. */
  listAt(revision: Revision, range: ListRange): ResourceList;
  /**
   * Throws a StoreError `compacted` when the events after `since` are forgotten, `futureRevision` when it is not reached
   * yet, `closed` after the storage has closed. The first event comes in a later turn.
   */
  watch(request: ResourceWatchRequest, handler: ResourceWatchHandler): ResourceWatch;
  /** Stores a new object; undefined when the name is taken. The object belongs to storage afterwards. */
  create(
    namespace: string,
    name: string,
    object: Unstructured,
    options?: WriteOptions,
  ): Promise<StoredObject | undefined>;
  /**
   * Stores the next state of `current`; undefined when it isn't the current one any more. A state that is no different
   * writes nothing and gives `current` back. The object belongs to storage afterwards.
   */
  replace(current: StoredObject, object: Unstructured, options?: WriteOptions): Promise<StoredObject | undefined>;
  /** Removes; gives the last state at the revision of the deletion, or undefined when `current` isn't current any more. */
  remove(current: StoredObject): Promise<StoredObject | undefined>;
  /**
   * Calls `next` with the current object, writes what it returns, and starts again when another writer came between.
   * `next` returns undefined to leave things as they are, and throws to give up. Undefined when there is no such object.
   */
  guaranteedUpdate(
    namespace: string,
    name: string,
    next: (current: StoredObject) => Unstructured | undefined | Promise<Unstructured | undefined>,
  ): Promise<StoredObject | undefined>;
}

/** Where resources live. */
export interface ApiStorage {
  /**
   * The storage of one resource, loaded and following the store. Opening it twice gives the same one.
   * @param group and @param resource name the keys: `/registry/<group>/<resource>/<namespace>/<name>`.
   */
  open(group: string, resource: string): Promise<ResourceStorage>;
  /** Ends the resource's watches; what is stored stays. */
  release(group: string, resource: string): void;
  /** Newest revision whose writes show in reads, over all resources. */
  readonly revision: Revision;
  /** Waits until reads show `revision`; false when that does not happen within three seconds. */
  reaches(revision: Revision): Promise<boolean>;
  /** Ends all watches. The store stays open: it belongs to whoever opened it. */
  close(): Promise<void>;
}
