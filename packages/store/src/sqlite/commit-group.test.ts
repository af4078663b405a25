import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { CommitGroup } from './commit-group.ts';
import { type Database, openDatabase } from './database.ts';
import {
  joinValues,
  type RequestMessage,
  unpackResults,
  type WireRequest,
  type WireResult,
  type WireSwap,
} from './protocol.ts';
import { prepareDatabase } from './schema.ts';
import { SqliteState } from './sqlite-state.ts';

/** Some keys are one key in the file: what is half a character in JavaScript is U+FFFD in UTF-8. */
const keys = ['a', 'b', 'ä/c', 'e\ud800', 'e\udbff', 'e\ufffd'];
const moreKeys = Array.from({ length: 60 }, (_, index) => `k/${index}`);
/** What is there at the beginning: two leases, and half of the keys. */
const beginning: RequestMessage = {
  requests: [
    { type: 'grant', ttlSeconds: 10 },
    { type: 'grant', ttlSeconds: 10 },
    ...moreKeys.slice(30).map((key): WireRequest => ({ type: 'swap', key, target: 'mod', than: 0, size: 0, lease: 0 })),
  ],
  values: new Uint8Array(0),
  previous: false,
};

interface Store {
  readonly database: Database;
  readonly state: SqliteState;
  readonly group: CommitGroup;
  run(messages: readonly RequestMessage[]): { results: readonly WireResult[]; values: Uint8Array | undefined };
}

function open(): Store {
  const file = ':memory:';
  const database = openDatabase(file);
  prepareDatabase(database, file, undefined);
  const state = new SqliteState(database);
  const group = new CommitGroup(database, state, { file, maxBytes: undefined });
  return {
    database,
    state,
    group,
    run(messages) {
      const answer = group.run(messages);
      return { results: unpackResults(answer), values: answer.values };
    },
  };
}

/** The transaction that a swap is. */
function asTxn({ key, target, than, size, lease }: WireSwap): WireRequest {
  const put = { type: 'put', key, size, lease, prevKv: false } as const;
  return { type: 'txn', compare: [{ key, target, is: '=', than }], success: [put], failure: [] };
}

/** What a swap answers where its transaction answers this. */
function asSwap(result: WireResult): WireResult {
  if (result.type !== 'txn') return result;
  const { revision } = result;
  const [put] = result.responses;
  if (!result.succeeded) return { type: 'swap', revision, created: 0, version: 0 };
  assert.ok(put?.type === 'put');
  return { ...put, type: 'swap', revision };
}

function contents(database: Database): unknown {
  const all = (sql: string): unknown => database.prepare(sql, { reads: true }).all([]);
  return {
    events: all('SELECT id, revision, key, previous, created, version, lease, hex(value) FROM events ORDER BY id'),
    live: all('SELECT key, id, revision, created, version, lease FROM live ORDER BY key'),
    leased: all('SELECT key FROM live WHERE lease <> 0 ORDER BY lease, key'),
    progress: new SqliteState(database).progress,
  };
}

/** A swap that expects nothing, the key's row before the group, or the row that a write of the same group may have made. */
const swap = fc.record({
  key: fc.oneof(fc.constantFrom(...keys), fc.constantFrom(...moreKeys)),
  target: fc.constantFrom('mod', 'create'),
  expects: fc.oneof(fc.constantFrom('nothing', 'present'), fc.integer({ min: 1, max: 6 })),
  size: fc.integer({ min: 0, max: 3 }),
  lease: fc.constantFrom(0, 0, 0, 0, 1, 2, 99),
});
type DrawnSwap = typeof swap extends fc.Arbitrary<infer Drawn> ? Drawn : never;

const other = fc.oneof(
  fc.constantFrom(...keys).map((key): WireRequest => {
    return { type: 'txn', compare: [], success: [{ type: 'delete', key, prevKv: true }], failure: [] };
  }),
  fc.constant<WireRequest>({ type: 'range', range: { key: '', rangeEnd: '\0' } }),
  fc.constantFrom(1, 2).map((lease): WireRequest => ({ type: 'revoke', lease })),
  fc.constant<WireRequest>({ type: 'grant', ttlSeconds: 10 }),
);
const mood = fc.constantFrom('any', 'updates', 'creations');
/** Mostly swaps, so that there are runs of them. */
const requests = fc.array(fc.oneof({ arbitrary: swap, weight: 9 }, { arbitrary: other, weight: 1 }), {
  maxLength: 50,
  size: 'max',
});

