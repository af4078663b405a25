import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openDataDirectory } from '../data-directory/data-directory.ts';
import type { SlotHolder } from './address-slot.ts';
import { takeAddressSlot } from './address-slot.ts';

/** A port of loopback that is free now stands for the one that platforms agree on. */
async function ownHolder(): Promise<SlotHolder> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return { address: (number) => ({ host: `127.0.0.${number + 1}`, port }) };
}

test('platforms side by side take different slots, and each takes its own again', async () => {
  const holder = await ownHolder();
  const parent = await mkdtemp(join(tmpdir(), 'kindred-slot-'));
  const [one, two] = await Promise.all(['one', 'two'].map((name) => openDataDirectory(join(parent, name))));
  assert.ok(one && two);
  try {
    const first = await takeAddressSlot(one, holder);
    const second = await takeAddressSlot(two, holder);
    assert.deepEqual([first.number, second.number], [0, 1]);
    await first.release();
    await second.release();
    const again = await takeAddressSlot(two, holder);
    assert.equal(again.number, 1);
    await again.release();
  } finally {
    await Promise.all([one.release(), two.release()]);
    await rm(parent, { recursive: true });
  }
});

test('a directory whose slot another platform has taken since takes another, and keeps that one', async () => {
  const holder = await ownHolder();
  const parent = await mkdtemp(join(tmpdir(), 'kindred-slot-'));
  const [one, two] = await Promise.all(['one', 'two'].map((name) => openDataDirectory(join(parent, name))));
  assert.ok(one && two);
  try {
    await (await takeAddressSlot(one, holder)).release();
    const second = await takeAddressSlot(two, holder);
    const moved = await takeAddressSlot(one, holder);
    assert.deepEqual([second.number, moved.number], [0, 1]);
    await moved.release();
    assert.equal((await takeAddressSlot(one, holder)).number, 1);
    await second.release();
  } finally {
    await Promise.all([one.release(), two.release()]);
    await rm(parent, { recursive: true });
  }
});
