/**
 * The API server's storage over the store's port: loads everything under `/registry/` once, follows it with one watch, and
 * keeps each resource in memory. Reads never touch the disk.
 */
import { type Clock, systemClock, type Unstructured } from '@kindred/machinery';
import { type KeyValue, prefixEnd, type Store, StoreError, type WatchBatch, type Watcher } from '@kindred/store';
import { DecodedObjects } from './decoded-objects.ts';
import { spliceResourceVersion } from './object-bytes.ts';
import { ObjectWriter } from './object-writer.ts';
import { type PendingWrite, PendingWrites } from './pending-writes.ts';
import { defaultHistoryLimits, type HistoryLimits } from './resource-history.ts';
import { ResourceState } from './resource-state.ts';
import type { ApiStorage, ResourceStorage, WriteOptions } from './resource-storage.ts';
import { type ObjectName, objectPath, parseStorageKey, registryPrefix, resourcePrefix } from './storage-key.ts';
import { StoredObject } from './stored-object.ts';
import { TtlLeases } from './ttl-leases.ts';

const pageLength = 2000;
const tickMilliseconds = 60_000;
const reachMilliseconds = 3000;

export interface ApiStorageOptions {
  readonly store: Store;
  readonly clock?: Clock;
  /** How much of each resource's past is kept. */
  readonly history?: HistoryLimits;
  /** Decoded objects are kept up to this many bytes of JSON; 16 MiB unless told. */
  readonly decodedBytes?: number;
  /** Runs a function in a later turn of the event loop; setImmediate unless told. */
  readonly later?: (run: () => void) => void;
  /** The store's watch ended for another reason than closing: what is in memory no longer follows the store. */
  readonly onFailure?: (error: StoreError) => void;
}

/**
 * Loads the registry and follows it. Rejects with the store's error.
 *
 * @example
 * const storage = await openApiStorage({ store: openMemoryStore() });
 * const websites = await storage.open('extensions.example.com', 'websites');
 * await websites.create('default', 'kubia', website);
 */
export async function openApiStorage(options: ApiStorageOptions): Promise<ApiStorage> {
  const storage = new StateCache(options);
  await storage.start();
  return storage;
}

class StateCache implements ApiStorage {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #limits: HistoryLimits;
  readonly #later: (run: () => void) => void;
  readonly #onFailure: (error: StoreError) => void;
  readonly #decoded: DecodedObjects;
  readonly #writer: ObjectWriter;
  readonly #pending = new PendingWrites();
  readonly #resources = new Map<string, ResourceState>();
  readonly #waiting = new Set<{ revision: number; done: (reached: boolean) => void }>();
  #loadedRevision = 0;
  #revision = 0;
  #watcher: Watcher | undefined;
  #cancelTick: () => void = () => undefined;

