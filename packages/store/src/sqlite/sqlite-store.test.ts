import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { storeContract } from '../contract/contract.ts';
import { openSqliteStore } from './sqlite-store.ts';

const directory = await mkdtemp(join(tmpdir(), 'kindred-store-'));
after(() => rm(directory, { recursive: true, force: true }));

let files = 0;
storeContract('sqlite', {
  open: ({ clock }) => openSqliteStore({ file: join(directory, `${++files}`, 'store.db'), clock, retention: 'all' }),
});
