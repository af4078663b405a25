/**
 * Group commit: all requests that have come since the last commit are carried out in one database transaction, made durable
 * by one sync of the disk, and only then answered. When that fails, none of them stands and all writers are told.
 */
import { StoreError } from '../port.ts';
import type { Database } from './database.ts';
import {
  joinValues,
  type PackedResults,
  packResults,
  type RequestMessage,
  ValueReader,
  type WireError,
  type WireRequest,
  type WireResult,
  type WireSwap,
  type WorkerOptions,
} from './protocol.ts';
import { setSpace } from './schema.ts';
import { toStoreError } from './sqlite-error.ts';
import type { Answering, SqliteState } from './sqlite-state.ts';

/** Rows that one slice of a sweep looks at; requests go between slices. */
const sweepSlice = 200;

/** Requests that get an error instead of being carried out. */
interface Refusal {
  readonly error: StoreError;
  refuses(request: WireRequest): boolean;
}

/** Carries requests out, in the order in which they came. */
export class CommitGroup {
  readonly #database: Database;
  readonly #state: SqliteState;
  readonly #file: string;
  readonly #maxBytes: number | undefined;
  /** Set when the disk failed in the middle of a commit: what it holds is then uncertain until the file is opened anew. */
  #failure: StoreError | undefined;

  constructor(database: Database, state: SqliteState, { file, maxBytes }: WorkerOptions) {
    this.#database = database;
    this.#state = state;
    this.#file = file;
    this.#maxBytes = maxBytes;
  }

  /** Answers all requests of the messages. */
  run(messages: readonly RequestMessage[]): PackedResults {
    const values: Uint8Array[] = [];
    const writes = messages.some((message) => message.requests.some(isWrite));
    const attempt = writes ? this.#runAndCommit(messages, values) : this.#runAll(messages, values, undefined);
    const results = packResults(attempt);
    return values.length === 0
      ? { type: 'results', results }
      : { type: 'results', results, values: joinValues(values) };
  }

