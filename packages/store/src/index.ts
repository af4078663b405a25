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
export { prefixEnd, StoreError } from './port.ts';
