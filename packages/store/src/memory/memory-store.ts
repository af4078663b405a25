/** The memory driver: the whole store in this process, gone with it. For tests and for clusters that need no tomorrow. */
import { type Clock, systemClock } from '@kindred/machinery';
import { LeaseTimers } from '../lease/lease-timers.ts';
import {
  type RangeRequest,
  type RangeResult,
  type Revision,
  type Store,
  StoreError,
  type TxnRequest,
  type TxnResult,
  type Watcher,
  type WatchHandler,
  type WatchRequest,
} from '../port.ts';
import { compactedError } from '../txn/check-revision.ts';
import { checkTxn } from '../txn/check-txn.ts';
import { eventsFor, WatchHub } from '../watch/watch-hub.ts';
import { MemoryState } from './memory-state.ts';

export interface MemoryStoreOptions {
  /** Times leases. */
  readonly clock?: Clock;
  /** Largest value accepted, in bytes; 8 MiB unless told. */
  readonly maxValueBytes?: number;
}

/**
 * A store in memory. Values are kept as given, not copied: whoever wrote them must not change them.
 *
 * @example const store = openMemoryStore();
 */
export function openMemoryStore(options: MemoryStoreOptions = {}): Store {
  return new MemoryStore(options);
}

class MemoryStore implements Store {
  readonly #state = new MemoryState();
  readonly #watches = new WatchHub();
  readonly #leases: LeaseTimers;
  readonly #maxValueBytes: number;
  #nextLease = 1;
  #closed = false;

  constructor(options: MemoryStoreOptions) {
    this.#maxValueBytes = options.maxValueBytes ?? 8 * 1024 * 1024;
    this.#leases = new LeaseTimers(options.clock ?? systemClock, (id) => this.#endLease(id));
  }

  async range(request: RangeRequest): Promise<RangeResult> {
    this.#checkOpen();
    return this.#state.range(request);
  }

  async txn(request: TxnRequest): Promise<TxnResult> {
    this.#checkOpen();
    checkTxn(request, this.#maxValueBytes);
    for (const operation of [...request.success, ...request.failure]) {
      if (operation.type === 'put' && operation.lease) this.#checkLease(operation.lease);
    }
    const { result, events } = this.#state.txn(request);
    if (events.length > 0) this.#watches.publish(result.revision, events);
    return result;
  }

  watch(request: WatchRequest, handler: WatchHandler): Watcher {
    const watch = this.#watches.open(request, handler, { live: true });
    const start = request.startRevision;
    if (this.#closed) watch.end(closedError());
    else if (start !== undefined && start <= this.#state.compactedRevision) {
      watch.end(compactedError(start, this.#state.compactedRevision));
    } else if (start !== undefined) {
      for (const batch of this.#state.history(start)) {
        const events = eventsFor(request, batch.events);
        if (events.length > 0) watch.deliver({ revision: batch.revision, events });
      }
    }
    return watch;
  }

  async compact(revision: Revision): Promise<void> {
    this.#checkOpen();
    if (revision > this.#state.revision) {
      throw new StoreError('futureRevision', `cannot compact ${revision}, the newest is ${this.#state.revision}`);
    }
    if (revision <= this.#state.compactedRevision) throw compactedError(revision, this.#state.compactedRevision);
    this.#state.compact(revision);
  }

  async grantLease(ttlSeconds: number): Promise<number> {
    this.#checkOpen();
    const id = this.#nextLease++;
    this.#leases.start(id, ttlSeconds);
    return id;
  }

  async keepLeaseAlive(id: number): Promise<{ ttlSeconds: number }> {
    this.#checkOpen();
    const kept = this.#leases.renew(id);
    if (kept === undefined) throw leaseNotFound(id);
    return kept;
  }

  async revokeLease(id: number): Promise<void> {
    this.#checkOpen();
    this.#checkLease(id);
    this.#endLease(id);
  }

  async status(): Promise<{ revision: Revision; compactedRevision: Revision; sizeBytes: number }> {
    this.#checkOpen();
    const { revision, compactedRevision, sizeBytes } = this.#state;
    return { revision, compactedRevision, sizeBytes };
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#leases.close();
    this.#watches.endAll(closedError());
  }

  #endLease(id: number): void {
    this.#leases.remove(id);
    const events = this.#state.deleteLeased(id);
    if (events.length > 0) this.#watches.publish(this.#state.revision, events);
  }

  #checkOpen(): void {
    if (this.#closed) throw closedError();
  }

  #checkLease(id: number): void {
    if (!this.#leases.has(id)) throw leaseNotFound(id);
  }
}

function closedError(): StoreError {
  return new StoreError('closed', 'the store is closed');
}

function leaseNotFound(id: number): StoreError {
  return new StoreError('leaseNotFound', `lease ${id} does not exist or has ended`);
}
