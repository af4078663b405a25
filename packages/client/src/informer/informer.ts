/**
 * The shared informer: one reflector's view of a collection, read by any number of handlers and listers.
 *
 * Handlers are called in order, for each object's changes in the order they happened; after a relist they see only what
 * differs, deletions included. Objects are shared between all readers: they must not be changed (and can't be, when frozen).
 */
import type { Clock, KindRef, KubeObject, Observed } from '@kindred/machinery';
import type { Client } from '../client/client.ts';
import type { CollectionAddress, ProjectionOptions, SelectorOptions } from '../client/options.ts';
import type { Random } from '../random.ts';
import { deepFreeze } from './deep-freeze.ts';
import { IndexedStore, type IndexFunction, keyOf } from './indexed-store.ts';
import { Reflector } from './reflector.ts';
import { compareResourceVersions } from './resource-version.ts';

/** What an informer is about. Informers of the same scope are shared. */
export interface InformerScope<T extends KubeObject> extends CollectionAddress, SelectorOptions, ProjectionOptions {
  /** Called with each object before it is stored; may return a smaller one. Must keep metadata's identity fields. */
  readonly transform?: ((object: Observed<T>) => Observed<T>) | undefined;
}

export interface InformerHandler<T extends KubeObject> {
  /** `initial` is true for objects of the first list, and for all that are there when the handler is added. */
  added?(object: Observed<T>, context: { readonly initial: boolean }): void;
  /** Also called when nothing but the version changed. */
  updated?(object: Observed<T>, old: Observed<T>): void;
  /** `stale` is true when the deletion was missed and the object is the last state known. */
  deleted?(object: Observed<T>, context: { readonly stale: boolean }): void;
}

/** Reads of an informer's store. */
export interface Lister<T extends KubeObject> {
  get(at: { readonly name: string; readonly namespace?: string | undefined }): Observed<T> | undefined;
  getByKey(key: string): Observed<T> | undefined;
  /** All objects, or those of one namespace, in no particular order. */
  list(at?: CollectionAddress): Observed<T>[];
  byIndex(index: string, value: string): Observed<T>[];
}

/** What can be said and asked of any informer, whatever its type. */
export interface AnyInformer {
  readonly kind: KindRef<KubeObject>;
  /** True once the first list is in the store and all handlers have seen it. */
  readonly hasSynced: boolean;
  /** The newest version that this informer knows the collection at; empty before the first list. */
  readonly resourceVersion: string;
  /** When the server last said anything, in milliseconds since the epoch. */
  readonly lastEventTime: number;
  readonly size: number;
  /** Starts listing and watching; calls after the first do nothing. */
  start(): void;
  /** Stops watching; the store stays readable. */
  close(): Promise<void>;
  /** Resolves when the first list is in; rejects when the signal is aborted first. */
  waitForSync(signal?: AbortSignal): Promise<void>;
  /**
   * Resolves when the store reflects the given version or a newer one: the way to read one's own writes.
   * Versions without an order are waited for until the object named by `key` has exactly that version.
   */
  waitForResourceVersion(resourceVersion: string, key: string, signal?: AbortSignal): Promise<void>;
  hasSeen(resourceVersion: string, key: string): boolean;
  /** Resolves when the store shows that object as being deleted, or doesn't have it. */
  waitForDeletion(key: string, uid: string | undefined, signal?: AbortSignal): Promise<void>;
  showsDeletion(key: string, uid: string | undefined): boolean;
}

export interface InformerOptions<T extends KubeObject> {
  readonly client: Client;
  readonly kind: KindRef<T>;
  readonly scope: InformerScope<T>;
  readonly clock: Clock;
  readonly random: Random;
  /** Told of failed lists and watches, and of exceptions in handlers. */
  readonly onError: (error: unknown) => void;
  readonly freeze: boolean;
  readonly inactivityMilliseconds: number;
}

const namespaceIndex = 'namespace';

