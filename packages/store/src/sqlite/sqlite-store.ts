/**
 * The embedded driver: SQLite in a worker thread, with group commit. This side keeps no data; it knows the newest revision,
 * the watches and the lease timers, and turns the worker's answers into events before it resolves what made them.
 */
import { type Clock, systemClock } from '@kindred/machinery';
import { LeaseTimers } from '../lease/lease-timers.ts';
import {
  type RangeRequest,
  type RangeResult,
  type Revision,
  type Store,
  StoreError,
  type StoreEvent,
  type TxnRequest,
  type TxnResult,
  type Watcher,
  type WatchHandler,
  type WatchRequest,
} from '../port.ts';
import { checkTxn } from '../txn/check-txn.ts';
import { type Watch, WatchHub } from '../watch/watch-hub.ts';
import {
  type PutOperation,
  type ValueReader,
  type WireRequest,
  type WireResult,
  type WireSwapResult,
  wireSwap,
  wireTxn,
} from './protocol.ts';
import { readHistory, readRange, readTxn, swapEvent } from './read-results.ts';
import { defaultRetention, type Retention, RetentionTimer } from './retention.ts';
import { fromWire, WorkerLink } from './worker-link.ts';

export interface SqliteStoreOptions {
  /** Path of the database file; it and its directory are created when absent. */
  readonly file: string;
  /** Times leases and compaction. */
  readonly clock?: Clock;
  /** How much history is kept; `'all'` leaves compaction to `compact`. */
  readonly retention?: Retention | 'all';
  /** The file may grow to this many bytes; then writes fail with `noSpace`. Unbounded unless told. */
  readonly maxBytes?: number;
  /** Largest value accepted, in bytes; 8 MiB unless told. */
  readonly maxValueBytes?: number;
  /** The worker's script, when a bundle has it in another place than beside this module. */
  readonly workerUrl?: URL;
}

/**
 * Opens a store in a file. Rejects with a StoreError: `locked` when another process has it, `newerFormat`, `corrupt`, `io`.
 *
 * @example const store = await openSqliteStore({ file: join(dataDirectory, 'store.db') });
 */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<Store> {
  const watches = new WatchHub();
  const { link, opened } = await WorkerLink.open({
    file: options.file,
    maxBytes: options.maxBytes,
    workerUrl: options.workerUrl ?? new URL('./worker.js', import.meta.url),
    previousWanted: () => watches.wantsPrevious,
    onFailure: (error) => watches.endAll(error),
  });
  return new SqliteStore(options, link, watches, opened);
}

class SqliteStore implements Store {
  readonly #link: WorkerLink;
  readonly #watches: WatchHub;
  readonly #leases: LeaseTimers;
  readonly #retention: RetentionTimer | undefined;
  readonly #maxValueBytes: number;
  #revision: Revision;
  #closing: Promise<void> | undefined;

