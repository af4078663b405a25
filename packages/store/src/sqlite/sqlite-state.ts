/**
 * The state in the file: carries out single requests, inside whatever database transaction its caller has begun. Values of
 * answers go to the list that the caller gives.
 */
import { endOfKeys, type RangeRequest, type Revision, StoreError, type WatchRequest } from '../port.ts';
import { compactedError, readableRevision } from '../txn/check-revision.ts';
import { inRange } from '../txn/check-txn.ts';
import { compareHolds } from '../txn/compare.ts';
import type { Database } from './database.ts';
import type {
  ValueReader,
  WireCompare,
  WireEvent,
  WireHistory,
  WireKeyValue,
  WireOperation,
  WireOperationResult,
  WireRange,
  WireResult,
  WireSwap,
  WireSwapResult,
  WireTxn,
} from './protocol.ts';
import type { EventRow, LiveRow, Progress } from './rows.ts';
import { SqliteTables } from './sqlite-tables.ts';
import { asStored, leaseNotFound, SwapRun } from './swap-run.ts';

/** Rows of history in one answer at least; a revision is never split. */
const historyPage = 500;

/** Where answers put their values, and whether previous ones are wanted with every write. */
export interface Answering {
  readonly values: Uint8Array[];
  readonly previous: boolean;
}

/** See the file's head. */
export class SqliteState {
  readonly #tables: SqliteTables;
  #revision: Revision;
  #lastId: number;
  #compacted: Revision;
  #swept: number;
  #lookFirst = false;
  /** What a comparison of the present transaction has found, for the put that nearly always follows it. */
  #compared: { readonly key: string; readonly row: LiveRow | undefined } | undefined;

  constructor(database: Database) {
    this.#tables = new SqliteTables(database);
    const { revision, lastId, compacted, swept } = this.#tables.progress();
    this.#revision = revision;
    this.#lastId = lastId;
    this.#compacted = compacted;
    this.#swept = swept;
  }

