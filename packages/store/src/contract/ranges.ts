/** The contract of `range`: bounds, limit, counts, order, old revisions. */
import assert from 'node:assert/strict';
import { prefixEnd } from '../port.ts';
import type { ContractOptions } from './contract-options.ts';
import { contents, contractTest, deleteOp, put, rejectsWith, write } from './helpers.ts';

export function rangeContract(driver: string, options: ContractOptions): void {
  contractTest(`${driver}: an empty store is at revision 1`, options, async (store) => {
    const result = await store.range({ key: '', rangeEnd: '\0' });
    assert.deepEqual(result, { kvs: [], more: false, count: 0, revision: 1 });
    assert.equal((await store.status()).revision, 1);
  });

  contractTest(`${driver}: a range has its bounds, in byte order`, options, async (store) => {
    for (const key of ['b', 'a/2', 'a/1', 'a', 'ab', 'a/\u{10000}', 'a/\uffff']) await put(store, key, key);
    assert.deepEqual(await contents(store), [
      'a=a',
      'a/1=a/1',
      'a/2=a/2',
      'a/\uffff=a/\uffff',
      'a/\u{10000}=a/\u{10000}',
      'ab=ab',
      'b=b',
    ]);
    assert.deepEqual(await contents(store, 'a/', prefixEnd('a/')), [
      'a/1=a/1',
      'a/2=a/2',
      'a/\uffff=a/\uffff',
      'a/\u{10000}=a/\u{10000}',
    ]);
    assert.deepEqual(await contents(store, 'a/2', 'ab'), ['a/2=a/2', 'a/\uffff=a/\uffff', 'a/\u{10000}=a/\u{10000}']);
    const one = await store.range({ key: 'a' });
    assert.deepEqual([one.kvs.length, one.count, one.more], [1, 1, false]);
    assert.equal((await store.range({ key: 'c' })).count, 0);
  });

  contractTest(`${driver}: limit cuts the result and count does not`, options, async (store) => {
    for (const key of ['a', 'b', 'c']) await put(store, key, key);
    const cut = await store.range({ key: 'a', rangeEnd: 'z', limit: 2 });
    assert.deepEqual([cut.kvs.map((kv) => kv.key), cut.more, cut.count], [['a', 'b'], true, 3]);
    const whole = await store.range({ key: 'a', rangeEnd: 'z', limit: 3 });
    assert.deepEqual([whole.kvs.length, whole.more, whole.count], [3, false, 3]);
    const counted = await store.range({ key: 'a', rangeEnd: 'z', countOnly: true });
    assert.deepEqual([counted.kvs.length, counted.count], [0, 3]);
    const keys = await store.range({ key: 'a', rangeEnd: 'z', keysOnly: true });
    assert.deepEqual(
      keys.kvs.map((kv) => [kv.key, kv.value.byteLength, kv.version]),
      [
        ['a', 0, 1],
        ['b', 0, 1],
        ['c', 0, 1],
      ],
    );
  });

  contractTest(`${driver}: an old revision shows the store as it was`, options, async (store) => {
    const first = await put(store, 'a', '1');
    const second = await put(store, 'b', '1');
    const third = await put(store, 'a', '2');
    const fourth = await write(store, deleteOp('b'));
    const fifth = await put(store, 'b', '2');
    assert.deepEqual(await contents(store, '', '\0', first), ['a=1']);
    assert.deepEqual(await contents(store, '', '\0', second), ['a=1', 'b=1']);
    assert.deepEqual(await contents(store, '', '\0', third), ['a=2', 'b=1']);
    assert.deepEqual(await contents(store, '', '\0', fourth), ['a=2']);
    assert.deepEqual(await contents(store, '', '\0', fifth), ['a=2', 'b=2']);
    const old = await store.range({ key: 'a', revision: second });
    assert.deepEqual([old.revision, old.kvs[0]?.modRevision, old.kvs[0]?.version], [fifth, first, 1]);
    assert.equal((await store.range({ key: 'b', revision: fourth })).count, 0);
    const cut = await store.range({ key: 'a', rangeEnd: 'z', revision: second, limit: 1 });
    assert.deepEqual([cut.kvs.map((kv) => kv.key), cut.more, cut.count], [['a'], true, 2]);
    await rejectsWith(store.range({ key: 'a', revision: fifth + 1000 }), 'futureRevision');
  });
}
