import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ManualClock } from '@kindred/machinery';
import { contents, put, putOp, rejectsWith, write } from '../contract/helpers.ts';
import { type Store, StoreError } from '../port.ts';
import { openDatabase } from './database.ts';
import { openSqliteStore, type SqliteStoreOptions } from './sqlite-store.ts';

const directory = await mkdtemp(join(tmpdir(), 'kindred-store-'));
after(() => rm(directory, { recursive: true, force: true }));

let files = 0;
const newFile = (): string => join(directory, `${++files}.db`);

async function using(options: SqliteStoreOptions, run: (store: Store) => Promise<void>): Promise<void> {
  const store = await openSqliteStore({ clock: new ManualClock(0), ...options });
  try {
    await run(store);
  } finally {
    await store.close();
  }
}

const value = (size: number) => 'x'.repeat(size);

test('what was written is there after closing and opening again', async () => {
  const file = newFile();
  let revision = 0;
  await using({ file }, async (store) => {
    await put(store, 'a', '1');
    revision = await write(store, putOp('b', '2'), putOp('c', '3'));
  });
  assert.equal((await stat(file)).mode & 0o777, 0o600);
  await using({ file }, async (store) => {
    assert.deepEqual(await contents(store), ['a=1', 'b=2', 'c=3']);
    assert.equal((await store.status()).revision, revision);
    assert.ok((await put(store, 'd', '4')) > revision);
    assert.deepEqual(await contents(store, '', '\0', revision), ['a=1', 'b=2', 'c=3']);
  });
});

test('a lease lives on, with its whole time, when the store is opened again', async () => {
  const file = newFile();
  const clock = new ManualClock(0);
  await using({ file, clock }, async (store) => {
    const lease = await store.grantLease(10);
    await write(store, putOp('a', '1', lease));
    clock.advance(9_000);
  });
  clock.advance(60_000);
  await using({ file, clock }, async (store) => {
    clock.advance(9_000);
    assert.deepEqual(await contents(store), ['a=1']);
    clock.advance(1_000);
    assert.deepEqual(await contents(store), []);
  });
});

test('a second process is refused, and told who has the file', async () => {
  const file = newFile();
  await using({ file }, async (store) => {
    await put(store, 'a', '1');
    const script = `
      import { openSqliteStore } from ${JSON.stringify(new URL('./sqlite-store.js', import.meta.url).href)};
      openSqliteStore({ file: process.argv[1] }).catch((error) => console.log(error.code + ': ' + error.message));`;
    const child = spawn(process.execPath, ['--input-type=module', '--eval', script, file]);
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
    await once(child, 'close');
    assert.equal(output.trim(), `locked: ${file} is in use by process ${process.pid}`);
    await rejectsWith(openSqliteStore({ file }), 'locked');
    assert.deepEqual(await contents(store), ['a=1']);
  });
  await using({ file }, async (store) => assert.deepEqual(await contents(store), ['a=1']));
});

test('a file of a newer format is left as it is', async () => {
  const file = newFile();
  await using({ file }, async (store) => void (await put(store, 'a', '1')));
  const database = openDatabase(file);
  database.exec('PRAGMA user_version = 99');
  database.close();
  const before = await readFile(file);
  await rejectsWith(openSqliteStore({ file }), 'newerFormat');
  assert.equal(Buffer.compare(await readFile(file), before), 0);
});

test('a file of the first format goes on in the present one', async () => {
  const file = newFile();
  let revision = 0;
  await using({ file }, async (store) => {
    await put(store, 'a', '1');
    revision = await put(store, 'b', '2');
  });
  const version = (): Promise<number> => readFile(file).then((bytes) => bytes.readUInt32BE(60));
  const present = await version();
  const database = openDatabase(file);
  database.exec(`PRAGMA user_version = 1; UPDATE progress SET revision = ${revision}, last_id = ${revision}`);
  database.close();
  await using({ file }, async (store) => {
    assert.equal((await store.status()).revision, revision);
    assert.equal(await put(store, 'c', '3'), revision + 1);
  });
  assert.equal(await version(), present);
  await using({ file }, async (store) => assert.deepEqual(await contents(store), ['a=1', 'b=2', 'c=3']));
});

