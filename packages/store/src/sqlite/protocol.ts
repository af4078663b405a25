/**
 * What the driver's two sides say to each other. Values travel in one buffer for each message, in the order in which the
 * message's parts name their sizes: one copy on the way, whatever buffers the values came from. Everything else of a
 * message travels as JSON text: the structured clone of the same small objects costs several times as much.
 */
import type { Compare, RangeRequest, Revision, StoreErrorCode, TxnRequest, WatchRequest } from '../port.ts';

export interface WorkerOptions {
  readonly file: string;
  /** The file may grow to this many bytes. */
  readonly maxBytes: number | undefined;
}

/** key, size of the value, createRevision, modRevision, version, lease */
export type WireKeyValue = readonly [string, number, number, number, number, number];

export type WireOperation =
  | {
      readonly type: 'put';
      readonly key: string;
      readonly size: number;
      readonly lease: number;
      readonly prevKv: boolean;
    }
  | { readonly type: 'delete'; readonly key: string; readonly rangeEnd?: string; readonly prevKv: boolean }
  | ({ readonly type: 'range' } & RangeRequest);

export type WireCompare =
  | Exclude<Compare, { target: 'value' }>
  | { readonly key: string; readonly target: 'value'; readonly is: '=' | '!='; readonly size: number };

export type PutOperation = TxnRequest['success'][number] & { readonly type: 'put' };

export interface WireTxn {
  readonly type: 'txn';
  readonly compare: readonly WireCompare[];
  readonly success: readonly WireOperation[];
  readonly failure: readonly WireOperation[];
}

/** The transaction that nearly all writes are: one put, if its key's revision is still the one that was seen. */
export interface WireSwap {
  readonly type: 'swap';
  readonly key: string;
  readonly target: 'mod' | 'create';
  readonly than: number;
  readonly size: number;
  readonly lease: number;
}

export type WireRequest =
  | WireTxn
  | WireSwap
  | { readonly type: 'range'; readonly range: RangeRequest }
  | { readonly type: 'history'; readonly watch: WatchRequest; readonly start: Revision }
  | { readonly type: 'compact'; readonly revision: Revision }
  | { readonly type: 'grant'; readonly ttlSeconds: number }
  | { readonly type: 'revoke'; readonly lease: number }
  | { readonly type: 'status' }
  | { readonly type: 'close' };

export interface RequestMessage {
  readonly requests: readonly WireRequest[];
  readonly values: Uint8Array;
  /** Whether some watch wants previous values with the events. */
  readonly previous: boolean;
}

/**
 * A RequestMessage on its way. Its text is one JSON array, in which a swap is no object but five elements, the first of
 * them its key: that is read in a fifth of the time.
 */
export type PackedRequests = Omit<RequestMessage, 'requests'> & { readonly requests: string };

export function packRequests(message: RequestMessage): PackedRequests {
  const parts: unknown[] = [];
  for (const request of message.requests) {
    if (request.type === 'swap') parts.push(request.key, request.target, request.than, request.size, request.lease);
    else parts.push(request);
  }
  return { requests: JSON.stringify(parts), values: message.values, previous: message.previous };
}

export function unpackRequests(packed: PackedRequests): RequestMessage {
  // The other side wrote it with packRequests, which says what follows what.
  const parts = JSON.parse(packed.requests) as unknown[];
  const requests: WireRequest[] = [];
  for (let at = 0; at < parts.length; ) {
    const part = parts[at];
    if (typeof part === 'string') {
      const [target, than, size, lease] = parts.slice(at + 1, at + 5) as [WireSwap['target'], number, number, number];
      requests.push({ type: 'swap', key: part, target, than, size, lease });
      at += 5;
    } else {
      requests.push(part as WireRequest);
      at++;
    }
  }
  return { requests, values: packed.values, previous: packed.previous };
}

export interface WireRange {
  readonly kvs: readonly WireKeyValue[];
  readonly more: boolean;
  readonly count: number;
  readonly revision: Revision;
}

/** A put: what it made of the key, and the pair before if wanted. A delete: the keys, and the pairs if wanted. */
export type WireOperationResult =
  | { readonly type: 'put'; readonly created: Revision; readonly version: number; readonly previous?: WireKeyValue }
  | { readonly type: 'delete'; readonly keys: readonly string[]; readonly previous?: readonly WireKeyValue[] }
  | ({ readonly type: 'range' } & WireRange);

export type WireEvent =
  | { readonly type: 'put'; readonly kv: WireKeyValue; readonly previous?: WireKeyValue }
  | { readonly type: 'delete'; readonly key: string; readonly revision: Revision; readonly previous?: WireKeyValue };

export interface WireHistory {
  readonly events: readonly WireEvent[];
  /** Where to go on; undefined when this is all there is. */
  readonly next: Revision | undefined;
}

