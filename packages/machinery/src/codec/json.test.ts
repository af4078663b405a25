import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { DecodeError } from './decode-error.ts';
import { decodeJson, encodeJson } from './json.ts';
import { readJsonText } from './json-reader.ts';

const decode = (text: string, options = {}) => decodeJson(Buffer.from(text), options);

// Beyond 2^53 the exact reader gives bigints, where JSON.parse gives numbers.
const isExact = (value: unknown) => !/[\d.]{16}/.test(JSON.stringify(value));

test('gives back any JSON value that was written', () => {
  fc.assert(
    fc.property(fc.jsonValue().filter(isExact), fc.boolean(), (value, duplicates) => {
      const bytes = Buffer.from(JSON.stringify(value));
      assert.deepEqual(decodeJson(bytes, { duplicates }).value, JSON.parse(bytes.toString()));
      assert.deepEqual(decodeJson(encodeJson(value), { duplicates }).value, JSON.parse(bytes.toString()));
    }),
  );
});

test('keeps 64-bit integers exactly', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (integer) => {
      const text = `{"n":${integer}}`;
      const { value } = decode(text);
      assert.equal(encodeJson(value).toString(), text);
    }),
  );
  assert.deepEqual(decode('[9007199254740993, 9007199254740991]').value, [9007199254740993n, 9007199254740991]);
});

test('leaves fractions and integers beyond 64 bits to floating point', () => {
  assert.deepEqual(decode('[0.1234567890123456789, 1e21, 99999999999999999999]').value, [
    Number('0.1234567890123456789'),
    1e21,
    1e20,
  ]);
});

test('names fields that come twice by their paths', () => {
  const text = '{"spec":{"y":1,"c":[{},{"name":"a","name":"b","name":"c"}],"y":2}}';
  const { value, duplicateFields } = decode(text, { duplicates: true });
  assert.deepEqual(duplicateFields, ['spec.c[1].name', 'spec.y']);
  assert.deepEqual(value, { spec: { y: 2, c: [{}, { name: 'c' }] } });
});

test('refuses what is not one JSON document in UTF-8', () => {
  const cases: [string | Uint8Array, RegExp][] = [
    ['{"a":1}{"b":2}', /found "\{" at offset 7, expected the end: one document only/],
    ['{"a":1,}', /offset 7, expected a field name/],
    ['{"a" 1}', /offset 5, expected ':'/],
    ['[1 2]', /offset 3, expected ',' or '\]'/],
    ['', /found the end at offset 0, expected a value/],
    ['"abc', /string that starts at offset 0/],
    ['"\\x"', /string that starts at offset 0/],
    ['[1e999]', /number 1e999 at offset 1 is out of range/],
    ['\ufeff{}', /offset 0/],
    [Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]), /not valid UTF-8/],
  ];
  for (const [input, message] of cases) {
    assert.throws(() => decodeJson(Buffer.from(input)), { name: 'DecodeError', message });
  }
});

test('says where UTF-8 breaks', () => {
  const bytes = Buffer.concat([Buffer.from('{"ä":"'), Buffer.from([0xc3, 0x28]), Buffer.from('"}')]);
  assert.throws(
    () => decodeJson(bytes),
    (error) => error instanceof DecodeError && error.offset === 7,
  );
});

test('refuses deep nesting without exhausting the stack', () => {
  const deep = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;
  assert.throws(() => decode(deep(1001)), /nested more than 1000 deep \(offset 1000\)/);
  assert.throws(() => decode('{"a":'.repeat(2_000_000)), /nested more than 1000 deep/);
  assert.doesNotThrow(() => decode(deep(1000)));
  assert.doesNotThrow(() => decode(deep(100_000), { maxDepth: 100_000, duplicates: true }));
  assert.doesNotThrow(() => decode(`[${'[],'.repeat(5000)}"${'['.repeat(5000)}"]`));
});

test('counts levels of lists and maps alike', () => {
  const levels = fc.array(fc.constantFrom('[', '{'), { maxLength: 12 }).chain((period) => {
    const shape = period.length === 0 ? ['{'] : period;
    return fc
      .integer({ min: 10, max: 20 })
      .map((depth) => Array.from({ length: depth }, (_, i) => shape[i % shape.length]));
  });
  fc.assert(
    fc.property(levels, fc.constantFrom('', ' '), (brackets, space) => {
      const opened = brackets.map((bracket) => (bracket === '[' ? '[' : '{"":'));
      const closed = brackets.toReversed().map((bracket) => (bracket === '[' ? ']' : '}'));
      const text = `${opened.join(space)}1${closed.join('')}`;
      if (brackets.length <= 15) assert.doesNotThrow(() => decode(text, { maxDepth: 15 }));
      else assert.throws(() => decode(text, { maxDepth: 15 }), /nested more than 15 deep/);
    }),
  );
  const innermost = `${'{"":'.repeat(15)}{}${'}'.repeat(15)}`;
  assert.throws(() => decode(innermost, { maxDepth: 15 }), /nested more than 15 deep/);
  assert.doesNotThrow(() => decode(innermost, { maxDepth: 16 }));
});

test('reads bytes of any view, ASCII or not', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.string({ unit: 'binary' })), (text) => {
      const padded = new TextEncoder().encode(`"x${JSON.stringify(text)}`);
      assert.equal(decodeJson(padded.subarray(2)).value, text);
      assert.equal(decodeJson(Buffer.from(padded).subarray(2)).value, text);
    }),
  );
});

test('takes a field called __proto__ as data', () => {
  const { value } = decode('{"__proto__":{"x":1}}', { duplicates: true });
  assert.equal(Object.getPrototypeOf(value), Object.prototype);
  assert.equal(encodeJson(value).toString(), '{"__proto__":{"x":1}}');
});

test('says when the bytes are what encodeJson writes, where it looks for duplicates', () => {
  const text = '{"a":["é",1,{"b":null}]}';
  assert.equal(decode(text, { duplicates: true }).verbatim, true);
  assert.equal(decode(`${text}\n`, { duplicates: true }).verbatim, true);
  assert.equal(decode(text).verbatim, false);
  for (const other of ['{"a": 1}', '{"a":1,"a":2}', '[9007199254740993]', '{"b":1,"0":2}', '[200]', '"\\ud800"']) {
    assert.equal(decode(other, { duplicates: true }).verbatim, false);
  }
});

test('leaves out undefined members next to bigints as well', () => {
  assert.equal(encodeJson({ a: undefined, b: 1n, c: [undefined, 'x'] }).toString(), '{"b":1,"c":[null,"x"]}');
});

test('finds duplicates wherever they are, and nothing else', () => {
  const key = fc.constantFrom('a', 'b', '"', '\\', ':', 'é', '__proto__', '');
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      key.map((text) => JSON.stringify(text)),
      fc.array(tie('value'), { maxLength: 3 }).map((items) => `[${items.join(' , ')}]`),
      fc
        .array(fc.tuple(key, tie('value')), { maxLength: 3 })
        .map((members) => `{${members.map(([name, member]) => `${JSON.stringify(name)} :\n${member}`).join(',')}}`),
    ),
  }));
  fc.assert(
    fc.property(value, (text) => {
      const { duplicateFields, value: decoded } = decode(String(text), { duplicates: true });
      const exact = readJsonText(String(text), 1000);
      assert.deepEqual(duplicateFields, exact.duplicateFields);
      assert.deepEqual(decoded, exact.value);
    }),
  );
});
