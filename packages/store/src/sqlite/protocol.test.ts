import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  packRequests,
  packResults,
  type RequestMessage,
  unpackRequests,
  unpackResults,
  type WireRequest,
  type WireResult,
} from './protocol.ts';

const swap: WireRequest = { type: 'swap', key: 'a"\n', target: 'mod', than: 7, size: 2, lease: 3 };
const put = { type: 'put', key: 'b', size: 1, lease: 0, prevKv: true } as const;
const requests: readonly WireRequest[] = [
  swap,
  { type: 'status' },
  swap,
  { ...swap, key: '', target: 'create' },
  { type: 'txn', compare: [], success: [put], failure: [] },
];

test('requests arrive as they were sent', () => {
  const message: RequestMessage = { requests, values: new Uint8Array([1, 2]), previous: true };
  assert.deepEqual(unpackRequests(structuredClone(packRequests(message))), message);
});

test('answers arrive as they were given', () => {
  const done: WireResult = { type: 'swap', revision: 9, created: 4, version: 2 };
  const results: readonly WireResult[] = [
    done,
    { type: 'done' },
    done,
    { ...done, previous: ['a', 2, 4, 8, 1, 0] },
    { type: 'swap', revision: 9, created: 0, version: 0 },
  ];
  assert.deepEqual(unpackResults({ type: 'results', results: packResults(results) }), results);
});