  /** One slice of what compaction leaves to do; false when nothing is left or it cannot be done now. */
  sweep(): boolean {
    let more = false;
    const failure = this.#inTransaction(() => {
      more = this.#state.sweep(sweepSlice);
    });
    return failure === undefined && more;
  }

  #runAndCommit(messages: readonly RequestMessage[], values: Uint8Array[]): WireResult[] {
    let results: WireResult[] = [];
    let failure =
      this.#failure ??
      this.#inTransaction(() => {
        results = this.#runAll(messages, values, undefined);
      });
    if (failure?.code === 'noSpace') {
      // What frees space must be possible when there is none.
      const refusal = { error: failure, refuses: needsSpace };
      setSpace(this.#database, this.#maxBytes, { reserve: true });
      failure = this.#inTransaction(() => {
        values.length = 0;
        results = this.#runAll(messages, values, refusal);
      });
      setSpace(this.#database, this.#maxBytes, { reserve: false });
    }
    if (failure === undefined) return results;
    // Reads may have seen what is now undone: they are answered again.
    values.length = 0;
    return this.#runAll(messages, values, { error: failure, refuses: isWrite });
  }

  /** Runs `work` and makes it durable; gives the error that undid it. */
  #inTransaction(work: () => void): StoreError | undefined {
    const before = this.#state.progress;
    let committing = false;
    try {
      this.#database.exec('BEGIN IMMEDIATE');
      work();
      this.#saveProgress(before);
      committing = true;
      this.#database.exec('COMMIT');
      return undefined;
    } catch (error) {
      const failure = toStoreError(error, this.#file);
      this.#rollBack();
      this.#state.restore(before);
      if (committing && failure.code === 'io') this.#failure = failure;
      return failure;
    }
  }

  #saveProgress(before: SqliteState['progress']): void {
    const { compacted, swept } = this.#state.progress;
    // New rows tell by themselves how far they go: one page less to write with each group.
    if (compacted !== before.compacted || swept !== before.swept) this.#state.saveProgress();
  }

  #rollBack(): void {
    try {
      this.#database.exec('ROLLBACK');
    } catch (error) {
      // SQLite has rolled back by itself after some errors, a full disk among them.
      if (!(error instanceof Error) || !error.message.includes('no transaction')) throw error;
    }
  }

  #runAll(messages: readonly RequestMessage[], values: Uint8Array[], refusal: Refusal | undefined): WireResult[] {
    const results: WireResult[] = [];
    for (const message of messages) {
      const reader = new ValueReader(message.values);
      const answering = { values, previous: message.previous };
      for (let at = 0; at < message.requests.length; ) {
        const request = message.requests[at];
        if (request === undefined) break;
        if (refusal?.refuses(request) === true) {
          reader.take(sizeOfValues(request));
          results.push(errorResult(refusal.error));
          at++;
        } else if (request.type === 'swap') {
          const run = swapsFrom(message.requests, at);
          results.push(...this.#swaps(run, reader, answering));
          at += run.length;
        } else {
          results.push(this.#answer(request, reader, answering));
          at++;
        }
      }
    }
    return results;
  }

  #swaps(swaps: readonly WireSwap[], reader: ValueReader, answering: Answering): WireResult[] {
    const results = this.#state.swaps(swaps, reader, answering);
    return results.map((result) => (result instanceof StoreError ? errorResult(result) : result));
  }

  #answer(request: Exclude<WireRequest, WireSwap>, reader: ValueReader, answering: Answering): WireResult {
    const taken = answering.values.length;
    try {
      return this.#carryOut(request, reader, answering);
    } catch (error) {
      const fault = toStoreError(error, this.#file);
      // Only refusals are one request's own matter; a fault of the database undoes the whole group.
      const refused = error instanceof StoreError && error.code !== 'corrupt';
      if (isWrite(request) && !refused) throw fault;
      answering.values.length = taken;
      return errorResult(fault);
    }
  }

  #carryOut(request: Exclude<WireRequest, WireSwap>, reader: ValueReader, answering: Answering): WireResult {
    switch (request.type) {
      case 'txn':
        return this.#state.txn(request, reader, answering);
      case 'range':
        return { type: 'range', ...this.#state.range(request.range, answering) };
      case 'history':
        return { type: 'history', ...this.#state.history(request.watch, request.start, answering) };
      case 'compact':
        this.#state.compact(request.revision);
        return { type: 'done' };
      case 'grant':
        return { type: 'lease', id: this.#state.grant(request.ttlSeconds) };
      case 'revoke':
        return this.#state.revoke(request.lease, answering);
      case 'status':
        return this.#state.status();
      case 'close':
        return { type: 'done' };
    }
  }
}

/** A StoreError in a form that crosses threads. */
export function wireError({ code, message, hint, compactedRevision }: StoreError): WireError {
  return { code, message, hint, compactedRevision };
}

function errorResult(error: StoreError): WireResult {
  return { type: 'error', error: wireError(error) };
}

const writes: ReadonlySet<WireRequest['type']> = new Set(['swap', 'txn', 'compact', 'grant', 'revoke']);

function isWrite(request: WireRequest): boolean {
  return writes.has(request.type);
}

/** Whether carrying the request out makes the file larger in itself; deletions and compaction make room. */
function needsSpace(request: WireRequest): boolean {
  if (request.type === 'grant' || request.type === 'swap') return true;
  return request.type === 'txn' && [...request.success, ...request.failure].some(({ type }) => type === 'put');
}

/** The swaps that follow each other from `at` on. */
function swapsFrom(requests: readonly WireRequest[], at: number): WireSwap[] {
  const swaps: WireSwap[] = [];
  for (let next = requests[at]; next?.type === 'swap'; next = requests[at + swaps.length]) swaps.push(next);
  return swaps;
}

function sizeOfValues(request: WireRequest): number {
  if (request.type === 'swap') return request.size;
  if (request.type !== 'txn') return 0;
  const sized = [...request.compare, ...request.success, ...request.failure];
  return sized.reduce((sum, part) => sum + ('size' in part ? part.size : 0), 0);
}
