/** The contract of `compact`: history goes, the present stays. */
import assert from 'node:assert/strict';
import type { ContractOptions } from './contract-options.ts';
import { contents, contractTest, deleteOp, observe, put, rejectsWith, write } from './helpers.ts';

export function compactionContract(driver: string, options: ContractOptions): void {
  contractTest(`${driver}: compaction forgets the past and keeps the present`, options, async (store) => {
    const first = await put(store, 'a', '1');
    await put(store, 'b', '1');
    const third = await put(store, 'a', '2');
    await write(store, deleteOp('b'));
    await put(store, 'c', '1');
    await store.compact(third);
    assert.equal((await store.status()).compactedRevision, third);
    await rejectsWith(store.range({ key: 'a', revision: first }), 'compacted');
    await rejectsWith(store.compact(first), 'compacted');
    await rejectsWith(store.compact(third + 1000), 'futureRevision');
    assert.deepEqual(await contents(store, '', '\0', third), ['a=2', 'b=1']);
    assert.deepEqual(await contents(store), ['a=2', 'c=1']);
    const old = observe(store, { key: '', rangeEnd: '\0', startRevision: first });
    const reason = await old.end();
    assert.deepEqual([reason.code, reason.compactedRevision], ['compacted', third]);
    const fresh = observe(store, { key: '', rangeEnd: '\0', startRevision: third + 1, prevKv: true });
    await fresh.until(2);
    assert.deepEqual(fresh.log, ['delete b was 1', 'put c=1']);
  });

  contractTest(`${driver}: writing goes on after everything was compacted`, options, async (store) => {
    for (let i = 0; i < 30; i++) await put(store, `k${i % 3}`, String(i));
    const last = await write(store, deleteOp('k0'));
    await store.compact(last);
    assert.deepEqual(await contents(store), ['k1=28', 'k2=29']);
    await put(store, 'k0', 'again');
    const revision = await put(store, 'k1', 'next');
    assert.deepEqual(await contents(store), ['k0=again', 'k1=next', 'k2=29']);
    assert.equal((await store.range({ key: 'k1' })).kvs[0]?.version, 11);
    await store.compact(revision);
    assert.deepEqual(await contents(store), ['k0=again', 'k1=next', 'k2=29']);
  });
}
