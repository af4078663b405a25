/** The contract of `watch`: where it begins, what it shows, in which order. */
import assert from 'node:assert/strict';
import { prefixEnd } from '../port.ts';
import type { ContractOptions } from './contract-options.ts';
import { contractTest, deleteOp, observe, put, putOp, write } from './helpers.ts';

export function watchContract(driver: string, options: ContractOptions): void {
  contractTest(`${driver}: a watch sees its range from now on`, options, async (store) => {
    await put(store, 'a/0', 'before');
    const seen = observe(store, { key: 'a/', rangeEnd: prefixEnd('a/') });
    await put(store, 'a/1', '1');
    await put(store, 'b/1', '1');
    await write(store, deleteOp('a/1'));
    assert.deepEqual(seen.log, ['put a/1=1', 'delete a/1']);
    seen.watcher.close();
    await put(store, 'a/2', '1');
    assert.equal(seen.log.length, 2);
  });

  contractTest(`${driver}: a write's events come before its acknowledgement`, options, async (store) => {
    const seen = observe(store, { key: 'k', rangeEnd: 'l' });
    const writes = Array.from({ length: 20 }, async (_, i) => {
      const revision = await put(store, `k${i}`, '1');
      assert.ok(seen.batches.some((batch) => batch.revision === revision));
    });
    await Promise.all(writes);
    const revisions = seen.batches.map((batch) => batch.revision);
    assert.deepEqual(
      revisions,
      [...new Set(revisions)].sort((a, b) => a - b),
    );
  });

  contractTest(
    `${driver}: a watch from an old revision sees what happened since, then goes on`,
    options,
    async (store) => {
      await put(store, 'a', '1');
      const second = await write(store, putOp('a', '2'), putOp('b', '2'));
      await put(store, 'c', '3');
      const seen = observe(store, { key: '', rangeEnd: '\0', startRevision: second });
      await put(store, 'd', '4');
      await seen.until(4);
      assert.deepEqual(seen.log, ['put a=2', 'put b=2', 'put c=3', 'put d=4']);
      assert.equal(seen.batches.filter((batch) => batch.revision === second).length, 1);
      const next = observe(store, { key: '', rangeEnd: '\0', startRevision: second + 1 });
      await next.until(2);
      assert.deepEqual(next.log, ['put c=3', 'put d=4']);
    },
  );

  contractTest(`${driver}: a watch that starts in the future waits for it`, options, async (store) => {
    const now = await put(store, 'a', '1');
    const seen = observe(store, { key: 'a', startRevision: now + 2 });
    await put(store, 'a', '2');
    await put(store, 'a', '3');
    assert.deepEqual(seen.log, ['put a=3']);
  });

  contractTest(`${driver}: previous values come with the events when asked for`, options, async (store) => {
    const first = await put(store, 'a', '1');
    await put(store, 'a', '2');
    const old = observe(store, { key: 'a', startRevision: first, prevKv: true });
    const live = observe(store, { key: '', rangeEnd: '\0', prevKv: true });
    const plain = observe(store, { key: 'a' });
    await put(store, 'a', '3');
    await write(store, putOp('b', '1'), deleteOp('a'));
    await Promise.all([old.until(4), live.until(3), plain.until(2)]);
    assert.deepEqual(old.log, ['put a=1', 'put a=2 was 1', 'put a=3 was 2', 'delete a was 3']);
    assert.deepEqual(live.log, ['put a=3 was 2', 'put b=1', 'delete a was 3']);
    assert.deepEqual(plain.log, ['put a=3', 'delete a']);
  });

  contractTest(`${driver}: many watches under load see the same order`, options, async (store) => {
    const start = await put(store, 'k', 'start');
    const watches = Array.from({ length: 5 }, () => observe(store, { key: 'k', rangeEnd: 'l', startRevision: start }));
    await Promise.all(Array.from({ length: 100 }, (_, i) => put(store, `k${i % 7}`, String(i))));
    const late = observe(store, { key: 'k', rangeEnd: 'l', startRevision: start });
    await Promise.all([...watches, late].map((watch) => watch.until(101)));
    for (const watch of [...watches, late]) assert.deepEqual(watch.log, watches[0]?.log);
  });
}
