import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { JsonValue } from '../object/json.ts';
import { isCanonicalText } from './canonical-text.ts';
import { readJsonText } from './json-reader.ts';

const isCanonical = (text: string): boolean => isCanonicalText(text, JSON.parse(text) as JsonValue);

const scalar = fc.oneof(
  fc.constantFrom('true', 'false', 'null', '""', '"a"', '"\\u0061"', '"\\n"', '"é😀"', '"\\u00e9"', '"a: {b"'),
  fc.constantFrom('0', '-0', '7', '-12', '1e1', '1e2', '1e3', '1000', '1001', '1100', '11e2', '100e-2', '1.0', '0.5'),
  fc.constantFrom('8080', '808e1', '9007199254740991', '9007199254740993', '12345678901234567890', '1E9', '0.1'),
  fc.integer().map(String),
);
const name = fc.constantFrom('"a"', '"b"', '"__proto__"', '"\\u0062"', '""');
const space = fc.oneof(
  { weight: 12, arbitrary: fc.constant('') },
  { weight: 1, arbitrary: fc.constantFrom(' ', '\n') },
);
const { text: texts } = fc.letrec<{ text: string }>((tie) => ({
  text: fc.oneof(
    { maxDepth: 3 },
    scalar,
    fc.array(tie('text'), { maxLength: 3 }).map((items) => `[${items.join(',')}]`),
    fc
      .tuple(fc.array(fc.tuple(name, tie('text')), { maxLength: 3 }), space)
      .map(([members, gap]) => `{${members.map(([key, value]) => `${key}:${gap}${value}`).join(',')}}`),
  ),
}));

test('a canonical text has no field twice, and its value is exact', () => {
  let canonical = 0;
  fc.assert(
    fc.property(texts, (text) => {
      if (!isCanonical(text)) return;
      canonical++;
      const exact = readJsonText(text, 1000);
      assert.deepEqual(exact.duplicateFields, []);
      assert.deepEqual(JSON.parse(text), exact.value);
    }),
    { numRuns: 3000 },
  );
  assert.ok(canonical > 500, `only ${canonical} were canonical`);
});

test('what JSON.stringify writes of objects is canonical, with a newline, too', () => {
  const text = JSON.stringify({ a: [1, -20, 8080, true, null, '', { b: 'x', c: {} }], d: [], e: 'é' });
  assert.equal(isCanonical(text), true);
  assert.equal(isCanonical(`${text}\n`), true);
});

for (const text of ['{"a":1,"a":1}', '{"a":1,"a":1000000}', '{"a":1e9,"b":1,"b":2}', '[1, 2]', '"\\u0061"', '[0.10]']) {
  test(`not canonical: ${text}`, () => assert.equal(isCanonical(text), false));
}
