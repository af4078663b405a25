/** The contract of `txn`: comparisons, operations, atomicity, revisions. */
import assert from 'node:assert/strict';
import type { Compare } from '../port.ts';
import type { ContractOptions } from './contract-options.ts';
import {
  bytes,
  contents,
  contractTest,
  deleteOp,
  observe,
  put,
  putOp,
  rejectsWith,
  show,
  text,
  write,
} from './helpers.ts';

export function txnContract(driver: string, options: ContractOptions): void {
  contractTest(`${driver}: a put counts versions and remembers its creation`, options, async (store) => {
    const first = await put(store, 'a', '1');
    const second = await put(store, 'a', '2');
    assert.ok(second > first);
    const { kvs } = await store.range({ key: 'a' });
    const expected = { key: 'a', createRevision: first, modRevision: second, version: 2, lease: 0 };
    assert.deepEqual(
      kvs.map(({ value, ...rest }) => (value.byteLength === 1 ? rest : undefined)),
      [expected],
    );
    await write(store, deleteOp('a'));
    const again = await put(store, 'a', '3');
    assert.equal((await store.range({ key: 'a' })).kvs[0]?.createRevision, again);
  });

  contractTest(`${driver}: comparisons decide between success and failure`, options, async (store) => {
    const revision = await put(store, 'a', 'x');
    const holds = async (...compare: Compare[]): Promise<boolean> => {
      return (await store.txn({ compare, success: [], failure: [] })).succeeded;
    };
    assert.equal(await holds(), true);
    assert.equal(await holds({ key: 'a', target: 'mod', is: '=', than: revision }), true);
    assert.equal(await holds({ key: 'a', target: 'mod', is: '!=', than: revision }), false);
    assert.equal(await holds({ key: 'a', target: 'version', is: '>', than: 0 }), true);
    assert.equal(await holds({ key: 'a', target: 'create', is: '<', than: revision }), false);
    assert.equal(await holds({ key: 'none', target: 'create', is: '=', than: 0 }), true);
    assert.equal(await holds({ key: 'a', target: 'value', is: '=', than: bytes('x') }), true);
    assert.equal(await holds({ key: 'a', target: 'value', is: '!=', than: bytes('x') }), false);
    assert.equal(await holds({ key: 'none', target: 'value', is: '!=', than: bytes('x') }), false);
    const both: Compare[] = [
      { key: 'a', target: 'version', is: '=', than: 1 },
      { key: 'a', target: 'version', is: '=', than: 2 },
    ];
    assert.equal(await holds(...both), false);
    const result = await store.txn({
      compare: both,
      success: [putOp('b', '1')],
      failure: [{ type: 'range', key: 'a' }],
    });
    assert.equal(result.revision, revision);
    const [answer] = result.responses;
    assert.ok(answer?.type === 'range');
    assert.deepEqual(answer.kvs.map(show), ['a=x']);
  });

  contractTest(`${driver}: operations happen in order at one revision, and answer each`, options, async (store) => {
    await put(store, 'a', '1');
    await put(store, 'b', '1');
    const seen = observe(store, { key: '', rangeEnd: '\0' });
    const { responses, revision } = await store.txn({
      compare: [],
      success: [
        { type: 'put', key: 'a', value: bytes('2'), prevKv: true },
        { type: 'delete', key: 'b', rangeEnd: 'c', prevKv: true },
        putOp('c', '1'),
        { type: 'range', key: 'a', rangeEnd: 'z' },
        deleteOp('nothing'),
      ],
      failure: [],
    });
    const [putAnswer, deleteAnswer, , rangeAnswer, nothing] = responses;
    assert.ok(putAnswer?.type === 'put' && putAnswer.prevKv && text(putAnswer.prevKv.value) === '1');
    assert.ok(deleteAnswer?.type === 'delete');
    assert.deepEqual([deleteAnswer.deleted, deleteAnswer.prevKvs.map(show)], [1, ['b=1']]);
    assert.ok(rangeAnswer?.type === 'range');
    assert.deepEqual(rangeAnswer.kvs.map(show), ['a=2', 'c=1']);
    assert.deepEqual(nothing, { type: 'delete', deleted: 0, prevKvs: [] });
    const { kvs } = await store.range({ key: '', rangeEnd: '\0' });
    assert.deepEqual(
      kvs.map((kv) => kv.modRevision),
      [revision, revision],
    );
    assert.deepEqual(
      seen.batches.map((batch) => [batch.revision, batch.events.length]),
      [[revision, 3]],
    );
    assert.deepEqual(await contents(store, '', '\0', revision - 1), ['a=1', 'b=1']);
  });

  contractTest(`${driver}: what writes nothing takes no revision`, options, async (store) => {
    const revision = await put(store, 'a', '1');
    assert.equal(await write(store, deleteOp('b')), revision);
    assert.equal(await write(store, { type: 'range', key: 'a' }), revision);
  });

  contractTest(
    `${driver}: a key may be written only once, and nothing of a refused transaction stands`,
    options,
    async (store) => {
      await rejectsWith(write(store, putOp('a', '1'), putOp('a', '2')), 'duplicateKey');
      await rejectsWith(write(store, putOp('a', '1'), deleteOp('', '\0')), 'duplicateKey');
      await rejectsWith(
        write(store, putOp('a', '1'), { type: 'range', key: 'a', revision: 1_000_000 }),
        'futureRevision',
      );
      await rejectsWith(write(store, putOp('a', '1'), putOp('b', '1', 12345)), 'leaseNotFound');
      await rejectsWith(write(store, { type: 'put', key: 'a', value: new Uint8Array(9 * 1024 * 1024) }), 'tooLarge');
      assert.deepEqual(await contents(store), []);
    },
  );

  contractTest(`${driver}: of concurrent compare-and-swaps one wins each round`, options, async (store) => {
    await put(store, 'n', '0');
    const increment = async (): Promise<void> => {
      for (let done = false; !done; ) {
        const [kv] = (await store.range({ key: 'n' })).kvs;
        assert.ok(kv);
        const next = putOp('n', String(Number(text(kv.value)) + 1));
        const compare: Compare[] = [{ key: 'n', target: 'mod', is: '=', than: kv.modRevision }];
        done = (await store.txn({ compare, success: [next], failure: [] })).succeeded;
      }
    };
    await Promise.all(Array.from({ length: 8 }, increment));
    assert.deepEqual(await contents(store), ['n=8']);
  });

  contractTest(`${driver}: values come back as they were given, empty ones too`, options, async (store) => {
    const value = Uint8Array.from({ length: 70_000 }, (_, i) => i % 256);
    await write(store, { type: 'put', key: 'big', value }, putOp('empty', ''));
    const { kvs } = await store.range({ key: '', rangeEnd: '\0' });
    assert.deepEqual(
      kvs.map((kv) => Buffer.compare(kv.value, kv.key === 'big' ? value : bytes(''))),
      [0, 0],
    );
  });

  contractTest(`${driver}: a closed store refuses, and closing twice is no error`, options, async (store) => {
    const seen = observe(store, { key: 'a' });
    const written = put(store, 'a', '1');
    await store.close();
    await written;
    await store.close();
    assert.equal((await seen.end()).code, 'closed');
    await rejectsWith(put(store, 'a', '2'), 'closed');
    await rejectsWith(store.range({ key: 'a' }), 'closed');
  });
}