/** `created` is 0, which no key's creation is, when the comparison did not hold. */
export interface WireSwapResult {
  readonly type: 'swap';
  readonly revision: Revision;
  readonly created: Revision;
  readonly version: number;
  readonly previous?: WireKeyValue;
}

export type WireResult =
  | {
      readonly type: 'txn';
      readonly succeeded: boolean;
      readonly revision: Revision;
      readonly responses: readonly WireOperationResult[];
    }
  | WireSwapResult
  | ({ readonly type: 'range' } & WireRange)
  | ({ readonly type: 'history' } & WireHistory)
  | { readonly type: 'lease'; readonly id: number }
  | {
      readonly type: 'status';
      readonly revision: Revision;
      readonly compactedRevision: Revision;
      readonly sizeBytes: number;
    }
  | { readonly type: 'done' }
  | { readonly type: 'error'; readonly error: WireError };

export interface WireError {
  readonly code: StoreErrorCode;
  readonly message: string;
  readonly hint: string;
  readonly compactedRevision: Revision | undefined;
}

/** The answers to a message. In their JSON array the answer to a swap is three numbers, unless there is a previous pair. */
export interface PackedResults {
  readonly type: 'results';
  readonly results: string;
  /** Absent when there are none, as after most writes: an empty buffer costs both sides as much as a full one. */
  readonly values?: Uint8Array<ArrayBuffer>;
}

export function packResults(results: readonly WireResult[]): string {
  const parts: unknown[] = [];
  for (const result of results) {
    if (result.type === 'swap' && result.previous === undefined) {
      parts.push(result.revision, result.created, result.version);
    } else parts.push(result);
  }
  return JSON.stringify(parts);
}

export function unpackResults({ results }: PackedResults): readonly WireResult[] {
  // The other side wrote it with packResults, which says what follows what.
  const parts = JSON.parse(results) as unknown[];
  const unpacked: WireResult[] = [];
  for (let at = 0; at < parts.length; ) {
    const part = parts[at];
    if (typeof part === 'number') {
      const [created, version] = parts.slice(at + 1, at + 3) as [number, number];
      unpacked.push({ type: 'swap', revision: part, created, version });
      at += 3;
    } else {
      unpacked.push(part as WireResult);
      at++;
    }
  }
  return unpacked;
}

export type ResultMessage =
  | PackedResults
  | { readonly type: 'open'; readonly revision: Revision; readonly leases: readonly (readonly [number, number])[] }
  | { readonly type: 'failed'; readonly error: WireError };

/** A transaction for the wire; its values go to `values`. */
export function wireTxn(request: TxnRequest, values: Uint8Array[]): WireTxn {
  const compare = request.compare.map((part): WireCompare => {
    if (part.target !== 'value') return part;
    values.push(part.than);
    return { key: part.key, target: 'value', is: part.is, size: part.than.byteLength };
  });
  const operations = (list: TxnRequest['success']): WireOperation[] =>
    list.map((part): WireOperation => {
      if (part.type === 'range') return part;
      if (part.type === 'delete') return { ...part, prevKv: part.prevKv === true };
      values.push(part.value);
      return {
        type: 'put',
        key: part.key,
        size: part.value.byteLength,
        lease: part.lease ?? 0,
        prevKv: part.prevKv === true,
      };
    });
  return { type: 'txn', compare, success: operations(request.success), failure: operations(request.failure) };
}

/** The put of a transaction that is no more than a swap, and the swap. */
export function wireSwap({ compare, success, failure }: TxnRequest): { put: PutOperation; wire: WireSwap } | undefined {
  const [held] = compare;
  const [put] = success;
  if (held === undefined || put?.type !== 'put' || put.prevKv === true || held.key !== put.key) return undefined;
  if (compare.length + success.length + failure.length !== 2 || held.is !== '=') return undefined;
  if (held.target !== 'mod' && held.target !== 'create') return undefined;
  const { key, target, than } = held;
  return { put, wire: { type: 'swap', key, target, than, size: put.value.byteLength, lease: put.lease ?? 0 } };
}

/** All values behind each other, in a buffer of their own that can be handed over without a copy. */
export function joinValues(values: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  let size = 0;
  for (const value of values) size += value.byteLength;
  const joined = new Uint8Array(size);
  let at = 0;
  for (const value of values) {
    joined.set(value, at);
    at += value.byteLength;
  }
  return joined;
}

/** Takes values from a message's buffer, in order. */
export class ValueReader {
  readonly #values: Uint8Array;
  #at = 0;

  constructor(values: Uint8Array = new Uint8Array(0)) {
    this.#values = values;
  }

  take(size: number): Uint8Array {
    this.#at += size;
    return this.#values.subarray(this.#at - size, this.#at);
  }
}
