import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { headersFromBytes, headersToBytes } from './header-bytes.ts';

test('texts come back from the bytes of headers', () => {
  const texts = fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\ufffd'));
  fc.assert(
    fc.property(texts, (a) => {
      assert.deepEqual(headersFromBytes(headersToBytes({ a })), { a });
    }),
  );
  assert.deepEqual(headersToBytes({ user: 'jané' }), { user: 'jan\xc3\xa9' });
});

test('what is not UTF-8 stays as it is', () => {
  assert.deepEqual(headersFromBytes({ user: 'jan\xe9' }), { user: 'jan\xe9' });
});

test('headers may be lists and numbers', () => {
  const headers: Record<string, string | string[] | number | undefined> = { a: ['ü', 'x'], b: 1, c: undefined };
  assert.deepEqual(headersFromBytes(headersToBytes(headers)), headers);
});
