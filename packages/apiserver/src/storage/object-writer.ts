/**
 * Writes of the API server: one compare-and-swap on the object's revision each. The cache has taken the write in when the
 * promise resolves, since the store delivers a revision's events before it acknowledges it.
 */
import type { Unstructured } from '@kindred/machinery';
import type { Compare, Operation, Store } from '@kindred/store';
import { encodeStored, sameContent } from './object-bytes.ts';
import type { PendingWrite, PendingWrites } from './pending-writes.ts';
import type { ResourceState } from './resource-state.ts';
import type { WriteOptions } from './resource-storage.ts';
import type { ObjectName, ObjectPlace } from './storage-key.ts';
import type { StoredObject } from './stored-object.ts';
import type { TtlLeases } from './ttl-leases.ts';

/** Makes the stored object of a written revision when the store's event did not carry the bytes it was given. */
type StoredObjectFactory = (at: ObjectName, value: Uint8Array, revision: number) => StoredObject;

interface Put {
  readonly state: ResourceState;
  readonly place: ObjectPlace;
  /** What the object's revision must be: 0 for one that must not be there. */
  readonly than: number;
  readonly object: Unstructured;
  readonly value: Uint8Array;
  readonly ttlSeconds: number | undefined;
}

export interface ObjectWriterOptions {
  readonly store: Store;
  readonly pending: PendingWrites;
  readonly leases: TtlLeases;
  readonly toStored: StoredObjectFactory;
}

/** See the file's head. All functions give undefined when the comparison failed. */
export class ObjectWriter {
  readonly #options: ObjectWriterOptions;

  constructor(options: ObjectWriterOptions) {
    this.#options = options;
  }

  create(
    state: ResourceState,
    at: ObjectName,
    object: Unstructured,
    { ttlSeconds, rest }: WriteOptions,
  ): Promise<StoredObject | undefined> {
    const value = encodeStored(object, rest);
    return this.#put({ state, place: state.placeOf(at), than: 0, object, value, ttlSeconds });
  }

  async replace(
    state: ResourceState,
    current: StoredObject,
    object: Unstructured,
    ttlSeconds: number | undefined,
  ): Promise<StoredObject | undefined> {
    const value = encodeStored(object);
    if (sameContent(current.bytes, value)) return current;
    return this.#put({ state, place: state.placeOf(current), than: current.revision, object, value, ttlSeconds });
  }

  async remove(state: ResourceState, current: StoredObject): Promise<StoredObject | undefined> {
    const key = state.keyOf(state.placeOf(current));
    const { succeeded, revision } = await this.#options.store.txn({
      compare: [{ key, target: 'mod', is: '=', than: current.revision }],
      success: [{ type: 'delete', key }],
      failure: [],
    });
    return succeeded ? current.at(revision) : undefined;
  }

  async #put({ state, place, than, object, value, ttlSeconds }: Put): Promise<StoredObject | undefined> {
    const { store, pending, leases, toStored } = this.#options;
    const isNew = than === 0;
    const key = state.keyOf(place);
    const compare: Compare = { key, target: isNew ? 'create' : 'mod', is: '=', than };
    const put: Operation = { type: 'put', key, value };
    const success = ttlSeconds === undefined ? [put] : [{ ...put, lease: await leases.lease(ttlSeconds) }];
    const write: PendingWrite = { state, place, value, object, isNew, stored: undefined };
    pending.add(write);
    try {
      const { succeeded, revision } = await store.txn({ compare: [compare], success, failure: [] });
      return succeeded ? (write.stored ?? toStored(place, value, revision)) : undefined;
    } finally {
      if (write.stored === undefined) pending.delete(write);
    }
  }
}
