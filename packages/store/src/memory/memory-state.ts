/**
 * The state of the memory driver: the live pairs in key order, and a log of what each revision did, back to the last
 * compaction. Old revisions are read by undoing the log from its end. All of it is synchronous.
 */
import { OrderedMap } from '../ordered/ordered-map.ts';
import {
  endOfKeys,
  type KeyValue,
  type Operation,
  type OperationResult,
  type RangeRequest,
  type RangeResult,
  type Revision,
  type StoreEvent,
  type TxnRequest,
  type TxnResult,
  type WatchBatch,
} from '../port.ts';
import { readableRevision } from '../txn/check-revision.ts';
import { inRange } from '../txn/check-txn.ts';
import { compareHolds } from '../txn/compare.ts';

/** What a transaction did: its answer, and the events to publish (with previous values). */
export interface AppliedTxn {
  readonly result: TxnResult;
  readonly events: readonly StoreEvent[];
}

const noValue = new Uint8Array(0);

/** See the file's head. */
export class MemoryState {
  readonly #live = new OrderedMap<KeyValue>();
  #log: WatchBatch[] = [];
  #revision: Revision = 1;
  #compacted: Revision = 0;
  #sizeBytes = 0;

  get revision(): Revision {
    return this.#revision;
  }

  get compactedRevision(): Revision {
    return this.#compacted;
  }

  /** Bytes of live keys and values. */
  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  range(request: RangeRequest): RangeResult {
    const revision = readableRevision(request, this.#revision, this.#compacted);
    const undone = revision === this.#revision ? undefined : this.#undo(request, revision);
    if (request.rangeEnd === undefined) return this.#one(request, undone);
    const to = request.rangeEnd === endOfKeys ? undefined : request.rangeEnd;
    const snapshot = this.#live.snapshot();
    const limit = request.limit ?? 0;
    const kvs: KeyValue[] = [];
    if (undone === undefined) {
      const count = snapshot.count(request.key, to);
      if (request.countOnly !== true) {
        for (const [, kv] of snapshot.entries(request.key, to)) {
          if (limit > 0 && kvs.length === limit) break;
          kvs.push(shown(kv, request));
        }
      }
      return { kvs, more: request.countOnly !== true && count > kvs.length, count, revision: this.#revision };
    }
    const old = new OrderedMap<KeyValue>();
    for (const [key, kv] of snapshot.entries(request.key, to)) if (!undone.has(key)) old.set(key, kv);
    for (const [key, kv] of undone) if (kv !== undefined) old.set(key, kv);
    for (const [, kv] of old.snapshot().entries()) {
      if (request.countOnly === true || (limit > 0 && kvs.length === limit)) break;
      kvs.push(shown(kv, request));
    }
    return {
      kvs,
      more: request.countOnly !== true && old.size > kvs.length,
      count: old.size,
      revision: this.#revision,
    };
  }

  txn(request: TxnRequest): AppliedTxn {
    const succeeded = request.compare.every((compare) => {
      const kv = this.#live.get(compare.key);
      return compareHolds(compare, kv, () => kv?.value);
    });
    const operations = succeeded ? request.success : request.failure;
    // Refused reads must be found before the first write, or half of the transaction would stand.
    for (const operation of operations) {
      if (operation.type === 'range') readableRevision(operation, this.#revision, this.#compacted);
    }
    const next = this.#revision + 1;
    const events: StoreEvent[] = [];
    const responses = operations.map((operation) => this.#apply(operation, next, events));
    if (events.length > 0) {
      this.#revision = next;
      this.#log.push({ revision: next, events });
    }
    return { result: { succeeded, responses, revision: this.#revision }, events };
  }

  /** Deletes every key that is bound to the lease. */
  deleteLeased(lease: number): readonly StoreEvent[] {
    const next = this.#revision + 1;
    const events: StoreEvent[] = [];
    for (const [key, kv] of this.#live.snapshot().entries())
      if (kv.lease === lease) this.#delete(key, kv, next, events);
    if (events.length > 0) {
      this.#revision = next;
      this.#log.push({ revision: next, events });
    }
    return events;
  }

  /** What happened from `start` on, oldest first. */
  history(start: Revision): readonly WatchBatch[] {
    return this.#log.slice(this.#logIndex(start));
  }

  compact(revision: Revision): void {
    this.#log = this.#log.slice(this.#logIndex(revision + 1));
    this.#compacted = revision;
  }

  #apply(operation: Operation, revision: Revision, events: StoreEvent[]): OperationResult {
    switch (operation.type) {
      case 'put': {
        const previous = this.#put(operation.key, operation.value, operation.lease ?? 0, { revision, events });
        return operation.prevKv === true && previous !== undefined
          ? { type: 'put', prevKv: previous }
          : { type: 'put' };
      }
      case 'delete': {
        const doomed = this.range(operation).kvs;
        for (const kv of doomed) this.#delete(kv.key, kv, revision, events);
        return { type: 'delete', deleted: doomed.length, prevKvs: operation.prevKv === true ? doomed : [] };
      }
      case 'range':
        return { type: 'range', ...this.range(operation) };
    }
  }

  #put(key: string, value: Uint8Array, lease: number, at: { revision: Revision; events: StoreEvent[] }) {
    const previous = this.#live.get(key);
    const kv: KeyValue = {
      key,
      value,
      createRevision: previous?.createRevision ?? at.revision,
      modRevision: at.revision,
      version: (previous?.version ?? 0) + 1,
      lease,
    };
    this.#live.set(key, kv);
    this.#sizeBytes += value.byteLength - (previous === undefined ? -key.length : previous.value.byteLength);
    at.events.push(previous === undefined ? { type: 'put', kv } : { type: 'put', kv, prevKv: previous });
    return previous;
  }

  #delete(key: string, kv: KeyValue, revision: Revision, events: StoreEvent[]): void {
    this.#live.delete(key);
    this.#sizeBytes -= key.length + kv.value.byteLength;
    events.push({ type: 'delete', key, modRevision: revision, prevKv: kv });
  }

  #one(request: RangeRequest, undone: Map<string, KeyValue | undefined> | undefined): RangeResult {
    const kv = undone?.has(request.key) === true ? undone.get(request.key) : this.#live.get(request.key);
    const kvs = kv === undefined || request.countOnly === true ? [] : [shown(kv, request)];
    return { kvs, more: false, count: kv === undefined ? 0 : 1, revision: this.#revision };
  }

  /** Keys in the range that changed after `revision`, with what they were at it. */
  #undo(request: RangeRequest, revision: Revision): Map<string, KeyValue | undefined> {
    const undone = new Map<string, KeyValue | undefined>();
    for (const batch of this.history(revision + 1)) {
      for (const event of batch.events) {
        const key = event.type === 'put' ? event.kv.key : event.key;
        if (!undone.has(key) && inRange(key, request.key, request.rangeEnd)) undone.set(key, event.prevKv);
      }
    }
    return undone;
  }

  #logIndex(revision: Revision): number {
    let low = 0;
    let high = this.#log.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#log[middle]?.revision ?? 0) < revision) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function shown(kv: KeyValue, request: RangeRequest): KeyValue {
  return request.keysOnly === true ? { ...kv, value: noValue } : kv;
}
