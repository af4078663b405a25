/**
 * A map from keys to values that is also iterable in key order, with cheap snapshots.
 *
 * Keys and values live in sorted chunks. A snapshot shares the chunks; a later write copies only the chunk that it
 * touches. So a snapshot costs a pointer for each few hundred entries, and lists drain at their own pace while writes go on.
 */
import { compareKeys, isPlain } from './compare-keys.ts';

const maxChunkLength = 512;

interface Chunk<V> {
  readonly keys: string[];
  readonly values: V[];
  /** Snapshots taken when this chunk was made; it may be written in place only while no newer one exists. */
  readonly epoch: number;
}

/** Entries as they were at one moment, in key order. */
export interface OrderedSnapshot<V> {
  readonly size: number;
  /** Entries with `from` <= key < `to`; an absent bound is open. */
  entries(from?: string, to?: string): IterableIterator<[string, V]>;
  /** Number of entries with `from` <= key < `to`, without visiting them. */
  count(from?: string, to?: string): number;
}

/** See the file's head. Not iterable while being written: take `snapshot()` first. */
export class OrderedMap<V extends NonNullable<unknown>> {
  readonly #byKey = new Map<string, V>();
  #chunks: Chunk<V>[] = [];
  #epoch = 0;
  /** Where the last new key went: keys often come in order, or nearly so, and what was just looked at is in the cache. */
  #nearChunk = 0;
  #nearIndex = 0;
  #snapshot: OrderedSnapshot<V> | undefined;

  get size(): number {
    return this.#byKey.size;
  }

  get(key: string): V | undefined {
    return this.#byKey.get(key);
  }

  has(key: string): boolean {
    return this.#byKey.has(key);
  }

  /** Gives the value before. */
  set(key: string, value: V): V | undefined {
    this.#snapshot = undefined;
    // Whether there are more entries now tells whether the key is new, and costs nothing; looking costs as much as setting.
    const size = this.#byKey.size;
    this.#byKey.set(key, value);
    const plain = isPlain(key);
    const at = this.#isInChunk(this.#nearChunk, key, plain) ? this.#nearChunk : this.#chunkFor(key);
    const chunk = this.#ownChunk(at);
    const index = lowerBound(chunk.keys, key, at === this.#nearChunk ? this.#nearIndex : -1);
    if (this.#byKey.size === size) {
      const before = chunk.values[index];
      chunk.values[index] = value;
      return before;
    }
    chunk.keys.splice(index, 0, key);
    chunk.values.splice(index, 0, value);
    this.#nearChunk = at;
    this.#nearIndex = index;
    if (chunk.keys.length > maxChunkLength) this.#split(at, index);
    return undefined;
  }

  /** Gives the value that was there. */
  delete(key: string): V | undefined {
    const before = this.#byKey.get(key);
    if (before === undefined) return undefined;
    this.#byKey.delete(key);
    this.#snapshot = undefined;
    const at = this.#chunkFor(key);
    const chunk = this.#ownChunk(at);
    const index = lowerBound(chunk.keys, key);
    chunk.keys.splice(index, 1);
    chunk.values.splice(index, 1);
    if (chunk.keys.length === 0) this.#chunks.splice(at, 1);
    return before;
  }

  /** The entries as they are now; later writes do not show in it. */
  snapshot(): OrderedSnapshot<V> {
    if (this.#snapshot === undefined) {
      this.#epoch++;
      this.#snapshot = new ChunkSnapshot([...this.#chunks], this.#byKey.size);
    }
    return this.#snapshot;
  }

  #isInChunk(at: number, key: string, plain: boolean): boolean {
    const first = this.#chunks[at]?.keys[0];
    if (first === undefined || isBelow(key, first, plain)) return false;
    const next = this.#chunks[at + 1]?.keys[0];
    return next === undefined || isBelow(key, next, plain);
  }

