/** The contract of leases: keys end with their lease. */
import assert from 'node:assert/strict';
import type { ContractOptions } from './contract-options.ts';
import { contents, contractTest, observe, put, putOp, rejectsWith, write } from './helpers.ts';

export function leaseContract(driver: string, options: ContractOptions): void {
  contractTest(`${driver}: keys go when their lease runs out`, options, async (store, clock) => {
    const id = await store.grantLease(10);
    await write(store, putOp('a', '1', id), putOp('b', '1', id), putOp('c', '1'));
    assert.equal((await store.range({ key: 'a' })).kvs[0]?.lease, id);
    const seen = observe(store, { key: '', rangeEnd: '\0' });
    clock.advance(9_000);
    assert.deepEqual(await store.keepLeaseAlive(id), { ttlSeconds: 10 });
    clock.advance(9_000);
    assert.deepEqual(await contents(store), ['a=1', 'b=1', 'c=1']);
    clock.advance(1_000);
    await seen.until(2);
    assert.deepEqual([seen.log, seen.batches.length], [['delete a', 'delete b'], 1]);
    assert.deepEqual(await contents(store), ['c=1']);
    await rejectsWith(store.keepLeaseAlive(id), 'leaseNotFound');
    await rejectsWith(write(store, putOp('d', '1', id)), 'leaseNotFound');
  });

  contractTest(
    `${driver}: revoking ends a lease at once, and a put without it lets a key stay`,
    options,
    async (store) => {
      const id = await store.grantLease(10);
      const other = await store.grantLease(10);
      assert.notEqual(id, other);
      await write(store, putOp('a', '1', id), putOp('b', '1', id), putOp('c', '1', other));
      await put(store, 'b', '2');
      await store.revokeLease(id);
      assert.deepEqual(await contents(store), ['b=2', 'c=1']);
      await rejectsWith(store.revokeLease(id), 'leaseNotFound');
    },
  );
}
