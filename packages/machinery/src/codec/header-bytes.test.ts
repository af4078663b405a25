import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { headersFromBytes, headersToBytes, rawHeadersAreAscii } from './header-bytes.ts';

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

test('a list of names and values is told to be ASCII when no header would be changed', () => {
  const names = fc.constantFrom('user-agent', 'X-Remote-User', 'content-type', ':path', 'x');
  const values = fc.oneof(fc.constantFrom('a', ''), fc.string({ unit: 'binary', maxLength: 3 }));
  fc.assert(
    fc.property(fc.uniqueArray(fc.tuple(names, values), { selector: ([name]) => name }), (pairs) => {
      const headers: Record<string, string> = Object.fromEntries(pairs);
      if (rawHeadersAreAscii(pairs.flat())) assert.equal(headersFromBytes(headers), headers);
      else
        assert.equal(
          pairs.some(([, value]) => /[^\0-\x7f]/.test(value)),
          true,
        );
    }),
  );
  assert.equal(rawHeadersAreAscii(['x', 'a', 'user-agent', 'jan\xe9']), false);
});
