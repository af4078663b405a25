import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readLock } from '../chart/lock.ts';
import { readMetadata } from '../chart/metadata.ts';
import { lockDigest, lockText } from './lock-file.ts';

const { dependencies } = readMetadata(`apiVersion: v2
name: app
version: 1.0.0
dependencies:
- {name: db, version: ^1, repository: "https://example.org", condition: "a<b", import-values: [x, {child: c, parent: p}]}
`);
const locked = [{ name: 'db', version: '1.2.3', repository: 'https://example.org' }];

test('reads what it writes', () => {
  const lock = {
    generated: '2026-01-01T00:00:00.000Z',
    digest: lockDigest(dependencies, locked),
    dependencies: locked,
    archives: [{ file: 'db-1.2.3.tgz', digest: 'sha256:00', charts: ['inner 1.0.0'] }],
  };
  assert.deepEqual(readLock(lockText(lock), 'Chart.lock'), lock);
  const { archives: _archives, ...plain } = lock;
  assert.deepEqual(readLock(lockText(plain), 'Chart.lock'), plain);
});

test('has a digest that every part of a dependency counts for', () => {
  const digests = new Set([
    lockDigest(dependencies, locked),
    lockDigest([], locked),
    lockDigest(dependencies, []),
    ...dependencies.flatMap((each) => [
      lockDigest([{ ...each, condition: '' }], locked),
      lockDigest([{ ...each, alias: 'other' }], locked),
      lockDigest([{ ...each, tags: ['t'] }], locked),
      lockDigest([{ ...each, importValues: [] }], locked),
    ]),
  ]);
  assert.equal(digests.size, 7);
});

test('refuses locks that are none', () => {
  for (const text of ['[]', 'x', 'a: [']) assert.throws(() => readLock(text, 'Chart.lock'), /cannot load Chart\.lock/);
});
