import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { JsonValue } from '../object/json.ts';
import { formOfText, type TextForm } from './canonical-text.ts';
import { readJsonText } from './json-reader.ts';

const formOf = (text: string): TextForm => formOfText(text, JSON.parse(text) as JsonValue);

const scalar = fc.oneof(
  fc.constantFrom('true', 'false', 'null', '""', '"a"', '"\\u0061"', '"\\n"', '"é😀"', '"\\u00e9"', '"a: {b"'),
  fc.constantFrom('"\u2028"', '"\u007f\u0080\ufeff"', '"\\/"', '"/"', '"\\ud83d"', '"\\ud83d\\ude00"', '"\\u2028"'),
  fc.constantFrom('"\\b\\f\\r\\t"', '"\\\\u0061"', '"\\\\\\""', '"\\n\\n\\n\\n\\n"', '"\\u001F"'),
  fc.constantFrom('0', '-0', '7', '-12', '1e1', '1e2', '1e3', '1000', '1001', '1100', '11e2', '100e-2', '1.0', '0.5'),
  fc.constantFrom('8080', '808e1', '9007199254740991', '9007199254740993', '12345678901234567890', '1E9', '0.1'),
  fc.constantFrom('100', '-100', '-1E2', '25e2', '2500', '2.5e3', '120', '0e0', '-7e2', '4e+2', '3200', '32E2'),
  fc.integer().map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc.string({ unit: 'grapheme' }).map((text) => JSON.stringify(text)),
);
const name = fc.constantFrom(
  '"a"',
  '"\\n"',
  '"\\""',
  '"b"',
  '"__proto__"',
  '"\\u0062"',
  '""',
  '"1"',
  '"0"',
  '"01"',
  '"-1"',
  '"2.txt"',
);
const space = fc.oneof(
  { weight: 40, arbitrary: fc.constant('') },
  { weight: 1, arbitrary: fc.constantFrom(' ', '\n') },
);
const { text: inner } = fc.letrec<{ text: string }>((tie) => ({
  text: fc.oneof(
    { maxDepth: 3 },
    scalar,
    fc.tuple(fc.array(tie('text'), { maxLength: 3 }), space).map(([items, gap]) => `[${items.join(`${gap},`)}${gap}]`),
    fc
      .tuple(fc.array(fc.tuple(name, tie('text')), { maxLength: 3 }), space)
      .map(([members, gap]) => `{${members.map(([key, value]) => `${key}:${gap}${value}`).join(',')}}`),
  ),
}));
const texts = fc.tuple(space, inner, fc.constantFrom('', '', '\n', ' ', '\n\n')).map((parts) => parts.join(''));

test('a canonical text has no field twice, and its value is exact', () => {
  let canonical = 0;
  fc.assert(
    fc.property(texts, (text) => {
      if (formOf(text) === 'unknown') return;
      canonical++;
      const exact = readJsonText(text, 1000);
      assert.deepEqual(exact.duplicateFields, []);
      assert.deepEqual(JSON.parse(text), exact.value);
    }),
    { numRuns: 3000 },
  );
  assert.ok(canonical > 500, `only ${canonical} were canonical`);
});

test('a verbatim text is what JSON.stringify writes, but for a newline at its end', () => {
  let verbatim = 0;
  fc.assert(
    fc.property(texts, (text) => {
      if (formOf(text) !== 'verbatim') return;
      verbatim++;
      assert.equal(JSON.stringify(JSON.parse(text)), text.replace(/\n$/, ''));
    }),
    { numRuns: 5000 },
  );
  assert.ok(verbatim > 500, `only ${verbatim} were verbatim`);
});

test('a text with all escapes that it needs is verbatim', () => {
  const text = JSON.stringify({ 'a\n"b': ['\\', '"\\"\b\f\n\r\t/', { '\\n': '\\\\u0061' }] });
  assert.equal(formOf(text), 'verbatim');
  assert.equal(formOf(JSON.stringify('\u0001')), 'canonical');
});

test('what JSON.stringify writes of objects is verbatim, with a newline, too', () => {
  const members = { b: 'x', c: {}, '1.txt': '\u007f', '-2': 110 };
  const text = JSON.stringify({ a: [1, -20, 8080, true, null, '', members], d: [], e: 'é\u2028😀' });
  assert.equal(formOf(text), 'verbatim');
  assert.equal(formOf(`${text}\n`), 'verbatim');
});

for (const text of ['{"b":1,"1":2}', '[100]', '[1e2]', '[-7E2]', '{"a":[{"07":1}]}', '3200\n', '"\\u0061"', '"\\/"']) {
  test(`canonical, yet perhaps not verbatim: ${text}`, () => assert.equal(formOf(text), 'canonical'));
}

for (const text of ['{"a":1,"a":1}', '{"a":1,"a":1000000}', '{"a":1e9,"b":1,"b":2}', '[1, 2]', '[0.10]', '["\\n" ]']) {
  test(`not canonical: ${text}`, () => assert.equal(formOf(text), 'unknown'));
}

for (const text of ['{}\n\n', ' {}', '{} ', '{}\r\n', '{"a":1,"\\u0061":1}', '-0']) {
  test(`not canonical: ${JSON.stringify(text)}`, () => assert.equal(formOf(text), 'unknown'));
}
