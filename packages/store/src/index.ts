export { keyspace } from './keyspace/keyspace.ts';
export type { MemoryStoreOptions } from './memory/memory-store.ts';
export { openMemoryStore } from './memory/memory-store.ts';
export { compareKeys } from './ordered/compare-keys.ts';
export type { OrderedSnapshot } from './ordered/ordered-map.ts';
export { OrderedMap } from './ordered/ordered-map.ts';
export type {
  Compare,
  KeyValue,
  Operation,
  OperationResult,
  RangeRequest,
  RangeResult,
  Revision,
  Store,
  StoreErrorCode,
  StoreEvent,
  TxnRequest,
  TxnResult,
  WatchBatch,
  Watcher,
  WatchHandler,
  WatchRequest,
} from './port.ts';
export { endOfKeys, prefixEnd, StoreError, storeErrorCodes } from './port.ts';
export type { Retention } from './sqlite/retention.ts';
export type { SqliteStoreOptions } from './sqlite/sqlite-store.ts';
export { openSqliteStore } from './sqlite/sqlite-store.ts';