  constructor(
    options: SqliteStoreOptions,
    link: WorkerLink,
    watches: WatchHub,
    opened: { readonly revision: Revision; readonly leases: readonly (readonly [number, number])[] },
  ) {
    const clock = options.clock ?? systemClock;
    this.#link = link;
    this.#watches = watches;
    this.#revision = opened.revision;
    this.#maxValueBytes = options.maxValueBytes ?? 8 * 1024 * 1024;
    this.#leases = new LeaseTimers(clock, (id) => this.#expire(id, clock));
    for (const [id, ttlSeconds] of opened.leases) this.#leases.start(id, ttlSeconds);
    const retention = options.retention ?? defaultRetention;
    if (retention !== 'all') {
      this.#retention = new RetentionTimer(
        clock,
        retention,
        () => this.#revision,
        (revision) => {
          // Compaction that fails, for want of space or because the store closes, is tried again with the next sample.
          this.compact(revision).catch(() => undefined);
        },
      );
    }
  }

  range(request: RangeRequest): Promise<RangeResult> {
    return this.#ask({ type: 'range', range: request }, 'range', readRange);
  }

  txn(request: TxnRequest): Promise<TxnResult> {
    try {
      checkTxn(request, this.#maxValueBytes);
    } catch (error) {
      return Promise.reject(error);
    }
    const swap = wireSwap(request);
    if (swap !== undefined) {
      const { put, wire } = swap;
      return this.#ask(wire, 'swap', (result, reader) => this.#publishSwap(put, result, reader), [put.value]);
    }
    const values: Uint8Array[] = [];
    const wire = wireTxn(request, values);
    return this.#ask(wire, 'txn', (result, reader) => this.#publish(request, result, reader), values);
  }

  watch(request: WatchRequest, handler: WatchHandler): Watcher {
    const start = request.startRevision ?? this.#revision + 1;
    // Writes under way may not carry the previous values: such a watch reads its beginning from the file.
    const live = start > this.#revision && request.prevKv !== true;
    const watch = this.#watches.open(request, handler, { live });
    if (this.#closing !== undefined) watch.end(closedError());
    else if (!live) this.#catchUp(watch, start);
    return watch;
  }

  async compact(revision: Revision): Promise<void> {
    await this.#ask({ type: 'compact', revision }, 'done', () => undefined);
  }

  async grantLease(ttlSeconds: number): Promise<number> {
    return this.#ask({ type: 'grant', ttlSeconds }, 'lease', ({ id }) => {
      this.#leases.start(id, ttlSeconds);
      return id;
    });
  }

  async keepLeaseAlive(id: number): Promise<{ ttlSeconds: number }> {
    if (this.#closing !== undefined) throw closedError();
    const kept = this.#leases.renew(id);
    if (kept === undefined) throw new StoreError('leaseNotFound', `lease ${id} does not exist or has ended`);
    return kept;
  }

  revokeLease(id: number): Promise<void> {
    return this.#ask({ type: 'revoke', lease: id }, 'txn', (result, reader) => {
      this.#leases.remove(id);
      this.#publish({ compare: [], success: [{ type: 'delete', key: '' }], failure: [] }, result, reader);
    });
  }

  status(): Promise<{ revision: Revision; compactedRevision: Revision; sizeBytes: number }> {
    return this.#ask({ type: 'status' }, 'status', ({ revision, compactedRevision, sizeBytes }) => {
      return { revision, compactedRevision, sizeBytes };
    });
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#leases.close();
    this.#retention?.close();
    await new Promise<void>((resolve) => this.#link.send({ type: 'close' }, [], () => resolve()));
    await this.#link.terminate();
    this.#watches.endAll(closedError());
  }

  /** Sends a request and reads its answer, which is of type `type` unless it is an error. */
  #ask<Type extends WireResult['type'], T>(
    request: WireRequest,
    type: Type,
    read: (result: WireResult & { type: Type }, reader: ValueReader) => T,
    values: readonly Uint8Array[] = [],
  ): Promise<T> {
    if (this.#closing !== undefined) return Promise.reject(closedError());
    return new Promise((resolve, reject) => {
      this.#link.send(request, values, (result, reader) => {
        if (isOfType(result, type)) resolve(read(result, reader));
        else if (result.type === 'error') {
          if (result.error.code === 'noSpace') this.#retention?.giveUpHistory();
          reject(fromWire(result.error));
        }
      });
    });
  }

  #publishSwap(put: PutOperation, wire: WireSwapResult, reader: ValueReader): TxnResult {
    const event = swapEvent(put, wire, reader);
    if (event === undefined) return { succeeded: false, revision: wire.revision, responses: [] };
    this.#revision = wire.revision;
    this.#watches.publish(wire.revision, [event]);
    return { succeeded: true, revision: wire.revision, responses: [{ type: 'put' }] };
  }

  /** Tells the watches what a transaction did, and gives its answer. */
  #publish(request: TxnRequest, wire: WireResult & { type: 'txn' }, reader: ValueReader): TxnResult {
    const events: StoreEvent[] = [];
    const result = readTxn(request, wire, reader, events);
    if (events.length > 0) {
      this.#revision = result.revision;
      this.#watches.publish(result.revision, events);
    }
    return result;
  }

  #catchUp(watch: Watch, start: Revision): void {
    if (watch.closed) return;
    this.#link.send({ type: 'history', watch: watch.request, start }, [], (result, reader) => {
      if (result.type === 'error') watch.end(fromWire(result.error));
      if (result.type !== 'history') return;
      for (const batch of readHistory(result, reader)) watch.deliver(batch);
      // Answers come in the order of the requests, so what is published after this one follows it without a gap.
      if (result.next === undefined) watch.live = true;
      else this.#catchUp(watch, result.next);
    });
  }

  #expire(id: number, clock: Clock): void {
    this.revokeLease(id).catch((error: unknown) => {
      // Without space the keys outlive their lease for a while.
      if (error instanceof StoreError && error.code === 'noSpace') clock.after(10_000, () => this.#expire(id, clock));
    });
  }
}

function isOfType<Type extends WireResult['type']>(
  result: WireResult,
  type: Type,
): result is WireResult & { type: Type } {
  return result.type === type;
}

function closedError(): StoreError {
  return new StoreError('closed', 'the store is closed');
}
