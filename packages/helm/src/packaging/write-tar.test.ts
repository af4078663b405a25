import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readTar } from '../node/tar.ts';
import { writeTar } from './write-tar.ts';

const part = fc.oneof(
  fc.stringMatching(/^[a-z0-9._-]{1,60}$/),
  fc.stringMatching(/^[a-z]{90,130}$/),
  fc.constantFrom('é', '日本語', '😀', ' ', 'a=b', '%'),
);
const name = fc.array(part, { minLength: 1, maxLength: 6 }).map((parts) => parts.join('/'));
const file = fc.record({
  name,
  data: fc.uint8Array({ maxLength: 1200 }),
  modified: fc.nat(2 ** 31),
  mode: fc.constantFrom(0o644, 0o755),
});

test('reads back what it wrote, whatever the names', () => {
  fc.assert(
    fc.property(fc.array(file, { maxLength: 5 }), (files) => {
      const read = readTar(writeTar(files));
      assert.deepEqual(
        read.map(({ name: readName, data, modified, executable }) => [readName, [...data], modified, executable]),
        files.map(({ name: ownName, data, modified, mode }) => [ownName, [...data], modified, mode === 0o755]),
      );
    }),
  );
});