test('a damaged file, or one that is something else, is reported', async () => {
  const file = newFile();
  await writeFile(file, Buffer.alloc(20_000, 7));
  await rejectsWith(openSqliteStore({ file }), 'corrupt');
  assert.equal((await readFile(file)).byteLength, 20_000);
  const other = newFile();
  const database = openDatabase(other);
  database.exec('CREATE TABLE t (x)');
  database.close();
  await rejectsWith(openSqliteStore({ file: other }), 'corrupt');
  const cut = newFile();
  await using({ file: cut }, async (store) => {
    for (let i = 0; i < 50; i++) await put(store, `k${i}`, value(4000));
  });
  await truncate(cut, 16_384);
  await assert.rejects(
    using({ file: cut }, async (store) => void (await contents(store))),
    (error) => error instanceof StoreError && error.code === 'corrupt' && error.hint !== '',
  );
});

test('a directory that cannot be made is an input or output error', async () => {
  const file = newFile();
  await writeFile(file, 'x');
  await rejectsWith(openSqliteStore({ file: join(file, 'below', 'store.db') }), 'io');
});

test('a full disk refuses writes, loses nothing, and goes on when there is space', async () => {
  const file = newFile();
  await using({ file, maxBytes: 1_000_000, retention: 'all' }, async (store) => {
    const written: string[] = [];
    let refusal: unknown;
    for (let i = 0; refusal === undefined && i < 1000; i++) {
      const names = [0, 1, 2, 3].map((n) => `k${i}-${n}`);
      const results = await Promise.allSettled(names.map((name) => put(store, name, value(4000))));
      for (const [n, result] of results.entries()) {
        if (result.status === 'fulfilled') written.push(names[n] ?? '');
        else refusal = result.reason;
      }
    }
    assert.ok(refusal instanceof StoreError && refusal.code === 'noSpace' && refusal.hint !== '');
    const keys = async () => (await store.range({ key: '', rangeEnd: '\0', keysOnly: true })).kvs.map((kv) => kv.key);
    assert.deepEqual(await keys(), written.toSorted());
    await rejectsWith(put(store, 'k-late', value(100_000)), 'noSpace');
    for (const key of written.splice(0, 20)) await write(store, { type: 'delete', key });
    await store.compact((await store.status()).revision);
    // Old versions are swept in the background.
    const retry = (): Promise<number> => put(store, 'z', value(10_000)).catch(retry);
    await retry();
    assert.deepEqual(await keys(), [...written.toSorted(), 'z']);
  });
});

test('history is compacted by age and by number', async () => {
  const clock = new ManualClock(0);
  await using({ file: newFile(), clock, retention: { milliseconds: 300_000, revisions: 50 } }, async (store) => {
    const compacted = async () => (await store.status()).compactedRevision;
    for (let i = 0; i < 20; i++) await put(store, 'a', String(i));
    const { revision } = await store.status();
    clock.advance(60_000);
    await put(store, 'a', 'young');
    assert.equal(await compacted(), 0);
    clock.advance(300_000);
    assert.equal(await compacted(), revision);
    assert.deepEqual(await contents(store, '', '\0', revision), ['a=19']);
    for (let i = 0; i < 80; i++) await put(store, 'a', String(i));
    clock.advance(60_000);
    assert.equal(await compacted(), (await store.status()).revision - 50);
  });
});

test('compaction gives the space of old versions back for use', async () => {
  await using({ file: newFile(), retention: 'all' }, async (store) => {
    for (let i = 0; i < 300; i++) await put(store, `k${i % 3}`, value(4000));
    const before = await store.status();
    await store.compact(before.revision);
    let after = await store.status();
    while (after.sizeBytes > before.sizeBytes / 4) after = await store.status();
    assert.equal((await store.range({ key: '', rangeEnd: '\0' })).count, 3);
  });
});

test('the worker can be another script', async () => {
  const workerUrl = new URL('./worker.js', import.meta.url);
  assert.ok((await stat(fileURLToPath(workerUrl))).isFile());
  await using({ file: newFile(), workerUrl }, async (store) => void (await put(store, 'a', '1')));
});
