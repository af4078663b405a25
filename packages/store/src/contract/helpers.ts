/** Short ways to write and to observe, for the contract's tests. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '@kindred/machinery';
import {
  type KeyValue,
  type Operation,
  type Store,
  StoreError,
  type StoreErrorCode,
  type WatchBatch,
  type WatchRequest,
} from '../port.ts';
import type { ContractOptions } from './contract-options.ts';

export const bytes = (text: string): Uint8Array => Buffer.from(text);
export const text = (value: Uint8Array): string => Buffer.from(value).toString();

export const putOp = (key: string, value: string, lease = 0): Operation => ({
  type: 'put',
  key,
  value: bytes(value),
  lease,
});
export const deleteOp = (key: string, rangeEnd?: string): Operation =>
  rangeEnd === undefined ? { type: 'delete', key } : { type: 'delete', key, rangeEnd };

/** Carries out operations without a condition; gives the revision. */
export async function write(store: Store, ...operations: Operation[]): Promise<number> {
  const { revision } = await store.txn({ compare: [], success: operations, failure: [] });
  return revision;
}

export const put = (store: Store, key: string, value: string): Promise<number> => write(store, putOp(key, value));

/** Everything in `[key, rangeEnd)` as `key=value`. */
export async function contents(store: Store, key = '', rangeEnd = '\0', revision = 0): Promise<string[]> {
  return (await store.range({ key, rangeEnd, revision })).kvs.map(show);
}

export const show = (kv: KeyValue): string => `${kv.key}=${text(kv.value)}`;

/** A test with its own empty store and clock. */
export function contractTest(
  name: string,
  options: ContractOptions,
  run: (store: Store, clock: ManualClock) => Promise<void>,
): void {
  test(name, async () => {
    const clock = new ManualClock(0);
    const store = await options.open({ clock });
    try {
      await run(store, clock);
    } finally {
      await store.close();
    }
  });
}

export async function rejectsWith(promise: Promise<unknown>, code: StoreErrorCode): Promise<void> {
  await assert.rejects(promise, (error) => error instanceof StoreError && error.code === code);
}

/** Collects a watch's batches; `until` waits for a number of events, `end` for its end. */
export function observe(store: Store, request: WatchRequest) {
  const batches: WatchBatch[] = [];
  const log: string[] = [];
  let ended: StoreError | undefined;
  let check = (): void => undefined;
  const watcher = store.watch(request, {
    onBatch(batch) {
      batches.push(batch);
      for (const event of batch.events) {
        const was = event.prevKv === undefined ? '' : ` was ${text(event.prevKv.value)}`;
        if (event.type === 'put') log.push(`put ${show(event.kv)}${was}`);
        else log.push(`delete ${event.key}${was}`);
      }
      check();
    },
    onEnd(reason) {
      ended = reason;
      check();
    },
  });
  const when = (condition: () => boolean): Promise<void> =>
    new Promise((resolve) => {
      check = () => {
        if (condition()) resolve();
      };
      check();
    });
  return {
    watcher,
    batches,
    log,
    until: (count: number) => when(() => log.length >= count),
    async end(): Promise<StoreError> {
      await when(() => ended !== undefined);
      assert.ok(ended);
      return ended;
    },
  };
}
