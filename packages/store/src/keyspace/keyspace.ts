/**
 * A part of a store as a store of its own: all keys begin with a prefix that its user doesn't see. Revisions, leases,
 * compaction and closing are those of the whole.
 */
import {
  type Compare,
  endOfKeys,
  type KeyValue,
  type Operation,
  type OperationResult,
  prefixEnd,
  type RangeRequest,
  type RangeResult,
  type Store,
  type StoreEvent,
} from '../port.ts';

/**
 * @param prefix ends in an ASCII character; no other user of the store has keys that begin with it
 * @example const store = keyspace(whole, '/extensions/images');
 */
export function keyspace(whole: Store, prefix: string): Store {
  const keys = new PrefixedKeys(prefix);
  return {
    range: async (request) => keys.rangeOut(await whole.range(keys.rangeIn(request))),
    async txn({ compare, success, failure }) {
      const result = await whole.txn({
        compare: compare.map((each) => keys.in<Compare>(each)),
        success: success.map((each) => keys.operationIn(each)),
        failure: failure.map((each) => keys.operationIn(each)),
      });
      return { ...result, responses: result.responses.map((each) => keys.operationOut(each)) };
    },
    watch: (request, handler) =>
      whole.watch(keys.spanIn(request), {
        onBatch: ({ revision, events }) =>
          handler.onBatch({ revision, events: events.map((event) => keys.eventOut(event)) }),
        onEnd: (reason) => handler.onEnd(reason),
      }),
    compact: (revision) => whole.compact(revision),
    grantLease: (ttlSeconds) => whole.grantLease(ttlSeconds),
    keepLeaseAlive: (id) => whole.keepLeaseAlive(id),
    revokeLease: (id) => whole.revokeLease(id),
    status: () => whole.status(),
    close: () => whole.close(),
  };
}

class PrefixedKeys {
  readonly #prefix: string;

  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  in<T extends { readonly key: string }>(request: T): T {
    return { ...request, key: this.#prefix + request.key };
  }

  spanIn<T extends { readonly key: string; readonly rangeEnd?: string }>(request: T): T {
    const { rangeEnd } = request;
    if (rangeEnd === undefined) return this.in(request);
    return {
      ...this.in(request),
      rangeEnd: rangeEnd === endOfKeys ? prefixEnd(this.#prefix) : this.#prefix + rangeEnd,
    };
  }

  rangeIn(request: RangeRequest): RangeRequest {
    return this.spanIn(request);
  }

  operationIn(operation: Operation): Operation {
    return operation.type === 'put' ? this.in(operation) : this.spanIn(operation);
  }

  rangeOut<T extends RangeResult>(result: T): T {
    return { ...result, kvs: result.kvs.map((pair) => this.#pairOut(pair)) };
  }

  operationOut(result: OperationResult): OperationResult {
    if (result.type === 'range') return this.rangeOut(result);
    if (result.type === 'delete') return { ...result, prevKvs: result.prevKvs.map((pair) => this.#pairOut(pair)) };
    return result.prevKv === undefined ? result : { ...result, prevKv: this.#pairOut(result.prevKv) };
  }

  eventOut(event: StoreEvent): StoreEvent {
    const before = event.prevKv === undefined ? {} : { prevKv: this.#pairOut(event.prevKv) };
    if (event.type === 'put') return { ...event, kv: this.#pairOut(event.kv), ...before };
    return { ...event, key: this.#out(event.key), ...before };
  }

  #pairOut(pair: KeyValue): KeyValue {
    return { ...pair, key: this.#out(pair.key) };
  }

  #out(key: string): string {
    return key.slice(this.#prefix.length);
  }
}
