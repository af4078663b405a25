import assert from 'node:assert/strict';
import { test } from 'node:test';
import { storeContract } from '../contract/contract.ts';
import { openMemoryStore } from '../memory/memory-store.ts';
import { endOfKeys } from '../port.ts';
import { keyspace } from './keyspace.ts';

storeContract('keyspace', { open: async ({ clock }) => keyspace(openMemoryStore({ clock }), '/part') });

test('parts of one store see their own keys, and share its revisions', async () => {
  const whole = openMemoryStore();
  const parts = ['/a/', '/b/'].map((prefix) => keyspace(whole, prefix));
  for (const [index, part] of parts.entries())
    await part.txn({ compare: [], success: [{ type: 'put', key: 'k', value: Buffer.of(index) }], failure: [] });
  for (const [index, part] of parts.entries()) {
    const { kvs } = await part.range({ key: '', rangeEnd: endOfKeys });
    assert.deepEqual(
      kvs.map(({ key, value, modRevision }) => [key, value[0], modRevision]),
      [['k', index, index + 2]],
    );
  }
  await whole.close();
});