  constructor(options: ApiStorageOptions) {
    this.#store = options.store;
    this.#clock = options.clock ?? systemClock;
    this.#limits = options.history ?? defaultHistoryLimits;
    this.#later = options.later ?? setImmediate;
    this.#onFailure = options.onFailure ?? (() => undefined);
    this.#decoded = new DecodedObjects(options.decodedBytes ?? 16 * 1024 * 1024);
    this.#writer = new ObjectWriter({
      store: options.store,
      pending: this.#pending,
      leases: new TtlLeases(options.store, this.#clock),
      toStored: (key, value, revision) => {
        return this.#toStored(parseStorageKey(key)?.at ?? { namespace: '', name: key }, value, revision);
      },
    });
  }

  get revision(): number {
    return this.#revision;
  }

  async start(): Promise<void> {
    await this.#load();
    const request = {
      key: registryPrefix,
      rangeEnd: prefixEnd(registryPrefix),
      startRevision: this.#loadedRevision + 1,
    };
    this.#watcher = this.#store.watch(request, {
      onBatch: (batch) => this.#take(batch),
      onEnd: (reason) => this.#fail(reason),
    });
    this.#planTick();
  }

  async open(group: string, resource: string): Promise<ResourceStorage> {
    const prefix = resourcePrefix({ group, resource });
    return resourceStorage(prefix, this.#resource(prefix), this.#writer, () => this.#revision);
  }

  release(group: string, resource: string): void {
    const state = this.#resources.get(resourcePrefix({ group, resource }));
    state?.endWatches(new StoreError('closed', `${resource} is no longer served`));
  }

  reaches(revision: number): Promise<boolean> {
    if (revision <= this.#revision) return Promise.resolve(true);
    return new Promise((resolve) => {
      const cancel = this.#clock.after(reachMilliseconds, () => waiter.done(false));
      const waiter = {
        revision,
        done: (reached: boolean) => {
          cancel();
          this.#waiting.delete(waiter);
          resolve(reached);
        },
      };
      this.#waiting.add(waiter);
    });
  }

  async close(): Promise<void> {
    this.#watcher?.close();
    this.#end(new StoreError('closed', 'the storage is closed'));
  }

  async #load(): Promise<void> {
    let key = registryPrefix;
    for (let more = true; more; ) {
      const page = await this.#store.range({
        key,
        rangeEnd: prefixEnd(registryPrefix),
        limit: pageLength,
        ...(this.#loadedRevision === 0 ? {} : { revision: this.#loadedRevision }),
      });
      if (this.#loadedRevision === 0) {
        this.#loadedRevision = page.revision;
        this.#revision = page.revision;
      }
      for (const kv of page.kvs) this.#loadPair(kv);
      more = page.more;
      key = `${page.kvs.at(-1)?.key ?? key}\0`;
    }
  }

  #loadPair(kv: KeyValue): void {
    const parsed = parseStorageKey(kv.key);
    if (parsed === undefined) return;
    this.#resource(parsed.prefix).load(this.#toStored(parsed.at, kv.value, kv.modRevision));
  }

  #resource(prefix: string): ResourceState {
    let state = this.#resources.get(prefix);
    if (state === undefined) {
      state = new ResourceState({
        loadedRevision: this.#loadedRevision,
        limits: this.#limits,
        progress: () => this.#revision,
        later: this.#later,
      });
      this.#resources.set(prefix, state);
    }
    return state;
  }

  #take(batch: WatchBatch): void {
    const now = this.#clock.now();
    for (const event of batch.events) {
      const parsed = parseStorageKey(event.type === 'put' ? event.kv.key : event.key);
      if (parsed === undefined) continue;
      const revision = event.type === 'put' ? event.kv.modRevision : event.modRevision;
      const current = event.type === 'put' ? this.#toStored(parsed.at, event.kv.value, revision) : undefined;
      this.#resource(parsed.prefix).apply(parsed.at, current, revision, now);
    }
    this.#revision = batch.revision;
    for (const waiter of this.#waiting) if (waiter.revision <= batch.revision) waiter.done(true);
  }

  #toStored(at: ObjectName, value: Uint8Array, revision: number): StoredObject {
    const stored = new StoredObject(at, spliceResourceVersion(value, revision), revision, this.#decoded);
    const write = this.#pending.take(value);
    if (write !== undefined) {
      write.stored = stored;
      this.#decoded.add(stored, withResourceVersion(write, revision));
    }
    return stored;
  }

  #planTick(): void {
    this.#cancelTick = this.#clock.after(tickMilliseconds, () => {
      const now = this.#clock.now();
      for (const state of this.#resources.values()) state.tick(now);
      this.#planTick();
    });
  }

  #fail(reason: StoreError): void {
    this.#end(reason);
    if (reason.code !== 'closed') this.#onFailure(reason);
  }

  #end(reason: StoreError): void {
    this.#cancelTick();
    for (const waiter of this.#waiting) waiter.done(false);
    for (const state of this.#resources.values()) state.close(reason);
  }
}

function resourceStorage(
  prefix: string,
  state: ResourceState,
  writer: ObjectWriter,
  progress: () => number,
): ResourceStorage {
  const keyOf = (at: ObjectName): string => prefix + objectPath(at);
  const replace = (current: StoredObject, object: Unstructured, options: WriteOptions = {}) =>
    writer.replace(keyOf(current), current, object, options.ttlSeconds);
  return {
    get revision() {
      return progress();
    },
    get changedRevision() {
      return state.changedRevision;
    },
    get size() {
      return state.size;
    },
    get: (namespace, name) => state.get({ namespace, name }),
    list: (range) => state.list(range),
    listAt: (revision, range) => state.listAt(revision, range),
    watch: (request, handler) => state.watch(request, handler),
    create: (namespace, name, object, options = {}) => writer.create(keyOf({ namespace, name }), object, options),
    replace,
    remove: (current) => writer.remove(keyOf(current), current),
    async guaranteedUpdate(namespace, name, next) {
      for (;;) {
        const current = state.get({ namespace, name });
        if (current === undefined) return undefined;
        const object = await next(current);
        const written = object === undefined ? current : await replace(current, object);
        if (written !== undefined) return written;
      }
    },
  };
}

function withResourceVersion({ object, isNew }: PendingWrite, revision: number): Unstructured {
  const resourceVersion = String(revision);
  if (!isNew) return { ...object, metadata: { ...object.metadata, resourceVersion } };
  object.metadata.resourceVersion = resourceVersion;
  return object;
}