test('a run of swaps does and answers what their transactions do one by one', () => {
  const group = fc.record({ requests, previous: fc.boolean(), seed: fc.integer(), mood });
  fc.assert(
    fc.property(fc.array(group, { maxLength: 6 }), (groups) => {
      const quick = open();
      const plain = open();
      try {
        for (const store of [quick, plain]) store.run([beginning]);
        for (const { requests, previous, seed, mood } of groups) {
          const values: Uint8Array[] = [];
          const wire = requests.map((request, index): WireRequest => {
            if ('type' in request) return request;
            values.push(new Uint8Array(request.size).fill(seed + index));
            return wireSwap(inMood(request, mood, index), plain);
          });
          const message = { values: joinValues(values), previous };
          const swapped = quick.run([{ ...message, requests: wire }]);
          const txns = wire.map((request) => (request.type === 'swap' ? asTxn(request) : request));
          const single = plain.run([{ ...message, requests: txns }]);
          assert.deepEqual(
            swapped.results,
            single.results.map((result, index) => (wire[index]?.type === 'swap' ? asSwap(result) : result)),
          );
          assert.deepEqual(swapped.values, single.values);
          assert.deepEqual(contents(quick.database), contents(plain.database));
          assert.deepEqual(new SqliteState(quick.database).progress, quick.state.progress);
        }
      } finally {
        quick.database.close();
        plain.database.close();
      }
    }),
    { numRuns: 60 },
  );
});

test('whoever opens the file knows the newest revision, though its row was swept', () => {
  const store = open();
  try {
    const deletion: WireRequest = {
      type: 'txn',
      compare: [],
      success: [{ type: 'delete', key: 'k', rangeEnd: 'l', prevKv: false }],
      failure: [],
    };
    const run = (...requests: WireRequest[]): unknown =>
      store.run([{ requests, values: new Uint8Array(0), previous: false }]);
    const rows = (): unknown => store.database.prepare('SELECT count(*) FROM events', { reads: true }).get([])?.[0];
    store.run([beginning]);
    run(deletion);
    const { progress } = store.state;
    assert.deepEqual(new SqliteState(store.database).progress, progress);
    run({ type: 'compact', revision: progress.revision });
    while (store.group.sweep());
    assert.equal(rows(), 0);
    const { revision, lastId } = new SqliteState(store.database).progress;
    assert.deepEqual({ revision, lastId }, { revision: progress.revision, lastId: progress.lastId });
  } finally {
    store.database.close();
  }
});

test('who goes on creating a key that is there makes nothing to write', () => {
  const store = open();
  try {
    store.run([beginning]);
    const changes = (): unknown => store.database.prepare('SELECT total_changes()', { reads: true }).get([])?.[0];
    const create: WireSwap = { type: 'swap', key: 'k/30', target: 'create', than: 0, size: 0, lease: 0 };
    const tries = [1, 2, 3].map(() => {
      const before = changes();
      const { results } = store.run([{ requests: [create], values: new Uint8Array(0), previous: false }]);
      assert.equal(results[0]?.type === 'swap' && results[0].created, 0);
      return changes() !== before;
    });
    assert.deepEqual(tries, [true, false, false]);
  } finally {
    store.database.close();
  }
});

/** Updates mostly fit; creations name each key once, and some of these keys are there from earlier groups. */
function inMood(swap: DrawnSwap, mood: 'any' | 'updates' | 'creations', index: number): DrawnSwap {
  if (mood === 'any') return swap;
  if (mood === 'updates') return { ...swap, expects: 'present' };
  return { ...swap, key: `${swap.key}/${index}`, expects: 'nothing', lease: 0 };
}

function wireSwap({ key, target, expects, size, lease }: DrawnSwap, { database, state }: Store): WireSwap {
  const column = target === 'mod' ? 'revision' : 'created';
  const found = (): unknown =>
    database.prepare(`SELECT ${column} FROM live WHERE key = ?`, { reads: true }).get([key])?.[0];
  const present = expects === 'present' ? found() : undefined;
  const than = typeof expects === 'number' ? state.progress.lastId + expects : present;
  return { type: 'swap', key, target, than: typeof than === 'number' ? than : 0, size, lease };
}