  #chunkFor(key: string): number {
    const plain = isPlain(key);
    let low = 0;
    let high = this.#chunks.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      const first = this.#chunks[middle]?.keys[0] ?? '';
      if (!isBelow(key, first, plain)) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  #ownChunk(at: number): Chunk<V> {
    const chunk = this.#chunks[at];
    if (chunk !== undefined && chunk.epoch === this.#epoch) return chunk;
    const own: Chunk<V> = {
      keys: chunk === undefined ? [] : [...chunk.keys],
      values: chunk === undefined ? [] : [...chunk.values],
      epoch: this.#epoch,
    };
    this.#chunks[at] = own;
    return own;
  }

  #split(at: number, lastInsertion: number): void {
    const chunk = this.#ownChunk(at);
    // Keys that only grow (generated names, timestamps) would leave half-empty chunks behind if split in the middle.
    const appended = lastInsertion === chunk.keys.length - 1;
    const middle = appended ? chunk.keys.length - 1 : chunk.keys.length >> 1;
    const right: Chunk<V> = {
      keys: chunk.keys.splice(middle),
      values: chunk.values.splice(middle),
      epoch: this.#epoch,
    };
    this.#chunks.splice(at + 1, 0, right);
  }
}

class ChunkSnapshot<V> implements OrderedSnapshot<V> {
  readonly size: number;
  readonly #chunks: readonly Chunk<V>[];

  constructor(chunks: readonly Chunk<V>[], size: number) {
    this.#chunks = chunks;
    this.size = size;
  }

  *entries(from = '', to?: string): IterableIterator<[string, V]> {
    const start = this.#position(from);
    for (let at = start.chunk; at < this.#chunks.length; at++) {
      const chunk = this.#chunks[at];
      if (chunk === undefined) return;
      for (let index = at === start.chunk ? start.index : 0; index < chunk.keys.length; index++) {
        const key = chunk.keys[index] ?? '';
        if (to !== undefined && compareKeys(key, to) >= 0) return;
        // The index is below the chunk's length, so there is a value; V itself may include undefined.
        yield [key, chunk.values[index] as V];
      }
    }
  }

  count(from = '', to?: string): number {
    if (to !== undefined && compareKeys(from, to) >= 0) return 0;
    const start = this.#position(from);
    const end = to === undefined ? { chunk: this.#chunks.length, index: 0 } : this.#position(to);
    let count = end.index - start.index;
    for (let at = start.chunk; at < end.chunk; at++) count += this.#chunks[at]?.keys.length ?? 0;
    return count;
  }

  /** Where the first key that is not below `key` is. */
  #position(key: string): { chunk: number; index: number } {
    let low = 0;
    let high = this.#chunks.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const keys = this.#chunks[middle]?.keys ?? [];
      if (compareKeys(keys[keys.length - 1] ?? '', key) < 0) low = middle + 1;
      else high = middle;
    }
    return { chunk: low, index: lowerBound(this.#chunks[low]?.keys ?? [], key) };
  }
}

/** Steps from a likely place within which the place is looked for first. */
const nearby = 4;

/** Index of the first key that is not below `key`, which may well be at or near `near`. */
function lowerBound(keys: readonly string[], key: string, near = -1): number {
  const plain = isPlain(key);
  let low = 0;
  let high = keys.length;
  if (near >= 0 && near < high) {
    if (!isBelow(keys[near] ?? '', key, plain)) {
      high = near;
      if (near >= nearby && isBelow(keys[near - nearby] ?? '', key, plain)) low = near - nearby + 1;
    } else {
      low = near + 1;
      if (near + nearby < high && !isBelow(keys[near + nearby] ?? '', key, plain)) high = near + nearby;
    }
  }
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isBelow(keys[middle] ?? '', key, plain)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** @param plain whether one of the two is known to be: see `isPlain`. */
function isBelow(a: string, b: string, plain: boolean): boolean {
  return plain ? a < b : compareKeys(a, b) < 0;
}
