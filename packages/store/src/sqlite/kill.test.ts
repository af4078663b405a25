import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { openSqliteStore } from './sqlite-store.ts';

const directory = await mkdtemp(join(tmpdir(), 'kindred-store-'));
after(() => rm(directory, { recursive: true, force: true }));

const rounds = 100;
const program = fileURLToPath(new URL('./kill.test.writer.js', import.meta.url));

const startWriters = (file: string, round: number) =>
  spawn(process.execPath, [program, file, String(round)], { stdio: ['pipe', 'pipe', 'inherit'] });

/** Lets the writers run on the file, kills them after a while, and gives what they were told was written. */
async function writeUntilKilled(child: ReturnType<typeof startWriters>, milliseconds: number): Promise<string[]> {
  let output = '';
  let timer: NodeJS.Timeout | undefined;
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
    // Random moments count from the first acknowledgement, so that no round dies before it has written.
    timer ??= setTimeout(() => child.kill('SIGKILL'), milliseconds);
  });
  child.stdin.write('go');
  const [, signal] = (await once(child, 'close')) as [number | null, string | null];
  clearTimeout(timer);
  assert.equal(signal, 'SIGKILL', 'the writers ended by themselves');
  // The last line may be cut off.
  return output.split('\n').slice(0, -1);
}

test(`after ${rounds} kills under load every acknowledged write is there and none is half there`, {
  timeout: 180_000,
}, async () => {
  const file = join(directory, 'store.db');
  const acknowledged = new Map<string, string>();
  let writes = 0;
  let next = startWriters(file, 0);
  for (let round = 0; round < rounds; round++) {
    const writers = next;
    if (round + 1 < rounds) next = startWriters(file, round + 1);
    for (const line of await writeUntilKilled(writers, Math.random() * 40)) {
      const [key = '', value = ''] = line.split(' ');
      acknowledged.set(key, value);
      writes++;
    }
    // Opening is part of what must work after a kill; a look at the whole content every few rounds is enough.
    if (round % 10 === 9) await check(file, acknowledged);
  }
  assert.ok(writes > rounds, `${writes} writes`);
});

async function check(file: string, acknowledged: ReadonlyMap<string, string>): Promise<void> {
  const store = await openSqliteStore({ file });
  try {
    const found = new Map<string, { value: string; revision: number }>();
    for (const kv of (await store.range({ key: '', rangeEnd: '\0' })).kvs) {
      const value = Buffer.from(kv.value).toString();
      found.set(kv.key, { value: value.slice(0, value.indexOf(' ')), revision: kv.modRevision });
    }
    for (const [key, value] of acknowledged) {
      const pair = found.get(`${key}/a`);
      assert.ok(pair !== undefined && Number(pair.value) >= Number(value), `${key} lost ${value}, has ${pair?.value}`);
    }
    for (const [key, pair] of found) {
      if (!key.endsWith('/a')) continue;
      assert.deepEqual(found.get(key.replace(/a$/, 'b')), pair, `${key} is half written`);
    }
  } finally {
    await store.close();
  }
}
