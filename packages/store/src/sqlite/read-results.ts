/** The worker's answers as the port's values. */
import type { KeyValue, OperationResult, RangeResult, StoreEvent, TxnRequest, TxnResult, WatchBatch } from '../port.ts';
import type {
  PutOperation,
  ValueReader,
  WireHistory,
  WireKeyValue,
  WireOperationResult,
  WireRange,
  WireResult,
  WireSwapResult,
} from './protocol.ts';

export function readRange(wire: WireRange, reader: ValueReader): RangeResult {
  const kvs = wire.kvs.map((kv) => readKeyValue(kv, reader));
  return { kvs, more: wire.more, count: wire.count, revision: wire.revision };
}

/** The transaction's answer; what it did is appended to `events`. Values written are the caller's own bytes. */
export function readTxn(
  request: TxnRequest,
  wire: WireResult & { type: 'txn' },
  reader: ValueReader,
  events: StoreEvent[],
): TxnResult {
  const operations = wire.succeeded ? request.success : request.failure;
  const responses = wire.responses.map((response, index): OperationResult => {
    const operation = operations[index];
    if (response.type === 'range') return { type: 'range', ...readRange(response, reader) };
    if (response.type === 'delete') return readDelete(response, operation, { revision: wire.revision, reader, events });
    const prevKv = response.previous === undefined ? undefined : readKeyValue(response.previous, reader);
    const previous = prevKv === undefined ? {} : { prevKv };
    if (operation?.type === 'put') {
      const kv: KeyValue = {
        key: operation.key,
        value: operation.value,
        createRevision: response.created,
        modRevision: wire.revision,
        version: response.version,
        lease: operation.lease ?? 0,
      };
      events.push({ type: 'put', kv, ...previous });
      if (operation.prevKv === true) return { type: 'put', ...previous };
    }
    return { type: 'put' };
  });
  return { succeeded: wire.succeeded, revision: wire.revision, responses };
}

/** What a swap did; undefined when its comparison did not hold. The value is the caller's own. */
export function swapEvent(put: PutOperation, wire: WireSwapResult, reader: ValueReader): StoreEvent | undefined {
  const { revision, created, version, previous } = wire;
  if (created === 0) return undefined;
  const { key, value, lease = 0 } = put;
  const kv: KeyValue = { key, value, createRevision: created, modRevision: revision, version, lease };
  return previous === undefined ? { type: 'put', kv } : { type: 'put', kv, prevKv: readKeyValue(previous, reader) };
}

/** The events in batches of whole revisions. */
export function readHistory(wire: WireHistory, reader: ValueReader): readonly WatchBatch[] {
  const batches: { revision: number; events: StoreEvent[] }[] = [];
  for (const event of wire.events) {
    const revision = event.type === 'put' ? event.kv[3] : event.revision;
    const kv = event.type === 'put' ? readKeyValue(event.kv, reader) : undefined;
    const previous = event.previous === undefined ? {} : { prevKv: readKeyValue(event.previous, reader) };
    let batch = batches.at(-1);
    if (batch === undefined || batch.revision !== revision) {
      batch = { revision, events: [] };
      batches.push(batch);
    }
    if (kv !== undefined) batch.events.push({ type: 'put', kv, ...previous });
    else if (event.type === 'delete')
      batch.events.push({ type: 'delete', key: event.key, modRevision: revision, ...previous });
  }
  return batches;
}

function readDelete(
  response: WireOperationResult & { type: 'delete' },
  operation: TxnRequest['success'][number] | undefined,
  into: { revision: number; reader: ValueReader; events: StoreEvent[] },
): OperationResult {
  const previous = response.previous?.map((kv) => readKeyValue(kv, into.reader));
  for (const [index, key] of response.keys.entries()) {
    const prevKv = previous?.[index];
    const event = { type: 'delete', key, modRevision: into.revision } as const;
    into.events.push(prevKv === undefined ? event : { ...event, prevKv });
  }
  const wanted = operation?.type === 'delete' && operation.prevKv === true;
  return { type: 'delete', deleted: response.keys.length, prevKvs: wanted ? (previous ?? []) : [] };
}

function readKeyValue(kv: WireKeyValue, reader: ValueReader): KeyValue {
  const [key, size, createRevision, modRevision, version, lease] = kv;
  return { key, value: reader.take(size), createRevision, modRevision, version, lease };
}
