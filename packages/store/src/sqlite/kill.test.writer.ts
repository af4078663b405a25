/**
 * The program that the kill test kills: 16 writers, each counting up in two keys with one transaction, printing a line for
 * each acknowledged write. Not part of the package's surface.
 */
import { once } from 'node:events';
import { openSqliteStore } from './sqlite-store.ts';

const [, , file = '', round = ''] = process.argv;
// Started ahead of its turn, so that the test does not wait for Node: the turn begins with the first byte.
await once(process.stdin, 'data');
process.stdin.destroy();
const store = await openSqliteStore({ file });

async function write(writer: number): Promise<never> {
  const key = `k${writer}-${Number(round) % 10}`;
  const [known] = (await store.range({ key: `${key}/a` })).kvs;
  let count = known === undefined ? 0 : Number.parseInt(Buffer.from(known.value).toString(), 10);
  for (;;) {
    const value = Buffer.from(`${++count} ${'x'.repeat(500 * (count % 8))}`);
    await store.txn({
      compare: [],
      success: ['a', 'b'].map((part) => ({ type: 'put', key: `${key}/${part}`, value })),
      failure: [],
    });
    process.stdout.write(`${key} ${count}\n`);
  }
}

await Promise.all(Array.from({ length: 16 }, (_, writer) => write(writer)));
