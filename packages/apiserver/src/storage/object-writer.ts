/**
 * Writes of the API server: one compare-and-swap on the object's revision each. The cache has taken the write in when the
 * promise resolves, since the store delivers a revision's events before it acknowledges it.
 */
import type { Unstructured } from '@kindred/machinery';
import type { Compare, Operation, Store } from '@kindred/store';
import { encodeStored, sameContent } from './object-bytes.ts';
import type { PendingWrite, PendingWrites } from './pending-writes.ts';
import type { WriteOptions } from './resource-storage.ts';
import type { StoredObject } from './stored-object.ts';
import type { TtlLeases } from './ttl-leases.ts';

/** Makes the stored object of a written revision when the store's event did not carry the bytes it was given. */
type StoredObjectFactory = (key: string, value: Uint8Array, revision: number) => StoredObject;

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

  create(key: string, object: Unstructured, { ttlSeconds, rest }: WriteOptions): Promise<StoredObject | undefined> {
    return this.#put({ key, target: 'create', is: '=', than: 0 }, encodeStored(object, rest), object, ttlSeconds);
  }

  async replace(
    key: string,
    current: StoredObject,
    object: Unstructured,
    ttlSeconds: number | undefined,
  ): Promise<StoredObject | undefined> {
    const value = encodeStored(object);
    if (sameContent(current.bytes, value)) return current;
    return this.#put({ key, target: 'mod', is: '=', than: current.revision }, value, object, ttlSeconds);
  }

  async remove(key: string, current: StoredObject): Promise<StoredObject | undefined> {
    const { succeeded, revision } = await this.#options.store.txn({
      compare: [{ key, target: 'mod', is: '=', than: current.revision }],
      success: [{ type: 'delete', key }],
      failure: [],
    });
    return succeeded ? current.at(revision) : undefined;
  }

  async #put(
    compare: Compare,
    value: Uint8Array,
    object: Unstructured,
    ttlSeconds: number | undefined,
  ): Promise<StoredObject | undefined> {
    const { store, pending, leases, toStored } = this.#options;
    const write: PendingWrite = { value, object, isNew: compare.target === 'create', stored: undefined };
    const put: Operation = { type: 'put', key: compare.key, value };
    const success = ttlSeconds === undefined ? [put] : [{ ...put, lease: await leases.lease(ttlSeconds) }];
    pending.add(write);
    try {
      const { succeeded, revision } = await store.txn({ compare: [compare], success, failure: [] });
      return succeeded ? (write.stored ?? toStored(compare.key, value, revision)) : undefined;
    } finally {
      if (write.stored === undefined) pending.delete(write);
    }
  }
}
