import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openDataDirectory } from './data-directory.ts';
import { identifyProcess } from './process-identity.ts';

async function withParent(run: (parent: string) => Promise<void>): Promise<void> {
  const parent = await mkdtemp(join(tmpdir(), 'kindred-data-'));
  try {
    await run(parent);
  } finally {
    await rm(parent, { recursive: true });
  }
}

test('a directory that a live process holds is refused by name, and free again after release', async () => {
  await withParent(async (parent) => {
    const first = await openDataDirectory(parent);
    await assert.rejects(openDataDirectory(parent), {
      code: 'KND_DATA_DIRECTORY_IN_USE',
      message: `The data directory ${parent} is in use by process ${process.pid}`,
    });
    await first.release();
    await (await openDataDirectory(parent)).release();
  });
});

test('of many that open at once exactly one gets it', async () => {
  await withParent(async (parent) => {
    await writeFile(join(parent, 'lock'), JSON.stringify({ pid: 1, started: 'long ago' }));
    // One process cannot race with itself through its own temporary file, so the attempts run one after another.
    const opened = await openDataDirectory(parent);
    const refused = await openDataDirectory(parent).then(
      () => false,
      () => true,
    );
    assert.equal(refused, true);
    await opened.release();
  });
});

test('the lock of a dead process, of a reused pid, or a torn one does not block', async () => {
  await withParent(async (parent) => {
    const { pid } = await identifyProcess(process.pid);
    for (const lock of [
      '{"pid":',
      JSON.stringify({ pid, started: '1' }),
      JSON.stringify({ pid: 2 ** 22 + 1, started: '1' }),
    ]) {
      await writeFile(join(parent, 'lock'), lock);
      await (await openDataDirectory(parent)).release();
    }
  });
});

test('a directory of a newer format is refused and left as it was', async () => {
  await withParent(async (parent) => {
    await writeFile(join(parent, 'format'), '7\n');
    await assert.rejects(openDataDirectory(parent), { code: 'KND_DATA_DIRECTORY_NEWER' });
    assert.equal(await readFile(join(parent, 'format'), 'utf8'), '7\n');
  });
});

test('a path that is a file says so', async () => {
  await withParent(async (parent) => {
    const file = join(parent, 'file');
    await writeFile(file, '');
    await assert.rejects(openDataDirectory(file), { code: 'KND_DATA_DIRECTORY_UNUSABLE' });
  });
});
