/**
 * The storage port, in etcd's terms: one revision that only grows, compare-and-swap, watch from a revision, compaction,
 * leases. `contract.ts` is the suite that every driver passes.
 *
 * Revisions are JavaScript numbers (exact up to 2^53). Keys are strings without NUL, ordered by their UTF-8 bytes.
 * A write is acknowledged (its promise resolves) only when it is durable.
 */

/** A revision of the whole store. 1 is an empty store's. Each transaction that writes takes a higher one; there may be gaps. */
export type Revision = number;

export interface KeyValue {
  readonly key: string;
  readonly value: Uint8Array;
  /** Revision of the write that created this key. */
  readonly createRevision: Revision;
  /** Revision of the last write to this key. */
  readonly modRevision: Revision;
  /** Number of writes since creation; 1 after the first. */
  readonly version: number;
  /** Lease that the key is bound to; 0 for none. */
  readonly lease: number;
}

export interface RangeRequest {
  readonly key: string;
  /** End of the range, exclusive; absent reads just `key`. `prefixEnd(key)` reads a prefix, `endOfKeys` all to the end. */
  readonly rangeEnd?: string;
  /** Read as of this revision; 0 or absent is the newest. */
  readonly revision?: Revision;
  /** At most this many pairs; 0 or absent is no limit. */
  readonly limit?: number;
  readonly keysOnly?: boolean;
  readonly countOnly?: boolean;
}

export interface RangeResult {
  readonly kvs: readonly KeyValue[];
  /** True when `limit` cut the result. */
  readonly more: boolean;
  /** Pairs in the range, regardless of `limit`. */
  readonly count: number;
  /** Revision of the store when the range was read. */
  readonly revision: Revision;
}

export type Compare =
  | {
      readonly key: string;
      readonly target: 'mod' | 'create' | 'version';
      readonly is: '=' | '!=' | '<' | '>';
      readonly than: number;
    }
  | { readonly key: string; readonly target: 'value'; readonly is: '=' | '!='; readonly than: Uint8Array };

export type Operation =
  | {
      readonly type: 'put';
      readonly key: string;
      readonly value: Uint8Array;
      readonly lease?: number;
      readonly prevKv?: boolean;
    }
  | { readonly type: 'delete'; readonly key: string; readonly rangeEnd?: string; readonly prevKv?: boolean }
  | ({ readonly type: 'range' } & RangeRequest);

/** A transaction writes a key at most once (else `duplicateKey`); its operations see what the ones before them wrote. */
export interface TxnRequest {
  readonly compare: readonly Compare[];
  /** Carried out in order, atomically and at one revision, when every comparison holds. */
  readonly success: readonly Operation[];
  readonly failure: readonly Operation[];
}

export type OperationResult =
  | { readonly type: 'put'; readonly prevKv?: KeyValue }
  | { readonly type: 'delete'; readonly deleted: number; readonly prevKvs: readonly KeyValue[] }
  | ({ readonly type: 'range' } & RangeResult);

export interface TxnResult {
  readonly succeeded: boolean;
  readonly responses: readonly OperationResult[];
  /** Revision of this transaction if it wrote something, else the store's newest. */
  readonly revision: Revision;
}

export interface WatchRequest {
  readonly key: string;
  readonly rangeEnd?: string;
  /** First revision to deliver; absent is the next one. */
  readonly startRevision?: Revision;
  readonly prevKv?: boolean;
}

export type StoreEvent =
  | { readonly type: 'put'; readonly kv: KeyValue; readonly prevKv?: KeyValue }
  | { readonly type: 'delete'; readonly key: string; readonly modRevision: Revision; readonly prevKv?: KeyValue };

/** Everything that one or more whole revisions did to the watched range, in order; empty events report progress. */
export interface WatchBatch {
  readonly revision: Revision;
  readonly events: readonly StoreEvent[];
}

export interface Watcher {
  /** Ends the watch; no callback comes after it. */
  close(): void;
}

export interface WatchHandler {
  onBatch(batch: WatchBatch): void;
  /** The watch is over: compacted, closed, or the store failed. Called at most once. */
  onEnd(reason: StoreError): void;
}

export interface Store {
  range(request: RangeRequest): Promise<RangeResult>;
  txn(request: TxnRequest): Promise<TxnResult>;
  /**
   * Batches never split a revision and never go back. A driver delivers a revision's batch before it resolves the
   * transaction that made it, to every watch that has caught up; one that starts at the next revision always has.
   * The first callback comes after this call has returned.
   */
  watch(request: WatchRequest, handler: WatchHandler): Watcher;
  /** Forgets what was replaced or deleted up to and including `revision`: reads before it, and watches that start at it or
   *  before, then fail with `compacted`. */
  compact(revision: Revision): Promise<void>;
  /** Grants a lease of `ttlSeconds`; keys bound to it are deleted when it ends. Returns its id. */
  grantLease(ttlSeconds: number): Promise<number>;
  keepLeaseAlive(id: number): Promise<{ ttlSeconds: number }>;
  revokeLease(id: number): Promise<void>;
  /** Bytes on disk or in memory, and the newest revision. */
  status(): Promise<{ revision: Revision; compactedRevision: Revision; sizeBytes: number }>;
  /** Waits for writes under way, then releases everything. Later calls fail with `closed`. */
  close(): Promise<void>;
}

/** Every code and what it means; `docs/reference/errors.md` is made from this table. */
export const storeErrorCodes = {
  compacted: 'The revision asked for, or the place a slow watch had reached, has been forgotten.',
  futureRevision: 'The revision asked for has not been reached yet.',
  leaseNotFound: 'The lease has ended or never was.',
  noSpace: 'The disk or the allowed size is full. Nothing was written; deletions still work.',
  closed: 'The store is closed or closing.',
  tooLarge: 'A key or value is longer than the store takes.',
  duplicateKey: 'A transaction writes one key twice.',
  locked: 'Another process has the database open.',
  newerFormat: 'A newer Kindred wrote the database. Nothing was changed.',
  corrupt: 'The database is damaged.',
  io: 'The disk failed to read or write.',
} as const;

export type StoreErrorCode = keyof typeof storeErrorCodes;

/** A fault of the store. `hint` tells an operator what to do. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly code: StoreErrorCode;
  readonly hint: string;
  /** With `compacted`: the revision up to which history is gone. */
  readonly compactedRevision: Revision | undefined;

  constructor(
    code: StoreErrorCode,
    message: string,
    options: { hint?: string; cause?: unknown; compactedRevision?: Revision } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint ?? '';
    this.compactedRevision = options.compactedRevision;
  }
}

/** As `rangeEnd`: no upper bound. */
export const endOfKeys = '\0';

/** The smallest key that is greater than every key with this prefix, for `rangeEnd`. Prefixes end in an ASCII character. */
export function prefixEnd(prefix: string): string {
  if (prefix === '') return endOfKeys;
  const last = prefix.charCodeAt(prefix.length - 1);
  return prefix.slice(0, -1) + String.fromCharCode(last + 1);
}
