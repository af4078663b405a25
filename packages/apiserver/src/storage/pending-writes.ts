/**
 * Writes that wait for their event, each known by the very bytes that were handed to the store.
 *
 * A list, and no Map: see DecodedObjects for what a Map does to everything that only passes through it. There are as many
 * as there are requests under way, and events come in the order of the writes, so the one looked for is among the first.
 */
import type { Unstructured } from '@kindred/machinery';
import type { ResourceState } from './resource-state.ts';
import type { ObjectPlace } from './storage-key.ts';
import type { StoredObject } from './stored-object.ts';

/** A write under way: what it was made from, and what the cache made of it. */
export interface PendingWrite {
  readonly state: ResourceState;
  readonly place: ObjectPlace;
  readonly value: Uint8Array;
  readonly object: Unstructured;
  /** A new object is nobody else's; parts of a changed one may be those of the state before. */
  readonly isNew: boolean;
  stored: StoredObject | undefined;
}

export class PendingWrites {
  readonly #writes: PendingWrite[] = [];

  add(write: PendingWrite): void {
    this.#writes.push(write);
  }

  /** The write of these bytes, which waits no longer. */
  take(value: Uint8Array): PendingWrite | undefined {
    const index = this.#writes.findIndex((write) => write.value === value);
    return index < 0 ? undefined : this.#remove(index);
  }

  /** For a write that failed. */
  delete(write: PendingWrite): void {
    const index = this.#writes.indexOf(write);
    if (index >= 0) this.#remove(index);
  }

  #remove(index: number): PendingWrite | undefined {
    if (index === 0) return this.#writes.shift();
    const [write] = this.#writes.splice(index, 1);
    return write;
  }
}
