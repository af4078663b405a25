import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { placeDocuments, splitDocuments } from './split-documents.ts';

test('cuts where the pattern of helm cuts', () => {
  const pieces = fc.array(fc.constantFrom('---', '\n', ' ', '\t', 'a: b', '\r\n', '--', '# c', '\f'), {
    maxLength: 30,
  });
  fc.assert(
    fc.property(pieces, (parts) => {
      const stream = parts.join('');
      const wanted = stream
        .trim()
        .split(/(?:^|[\t\n\f\r ]*\n)---[\t\n\f\r ]*/)
        .filter((document) => document !== '')
        .map((document) => document.trim());
      assert.deepEqual(splitDocuments(stream), wanted);
      for (const { text, start } of placeDocuments(stream))
        assert.equal(stream.slice(start, start + text.length), text);
    }),
  );
});

test('long runs of white space cost no more than other text', () => {
  const blanks = ' \n'.repeat(500_000);
  assert.deepEqual(splitDocuments(`a: 1${blanks}x\n${blanks}---${blanks}b: 2`), [`a: 1${blanks}x`, 'b: 2']);
});