interface Waiter {
  readonly done: () => boolean;
  readonly resolve: () => void;
}

export class Informer<T extends KubeObject> implements AnyInformer {
  readonly kind: KindRef<T>;
  readonly lister: Lister<T>;
  readonly #options: InformerOptions<T>;
  readonly #store = new IndexedStore<T>();
  readonly #handlers = new Set<InformerHandler<T>>();
  readonly #waiters = new Set<Waiter>();
  readonly #closing = new AbortController();
  #running: Promise<void> | undefined;
  #synced = false;
  #resourceVersion = '';
  #lastEventTime: number;

  constructor(options: InformerOptions<T>) {
    this.#options = options;
    this.kind = options.kind;
    this.#lastEventTime = options.clock.now();
    this.lister = this.#createLister();
    if (options.kind.scope === 'Namespaced') {
      this.#store.addIndex(namespaceIndex, (object) => [object.metadata.namespace ?? '']);
    }
  }

  get hasSynced(): boolean {
    return this.#synced;
  }

  get resourceVersion(): string {
    return this.#resourceVersion;
  }

  get lastEventTime(): number {
    return this.#lastEventTime;
  }

  get size(): number {
    return this.#store.size;
  }

  /** May be called at any time; `lister.byIndex` finds objects by it. */
  addIndex(name: string, values: IndexFunction<T>): void {
    this.#store.addIndex(name, values);
  }

  hasIndex(name: string): boolean {
    return this.#store.hasIndex(name);
  }

