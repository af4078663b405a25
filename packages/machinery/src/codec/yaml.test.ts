import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeYaml, decodeYamlDocuments, encodeYaml } from './yaml.ts';

const GROUND_TRUTH: [string, unknown][] = [
  ['yes', true],
  ['on', true],
  ['Y', true],
  ['n', false],
  ['off', false],
  ['0777', 511],
  ['0o777', 511],
  ['0b11', 3],
  ['0x1F', 31],
  ['1_000', 1000],
  ['.5', 0.5],
  ['1e3', 1000],
  ['-0777', -511],
  ['+5', 5],
  ['08', 8],
  ['1:30', '1:30'],
  ['2001-01-01', '2001-01-01'],
  ['2001-01-01T00:00:00Z', '2001-01-01T00:00:00Z'],
  ['~', null],
  ['""', ''],
  ['"yes"', 'yes'],
  ["'0777'", '0777'],
  ['1.2.3', '1.2.3'],
  ['9007199254740993', 9007199254740993n],
  ['!!str 5', '5'],
  ['!!float 5', 5],
  ['!!binary aGk=', 'hi'],
  ['v1', 'v1'],
  ['{y: 1}', { true: 1 }],
  ['nginx:alpine', 'nginx:alpine'],
];

test('reads scalars as kubectl and helm do', () => {
  for (const [text, expected] of GROUND_TRUTH) {
    assert.deepEqual(decodeYaml(`a: ${text}`).value, { a: expected }, text);
  }
});

test('names duplicate fields by path and by line', () => {
  const decoded = decodeYaml('spec:\n  x: 1\n  list:\n  - a: 1\n    a: 2\n  x: 2\n');
  assert.deepEqual(decoded.duplicateFields, ['spec.list[0].a', 'spec.x']);
  assert.deepEqual(decoded.duplicateMessages, [
    'line 5: key "a" already set in map',
    'line 6: key "x" already set in map',
  ]);
  assert.deepEqual(decoded.value, { spec: { x: 2, list: [{ a: 2 }] } });
  assert.deepEqual(decodeYaml('{"a":1,"a":2}').duplicateFields, ['a']);
});

test('merges maps as Go does: what comes later wins', () => {
  const text = 'base: &b {x: 1, w: 2}\nother: &o {w: 3, z: 4}\nall:\n  <<: [*b, *o]\n  x: 9\nlate: {x: 9, <<: *b}\n';
  assert.deepEqual(decodeYaml(text).value, {
    base: { x: 1, w: 2 },
    other: { w: 3, z: 4 },
    all: { x: 9, w: 2, z: 4 },
    late: { x: 1, w: 2 },
  });
});

test('copies what an alias stands for', () => {
  const { value } = decodeYaml('a: &x {k: [1]}\nb: *x\n');
  assert.deepEqual(value, { a: { k: [1] }, b: { k: [1] } });
});

test('splits streams into documents and drops empty ones', () => {
  const values = decodeYamlDocuments('---\na: 1\n---\n# nothing\n---\nb: 2\n...\n').map(({ value }) => value);
  assert.deepEqual(values, [{ a: 1 }, { b: 2 }]);
  assert.equal(decodeYaml('').value, null);
  assert.deepEqual(decodeYaml('a: 1\n---\n').value, { a: 1 });
});

test('refuses what it should with a clear text', () => {
  const bomb = `a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n${Array.from(
    { length: 9 },
    (_, i) => `a${i + 1}: &a${i + 1} [${`*a${i},`.repeat(10)}]\n`,
  ).join('')}`;
  const cases: [string, RegExp][] = [
    ['a: 1\n---\nb: 2\n', /found a second document/],
    ['a: [1\n', /invalid YAML: line \d+, column \d+: /],
    ['a: .nan', /line 1: \.nan is not a value/],
    ['a: *nope', /nope/],
    ['? [a]\n: 1', /a field name must be/],
    ['a: !!int x', /cannot read "x" as !!int/],
    [bomb, /excessive aliasing/],
    ['['.repeat(2000), /nesting|nested/],
    [`{"a":${'['.repeat(5000)}`, /nesting|nested/],
  ];
  for (const [text, message] of cases) assert.throws(() => decodeYaml(text), { name: 'DecodeError', message }, text);
  assert.throws(() => decodeYaml(Buffer.from([0x61, 0x3a, 0x20, 0xff])), /not valid UTF-8/);
});

// Integers beyond 2^53 come back as bigints, and there is no -0 among Go's integers.
const isExact = (n: number) => !Object.is(n, -0) && (Number.isSafeInteger(n) || !Number.isInteger(n));

test('reads back every value that it wrote', () => {
  const text = fc.oneof(
    fc.string(),
    fc.string({ unit: 'binary' }),
    fc.constantFrom(
      'yes',
      '0777',
      '1e3',
      '',
      ' a',
      'a ',
      'a: b',
      '- x',
      '#c',
      'a #b',
      '2001-01-01',
      '1:30',
      '<<',
      '=',
      '~',
    ),
    fc.stringMatching(/^[ \n\ta:#-]{0,8}$/),
  );
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      text,
      fc.constantFrom(null, true, false),
      fc.integer(),
      fc.double({ noNaN: true, noDefaultInfinity: true }).filter(isExact),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(text, tie('value'), { maxKeys: 4, noNullPrototype: true }),
    ),
  }));
  fc.assert(
    fc.property(value, (original) => {
      assert.deepEqual(decodeYamlDocuments(encodeYaml({ x: original }))[0]?.value, { x: original });
    }),
    { numRuns: 500 },
  );
});

test('writes as Go does', () => {
  const object = {
    spec: { items10: 1, items2: [{ b: 'x', a: ['y', []] }, {}], empty: [], text: 'a\nb\n', cut: 'a\nb', kept: 'a\n\n' },
    apiVersion: 'v1',
    quoted: ['yes', '12', 'a: b', "it's", ' x', '', 'tab\t', '2001-01-01', '#x', '@x', 'http://x', 'null'],
    big: 9007199254740993n,
    float: 1.5,
    __a: null,
  };
  assert.equal(
    encodeYaml(object),
    `__a: null
apiVersion: v1
big: 9007199254740993
float: 1.5
quoted:
- "yes"
- "12"
- 'a: b'
- it's
- ' x'
- ""
- "tab\\t"
- "2001-01-01"
- '#x'
- '@x'
- http://x
- "null"
spec:
  cut: |-
    a
    b
  empty: []
  items2:
  - a:
    - "y"
    - []
    b: x
  - {}
  items10: 1
  kept: |+
    a

  text: |
    a
    b
`,
  );
});
