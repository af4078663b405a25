/**
 * What the API server's verbs need of storage: for each resource, its objects in memory as bytes, compare-and-swap writes
 * through the store's port, and events in the order of the store's revisions.
 *
 * Objects are in their storage version. Reads are synchronous and see every write that was acknowledged before.
 */
import type { Unstructured } from '@kindred/machinery';
import type { Revision } from '@kindred/store';

/** One stored object at one revision. */
export interface StoredObject {
  /** Empty for cluster-scoped objects. */
  readonly namespace: string;
  readonly name: string;
  readonly revision: Revision;
  /** The object's JSON with `metadata.resourceVersion` spliced in: what a GET sends. Never to be changed. */
  readonly bytes: Uint8Array;
  /** The same, parsed when first asked for. Shared: never to be changed, copy it first. */
  readonly object: Unstructured;
}

export interface ResourceEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  /** For DELETED: the last state, with the revision of the deletion. */
  readonly stored: StoredObject;
  /** The state before, for MODIFIED and DELETED: selectors decide with it whether an object comes or goes. */
  readonly previous: StoredObject | undefined;
  /** `{"type":…,"object":…}` and a newline, encoded when first asked for and shared by all watchers. */
  readonly line: Uint8Array;
}

export interface ListRange {
  /** Absent: all namespaces. */
  readonly namespace?: string;
  /** Continue after this object (namespace/name; just the name when cluster-scoped). */
  readonly after?: string;
  /** 0 or absent: all. */
  readonly limit?: number;
}

export interface ResourceList {
  /** In order of namespace, then name. A snapshot: later writes don't show. */
  readonly items: readonly StoredObject[];
  readonly revision: Revision;
  /** Objects in the range beyond `items`. */
  readonly remaining: number;
}

export interface ResourceWatchHandler {
  /** All of one or more whole revisions, in order; empty reports progress up to `revision`. */
  onEvents(events: readonly ResourceEvent[], revision: Revision): void;
  /** History is gone (`compacted`), the resource is no longer served, or the storage closes. No call comes after it. */
  onEnd(reason: Error): void;
}

export interface ResourceWatch {
  close(): void;
}

export interface ResourceStorage {
  /** Newest revision whose writes show in reads. */
  readonly revision: Revision;
  get(namespace: string, name: string): StoredObject | undefined;
  list(range: ListRange): ResourceList;
  /** The list as it was at `revision`; rejects with a `compacted` StoreError when that is forgotten. */
  listAt(revision: Revision, range: ListRange): Promise<ResourceList>;
  /**
   * Events after `since`. Throws a `compacted` StoreError when they are forgotten.
   * @param namespace undefined for all namespaces.
   */
  watch(since: Revision, namespace: string | undefined, handler: ResourceWatchHandler): ResourceWatch;
  /** Stores a new object; undefined when the name is taken. */
  create(namespace: string, name: string, object: Unstructured): Promise<StoredObject | undefined>;
  /** Stores the next state of `current`; undefined when it isn't the current one any more. */
  replace(current: StoredObject, object: Unstructured): Promise<StoredObject | undefined>;
  /** Removes; gives the last state at the revision of the deletion, or undefined when `current` isn't current any more. */
  remove(current: StoredObject): Promise<StoredObject | undefined>;
}

/** Where resources live. */
export interface ApiStorage {
  /**
   * The storage of one resource, loaded and following the store. Opening it twice gives the same one.
   * @param group and @param resource name the keys: `/registry/<group>/<resource>/<namespace>/<name>`.
   */
  open(group: string, resource: string): Promise<ResourceStorage>;
  /** Ends the resource's watches and forgets its state in memory; what is stored stays. */
  release(group: string, resource: string): void;
  readonly revision: Revision;
  /** Ends all watches. */
  close(): Promise<void>;
}
