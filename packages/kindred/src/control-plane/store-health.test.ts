import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openMemoryStore, openSqliteStore, StoreError } from '@kindred/store';
import { storeHealth } from './store-health.ts';

test('a store that is full is unwell until a write succeeds again', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'kindred-health-'));
  const store = await openSqliteStore({ file: join(directory, 'store.db'), maxBytes: 400_000 });
  const health = storeHealth(store);
  const put = (key: string) => ({ type: 'put' as const, key, value: new Uint8Array(50_000) });
  try {
    assert.equal(await health.check(), undefined);
    const fill = async (): Promise<never> => {
      for (let n = 0; ; n++) await store.txn({ compare: [], success: [put(`/registry/${n}`)], failure: [] });
    };
    const full = await fill().catch((error: unknown) => error);
    assert.ok(full instanceof StoreError && full.code === 'noSpace');
    // Nobody has told of it yet.
    assert.equal(await health.check(), undefined);
    health.suspect(full);
    // The probe is small and may fit where the large value did not: then the store is well.
    const problem = await health.check();
    assert.ok(problem === undefined || /no space left/.test(problem));
  } finally {
    await store.close();
    await rm(directory, { recursive: true });
  }
});

test('a closed store is unwell', async () => {
  const store = openMemoryStore();
  const health = storeHealth(store);
  assert.equal(await health.check(), undefined);
  await store.close();
  assert.match((await health.check()) ?? '', /closed/);
});