  get progress(): Progress {
    return { revision: this.#revision, lastId: this.#lastId, compacted: this.#compacted, swept: this.#swept };
  }

  /** Goes back to where the file is after a rollback. */
  restore({ revision, lastId, compacted, swept }: Progress): void {
    this.#revision = revision;
    this.#lastId = lastId;
    this.#compacted = compacted;
    this.#swept = swept;
  }

  /** Writes down what the rows of history may not show: the last step before a commit of compaction or a sweep. */
  saveProgress(): void {
    this.#tables.saveProgress(this.progress);
  }

  leases(): readonly (readonly [number, number])[] {
    return this.#tables.leases();
  }

  status(): WireResult {
    return {
      type: 'status',
      revision: this.#revision,
      compactedRevision: this.#compacted,
      sizeBytes: this.#tables.sizeBytes(),
    };
  }

  txn(txn: WireTxn, reader: ValueReader, answering: Answering): WireResult {
    // Every comparison takes its value from the buffer, so none may be skipped.
    this.#compared = undefined;
    const held = txn.compare.map((compare) => this.#holds(compare, reader));
    const succeeded = held.every(Boolean);
    const success = withValues(txn.success, reader);
    const failure = withValues(txn.failure, reader);
    const operations = succeeded ? success : failure;
    this.#checkOperations(operations);
    const next = this.#lastId + 1;
    const responses = operations.map(({ operation, value }) => this.#apply(operation, value, next, answering));
    this.#compared = undefined;
    if (this.#lastId >= next) this.#revision = next;
    return { type: 'txn', succeeded, revision: this.#revision, responses };
  }

  /** Carries out swaps that follow each other; gives what they did, or why one was refused. */
  swaps(
    swaps: readonly WireSwap[],
    reader: ValueReader,
    answering: Answering,
  ): readonly (WireSwapResult | StoreError)[] {
    const previous = answering.previous ? (row: LiveRow) => this.#keyValue(row, {}, answering) : undefined;
    const progress = { lastId: this.#lastId, revision: this.#revision, lookFirst: this.#lookFirst };
    const run = new SwapRun(this.#tables, progress, previous);
    const results = run.carryOut(swaps.map((swap) => ({ wire: asStored(swap), value: reader.take(swap.size) })));
    this.#lastId = run.progress.lastId;
    this.#revision = run.progress.revision;
    this.#lookFirst = run.progress.lookFirst;
    return results;
  }

  range(request: RangeRequest, answering: Answering): WireRange {
    const revision = readableRevision(request, this.#revision, this.#compacted);
    const limit = request.limit ?? 0;
    const page = revision === this.#revision ? this.#liveRows(request) : this.#oldRows(request, revision);
    const kvs = page.rows
      .slice(0, limit === 0 ? undefined : limit)
      .map((row) => this.#keyValue(row, request, answering));
    return {
      kvs,
      more: request.countOnly !== true && page.count > kvs.length,
      count: page.count,
      revision: this.#revision,
    };
  }

  history(watch: WatchRequest, start: Revision, answering: Answering): WireHistory {
    if (start <= this.#compacted) throw compactedError(start, this.#compacted);
    const rows = this.#tables.eventsFrom(start, historyPage);
    const events: WireEvent[] = [];
    for (const row of rows) {
      if (row.revision < start || !inRange(row.key, watch.key, watch.rangeEnd)) continue;
      events.push(this.#event(row, watch.prevKv === true, answering));
    }
    const last = rows.at(-1);
    return { events, next: rows.length < historyPage || last === undefined ? undefined : last.revision + 1 };
  }

  compact(revision: Revision): void {
    if (revision > this.#revision) {
      throw new StoreError('futureRevision', `cannot compact ${revision}, the newest is ${this.#revision}`);
    }
    if (revision <= this.#compacted) throw compactedError(revision, this.#compacted);
    this.#compacted = revision;
  }

  /** Deletes up to `limit` rows that compaction has made useless; false when there are no more. */
  sweep(limit: number): boolean {
    const rows = this.#tables.sweepable(this.#swept, this.#compacted, limit);
    for (const [id, previous, version] of rows) {
      if (previous !== 0) this.#tables.deleteEvent(previous);
      if (version === 0) this.#tables.deleteEvent(id);
      this.#swept = id;
    }
    return rows.length === limit;
  }

  grant(ttlSeconds: number): number {
    return this.#tables.insertLease(ttlSeconds);
  }

  /** Ends a lease and deletes its keys at one revision. */
  revoke(lease: number, answering: Answering): WireResult {
    if (!this.#tables.hasLease(lease)) throw leaseNotFound(lease);
    const next = this.#lastId + 1;
    const rows = this.#tables.leased(lease);
    const response = this.#deleteRows(rows, next, answering.previous, answering);
    this.#tables.deleteLease(lease);
    if (rows.length > 0) this.#revision = next;
    return { type: 'txn', succeeded: true, revision: this.#revision, responses: [response] };
  }

  #holds(compare: WireCompare, reader: ValueReader): boolean {
    const row = this.#tables.live(compare.key);
    this.#compared = { key: compare.key, row };
    const metadata =
      row === undefined ? undefined : { createRevision: row.created, modRevision: row.revision, version: row.version };
    const full = compare.target === 'value' ? { ...compare, than: reader.take(compare.size) } : compare;
    return compareHolds(full, metadata, () => (row === undefined ? undefined : this.#tables.value(row.id)));
  }

  /** Finds what would be refused before anything is written, or half of the transaction would stand. */
  #checkOperations(operations: readonly { operation: WireOperation }[]): void {
    for (const { operation } of operations) {
      if (operation.type === 'range') readableRevision(operation, this.#revision, this.#compacted);
      if (operation.type === 'put' && operation.lease !== 0 && !this.#tables.hasLease(operation.lease)) {
        throw leaseNotFound(operation.lease);
      }
    }
  }

  #apply(operation: WireOperation, value: Uint8Array, revision: Revision, answering: Answering): WireOperationResult {
    switch (operation.type) {
      case 'put':
        return this.#put(operation, value, revision, answering);
      case 'delete': {
        const wanted = operation.prevKv || answering.previous;
        this.#compared = undefined;
        return this.#deleteRows(this.#liveRows({ ...operation, keysOnly: true }).rows, revision, wanted, answering);
      }
      case 'range':
        return { type: 'range', ...this.range(operation, answering) };
    }
  }

  #put(
    operation: WireOperation & { type: 'put' },
    value: Uint8Array,
    revision: Revision,
    answering: Answering,
  ): WireOperationResult {
    const compared = this.#compared?.key === operation.key ? this.#compared : undefined;
    // Only the first operation finds the key as the comparison did.
    this.#compared = undefined;
    const before = compared === undefined ? this.#tables.live(operation.key) : compared.row;
    const wanted = before !== undefined && (operation.prevKv || answering.previous);
    const previous = wanted ? { previous: this.#keyValue(before, {}, answering) } : {};
    const { created, version } = this.#write(operation, before, value, revision);
    return { type: 'put', created, version, ...previous };
  }

  #write(
    { key, lease }: { readonly key: string; readonly lease: number },
    before: LiveRow | undefined,
    value: Uint8Array,
    revision: Revision,
  ): LiveRow {
    const id = ++this.#lastId;
    const created = before?.created ?? revision;
    const row = { key, id, revision, created, version: (before?.version ?? 0) + 1, lease };
    this.#tables.insertEvent(row, before?.id ?? 0, value);
    this.#tables.setLive(row);
    return row;
  }

  #deleteRows(
    rows: readonly LiveRow[],
    revision: Revision,
    wanted: boolean,
    answering: Answering,
  ): WireOperationResult {
    const previous = wanted ? { previous: rows.map((row) => this.#keyValue(row, {}, answering)) } : {};
    for (const row of rows) {
      const id = ++this.#lastId;
      this.#tables.insertEvent({ key: row.key, id, revision, created: 0, version: 0, lease: 0 }, row.id, null);
      this.#tables.deleteLive(row.key);
    }
    return { type: 'delete', keys: rows.map((row) => row.key), ...previous };
  }

  #liveRows(request: RangeRequest): { rows: readonly LiveRow[]; count: number } {
    if (request.rangeEnd === undefined) {
      const row = this.#tables.live(request.key);
      return row === undefined ? { rows: [], count: 0 } : { rows: request.countOnly === true ? [] : [row], count: 1 };
    }
    const to = request.rangeEnd === endOfKeys ? undefined : request.rangeEnd;
    const limit = request.limit ?? 0;
    const read = (): readonly LiveRow[] =>
      request.keysOnly === true
        ? this.#tables.liveRange(request.key, to, limit)
        : this.#tables.liveRangeWithValues(request.key, to, limit);
    const rows = request.countOnly === true ? [] : read();
    const whole = request.countOnly !== true && (limit === 0 || rows.length < limit);
    return { rows, count: whole ? rows.length : this.#tables.countLive(request.key, to) };
  }

  /** Rows as they were at `revision`: the live ones that are older, and what the writes since then replaced. */
  #oldRows(request: RangeRequest, revision: Revision): { rows: readonly LiveRow[]; count: number } {
    const undone = new Map<string, number>();
    for (const [key, previous] of this.#tables.changesAfter(revision)) {
      if (!undone.has(key) && inRange(key, request.key, request.rangeEnd)) undone.set(key, previous);
    }
    const present = this.#liveRows({ ...request, limit: 0, countOnly: false, keysOnly: true }).rows.filter(
      (row) => !undone.has(row.key),
    );
    const earlier = [...undone.values()].filter((id) => id !== 0).map((id) => this.#tables.eventRow(id));
    const rows = [...present, ...earlier].sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)));
    return { rows: request.countOnly === true ? [] : rows, count: rows.length };
  }

  #keyValue(row: LiveRow, request: { keysOnly?: boolean }, answering: Answering): WireKeyValue {
    const value = request.keysOnly === true ? undefined : (row.value ?? this.#tables.value(row.id));
    if (value !== undefined) answering.values.push(value);
    return [row.key, value?.byteLength ?? 0, row.created, row.revision, row.version, row.lease];
  }

  #event(row: EventRow, wanted: boolean, answering: Answering): WireEvent {
    const own = row.version === 0 ? undefined : this.#keyValue(row, {}, answering);
    const previous =
      wanted && row.previous !== 0
        ? { previous: this.#keyValue(this.#tables.eventRow(row.previous), {}, answering) }
        : {};
    if (own !== undefined) return { type: 'put', kv: own, ...previous };
    return { type: 'delete', key: row.key, revision: row.revision, ...previous };
  }
}

const noBytes = new Uint8Array(0);

/** Pairs each operation with its value, taken in the order in which they were packed. */
function withValues(
  operations: readonly WireOperation[],
  reader: ValueReader,
): { operation: WireOperation; value: Uint8Array }[] {
  return operations.map((operation) => ({
    operation,
    value: operation.type === 'put' ? reader.take(operation.size) : noBytes,
  }));
}