  /** Adds a handler, which sees every object that is there as added. The returned function removes it. */
  addHandler(handler: InformerHandler<T>): () => void {
    this.#handlers.add(handler);
    for (const object of this.#store.values()) this.#guard(() => handler.added?.(object, { initial: true }));
    return () => this.#handlers.delete(handler);
  }

  start(): void {
    if (this.#running !== undefined || this.#closing.signal.aborted) return;
    const { client, kind, scope, clock, random, onError, inactivityMilliseconds } = this.#options;
    const { transform: _, ...address } = scope;
    const sink = {
      replace: (items: readonly Observed<T>[], resourceVersion: string) => this.#replace(items, resourceVersion),
      change: (type: 'ADDED' | 'MODIFIED' | 'DELETED', object: Observed<T>) => this.#change(type, object),
      bookmark: (resourceVersion: string) => this.#advance(resourceVersion),
    };
    const reflector = new Reflector({
      client,
      kind,
      scope: address,
      sink,
      clock,
      random,
      onError,
      inactivityMilliseconds,
    });
    this.#running = reflector.run(this.#closing.signal);
  }

  async close(): Promise<void> {
    this.#closing.abort(new Error(`The informer of ${this.kind.plural} was closed`));
    await this.#running;
  }

  waitForSync(signal?: AbortSignal): Promise<void> {
    return this.#waitUntil(() => this.#synced, signal);
  }

  waitForResourceVersion(resourceVersion: string, key: string, signal?: AbortSignal): Promise<void> {
    return this.#waitUntil(() => this.hasSeen(resourceVersion, key), signal);
  }

  waitForDeletion(key: string, uid: string | undefined, signal?: AbortSignal): Promise<void> {
    return this.#waitUntil(() => this.showsDeletion(key, uid), signal);
  }

  showsDeletion(key: string, uid: string | undefined): boolean {
    const metadata = this.#store.get(key)?.metadata;
    if (metadata === undefined || metadata.deletionTimestamp !== undefined) return true;
    return uid !== undefined && metadata.uid !== uid;
  }

  hasSeen(resourceVersion: string, key: string): boolean {
    const order = compareResourceVersions(this.#resourceVersion, resourceVersion);
    if (order !== undefined && order >= 0) return true;
    return this.#store.get(key)?.metadata.resourceVersion === resourceVersion;
  }

  /** Resolves when `condition` holds; it is looked at after every change. */
  waitUntil(condition: (lister: Lister<T>) => boolean, signal?: AbortSignal): Promise<void> {
    return this.#waitUntil(() => condition(this.lister), signal);
  }

  #createLister(): Lister<T> {
    const store = this.#store;
    return {
      get: (at) =>
        store.get(this.kind.scope === 'Namespaced' ? keyOf({ metadata: { ...optionalNamespace(at) } }) : at.name),
      getByKey: (key) => store.get(key),
      list: ({ namespace } = {}) =>
        namespace !== undefined && store.hasIndex(namespaceIndex)
          ? store.byIndex(namespaceIndex, namespace)
          : [...store.values()],
      byIndex: (index, value) => store.byIndex(index, value),
    };
  }

  #replace(items: readonly Observed<T>[], resourceVersion: string): void {
    const gone = new Set(this.#store.keys());
    for (const item of items) {
      gone.delete(keyOf(item));
      this.#put(item);
    }
    for (const key of gone) this.#remove(key, { stale: true });
    this.#synced = true;
    this.#advance(resourceVersion);
  }

  #change(type: 'ADDED' | 'MODIFIED' | 'DELETED', object: Observed<T>): void {
    if (type === 'DELETED') {
      // The event carries the object's last state, which may be newer than the one stored.
      const key = keyOf(object);
      if (this.#store.get(key) !== undefined) {
        this.#store.set(key, this.#prepare(object));
        this.#remove(key, { stale: false });
      }
    } else this.#put(object);
    this.#advance(object.metadata.resourceVersion);
  }

  #put(object: Observed<T>): void {
    const key = keyOf(object);
    const old = this.#store.get(key);
    if (old?.metadata.resourceVersion === object.metadata.resourceVersion && old.metadata.uid === object.metadata.uid)
      return;
    // Another object under the same name: its predecessor's deletion was missed.
    if (old !== undefined && old.metadata.uid !== object.metadata.uid) this.#remove(key, { stale: true });
    const stored = this.#prepare(object);
    const previous = this.#store.set(key, stored);
    for (const handler of this.#handlers) {
      this.#guard(() =>
        previous === undefined
          ? handler.added?.(stored, { initial: !this.#synced })
          : handler.updated?.(stored, previous),
      );
    }
  }

  #remove(key: string, context: { stale: boolean }): void {
    const object = this.#store.delete(key);
    if (object === undefined) return;
    for (const handler of this.#handlers) this.#guard(() => handler.deleted?.(object, context));
  }

  #prepare(object: Observed<T>): Observed<T> {
    const { scope, freeze } = this.#options;
    const stored = scope.transform === undefined ? object : scope.transform(object);
    return freeze ? deepFreeze(stored) : stored;
  }

  #advance(resourceVersion: string): void {
    this.#lastEventTime = this.#options.clock.now();
    if (resourceVersion !== '') this.#resourceVersion = resourceVersion;
    for (const waiter of this.#waiters) if (waiter.done()) waiter.resolve();
  }

  /** A handler's exception is its own: the other handlers and the stream go on. */
  #guard(call: () => void): void {
    try {
      call();
    } catch (error) {
      this.#options.onError(error);
    }
  }

  #waitUntil(done: () => boolean, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const ends = signal === undefined ? [this.#closing.signal] : [this.#closing.signal, signal];
      const settle = (finish: () => void): void => {
        this.#waiters.delete(waiter);
        for (const end of ends) end.removeEventListener('abort', onAbort);
        finish();
      };
      const onAbort = (): void => settle(() => reject(ends.find((end) => end.aborted)?.reason as Error));
      const waiter = { done, resolve: () => settle(resolve) };
      if (done()) return resolve();
      if (ends.some((end) => end.aborted)) return onAbort();
      for (const end of ends) end.addEventListener('abort', onAbort, { once: true });
      this.#waiters.add(waiter);
    });
  }
}

function optionalNamespace({ name, namespace }: { name: string; namespace?: string | undefined }) {
  return namespace === undefined ? { name } : { name, namespace };
}
