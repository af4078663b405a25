/**
 * The API server's storage over the store's port: loads everything under `/registry/` once, follows it with one watch, and
 * keeps each resource in memory. Reads never touch the disk.
 */
import { type Clock, systemClock, type Unstructured } from '@kindred/machinery';
import {
  type KeyValue,
  prefixEnd,
  type Store,
  StoreError,
  type StoreEvent,
  type WatchBatch,
  type Watcher,
} from '@kindred/store';
import { DecodedObjects } from './decoded-objects.ts';
import { spliceResourceVersion } from './object-bytes.ts';
import { ObjectWriter } from './object-writer.ts';
import { type PendingWrite, PendingWrites } from './pending-writes.ts';
import { defaultHistoryLimits, type HistoryLimits } from './resource-history.ts';
import { ResourceState } from './resource-state.ts';
import type { ApiStorage, ResourceStorage, WriteOptions } from './resource-storage.ts';
import { type ObjectName, parseStorageKey, registryPrefix, resourcePrefix } from './storage-key.ts';
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
  readonly #openedAt: number;
  #loadedRevision = 0;
  #revision = 0;
  #watcher: Watcher | undefined;
  #cancelTick: () => void = () => undefined;

  constructor(options: ApiStorageOptions) {
    this.#store = options.store;
    this.#clock = options.clock ?? systemClock;
    this.#openedAt = this.#clock.now();
    this.#limits = options.history ?? defaultHistoryLimits;
    this.#later = options.later ?? setImmediate;
    this.#onFailure = options.onFailure ?? (() => undefined);
    this.#decoded = new DecodedObjects(options.decodedBytes ?? 16 * 1024 * 1024);
    this.#writer = new ObjectWriter({
      store: options.store,
      pending: this.#pending,
      leases: new TtlLeases(options.store, this.#clock),
      toStored: (at, value, revision) => this.#toStored(at, value, revision),
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
    return resourceStorage(this.#resource(prefix), this.#writer, () => this.#revision);
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
        prefix,
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
    const now = this.#now();
    for (const event of batch.events) {
      const write = event.type === 'put' ? this.#pending.take(event.kv.value) : undefined;
      if (write === undefined) this.#takeEvent(event, now);
      else this.#takeWrite(write, revisionOf(event), now);
    }
    this.#revision = batch.revision;
    for (const waiter of this.#waiting) if (waiter.revision <= batch.revision) waiter.done(true);
  }

  /** What this process wrote: everything about it is known, its decoded form too. */
  #takeWrite(write: PendingWrite, revision: number, now: number): void {
    const stored = this.#toStored(write.place, write.value, revision);
    write.stored = stored;
    this.#decoded.add(stored, withResourceVersion(write, revision));
    write.state.apply(write.place, stored, revision, now);
  }

  #takeEvent(event: StoreEvent, now: number): void {
    const parsed = parseStorageKey(event.type === 'put' ? event.kv.key : event.key);
    if (parsed === undefined) return;
    const revision = revisionOf(event);
    const current = event.type === 'put' ? this.#toStored(parsed.at, event.kv.value, revision) : undefined;
    const state = this.#resource(parsed.prefix);
    state.apply(state.placeOf(parsed.at), current, revision, now);
  }

  #toStored(at: ObjectName, value: Uint8Array, revision: number): StoredObject {
    return new StoredObject(at, spliceResourceVersion(value, revision), revision, this.#decoded);
  }

  /** Since the storage was opened, in milliseconds: a small number takes no memory of its own, as a date's does. */
  #now(): number {
    return this.#clock.now() - this.#openedAt;
  }

  #planTick(): void {
    this.#cancelTick = this.#clock.after(tickMilliseconds, () => {
      const now = this.#now();
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

function resourceStorage(state: ResourceState, writer: ObjectWriter, progress: () => number): ResourceStorage {
  const replace = (current: StoredObject, object: Unstructured, options: WriteOptions = {}) =>
    writer.replace(state, current, object, options.ttlSeconds);
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
    create: (namespace, name, object, options = {}) => writer.create(state, { namespace, name }, object, options),
    replace,
    remove: (current) => writer.remove(state, current),
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

function revisionOf(event: StoreEvent): number {
  return event.type === 'put' ? event.kv.modRevision : event.modRevision;
}

function withResourceVersion({ object, isNew }: PendingWrite, revision: number): Unstructured {
  const resourceVersion = String(revision);
  if (!isNew) return { ...object, metadata: { ...object.metadata, resourceVersion } };
  object.metadata.resourceVersion = resourceVersion;
  return object;
}
