import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatFieldError, type JsonObject } from '@kindred/machinery';
import fc from 'fast-check';
import { applyDefaults } from './defaults.ts';
import type { JSONSchemaProps } from './json-schema-props.ts';
import { prune } from './prune.ts';
import { compileStructuralSchema } from './structural-schema.ts';
import { validateValue, validateValueUpdate } from './validate-value.ts';

function errorsFor(spec: JSONSchemaProps, value: unknown): string[] {
  const schema = compileStructuralSchema({ type: 'object', properties: { spec } });
  return validateValue(schema, { spec: value }, '').map(formatFieldError);
}

const cases: [string, JSONSchemaProps, unknown, string[]][] = [
  [
    'minimum',
    { type: 'object', properties: { replicas: { type: 'integer', minimum: 1 } } },
    { replicas: 0 },
    ['spec.replicas: Invalid value: 0: spec.replicas in body should be greater than or equal to 1'],
  ],
  [
    'exclusive maximum',
    { type: 'integer', maximum: 5, exclusiveMaximum: true },
    5,
    ['spec: Invalid value: 5: spec in body should be less than 5'],
  ],
  [
    'wrong type',
    { type: 'integer' },
    'x',
    ['spec: Invalid value: "string": spec in body must be of type integer: "string"'],
  ],
  ['null', { type: 'string' }, null, ['spec: Invalid value: "null": spec in body must be of type string: "null"']],
  ['nullable', { type: 'string', nullable: true }, null, []],
  ['whole float as integer', { type: 'integer' }, 2.0, []],
  ['integer as number', { type: 'number' }, 2, []],
  [
    'number as integer',
    { type: 'integer' },
    2.5,
    ['spec: Invalid value: "number": spec in body must be of type integer: "number"'],
  ],
  ['big integers', { type: 'integer', format: 'int64', minimum: 1 }, 9007199254740993n, []],
  [
    'int32',
    { type: 'integer', format: 'int32' },
    3000000000,
    ['<nil>: Invalid value: "": Checked value must be of type integer with format int32 in spec'],
  ],
  ['enum', { type: 'string', enum: ['a', 'b'] }, 'c', ['spec: Unsupported value: "c": supported values: "a", "b"']],
  [
    'pattern',
    { type: 'string', pattern: '^a+$' },
    'b',
    ['spec: Invalid value: "b": spec in body should match \'^a+$\''],
  ],
  ['RE2 pattern', { type: 'string', pattern: '(?i)^ab.c$' }, 'ABxC', []],
  ['maxLength counts characters', { type: 'string', maxLength: 2 }, '😀😀', []],
  ['maxLength', { type: 'string', maxLength: 2 }, 'abc', ['spec: Too long: may not be more than 2 bytes']],
  [
    'minLength',
    { type: 'string', minLength: 2 },
    'a',
    ['spec: Invalid value: "a": spec in body should be at least 2 chars long'],
  ],
  [
    'format',
    { type: 'string', format: 'date-time' },
    'x',
    ['spec: Invalid value: "x": spec in body must be of type date-time: "x"'],
  ],
  [
    'format of another type',
    { type: 'string', format: 'date' },
    3,
    ['spec: Invalid value: "int64": spec in body must be of type date: "int64"'],
  ],
  [
    'required',
    { type: 'object', required: ['a'], properties: { a: { type: 'string' } } },
    {},
    ['spec.a: Required value'],
  ],
  [
    'int or string',
    { 'x-kubernetes-int-or-string': true },
    true,
    ['spec: Invalid value: "boolean": spec in body must be of type integer,string: "boolean"'],
  ],
  [
    'maxItems',
    { type: 'array', maxItems: 1, items: { type: 'string' } },
    ['a', 'b'],
    ['spec: Too many: 2: must have at most 1 item'],
  ],
  [
    'minItems',
    { type: 'array', minItems: 1, items: { type: 'string' } },
    [],
    ['spec: Invalid value: 0: spec in body should have at least 1 items'],
  ],
  [
    'set',
    { type: 'array', 'x-kubernetes-list-type': 'set', items: { type: 'string' } },
    ['a', 'b', 'a'],
    ['spec[2]: Duplicate value: "a"'],
  ],
  [
    'map list',
    {
      type: 'array',
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['name', 'protocol'],
      items: { type: 'object', properties: { name: { type: 'string' }, protocol: { type: 'string', default: 'TCP' } } },
    },
    [{ name: 'a' }, { name: 'a', protocol: 'TCP' }],
    ['spec[1]: Duplicate value: {"name":"a","protocol":"TCP"}'],
  ],
  [
    'anyOf',
    { type: 'object', properties: { a: { type: 'string' } }, anyOf: [{ required: ['a'] }] },
    {},
    ['<nil>: Invalid value: "": "spec" must validate at least one schema (anyOf)', 'spec.a: Required value'],
  ],
  [
    'oneOf',
    { type: 'object', properties: { a: {}, b: {} }, oneOf: [{ required: ['a'] }, { required: ['b'] }] },
    { a: 1, b: 2 },
    ['<nil>: Invalid value: "": "spec" must validate one and only one schema (oneOf). Found 2 valid alternatives'],
  ],
  [
    'not',
    { type: 'string', not: { enum: ['x'] } },
    'x',
    ['<nil>: Invalid value: "": "spec" must not validate the schema (not)'],
  ],
  [
    'embedded resource',
    { type: 'object', 'x-kubernetes-embedded-resource': true, 'x-kubernetes-preserve-unknown-fields': true },
    { kind: 'Pod', metadata: { name: 5 } },
    ['spec.apiVersion: Required value', 'spec.metadata.name: Invalid value: 5: must be a string'],
  ],
];

for (const [name, schema, value, expected] of cases) {
  test(`validation reports ${name} as the API server does`, () => {
    assert.deepEqual(errorsFor(schema, value), expected);
  });
}

test('an error in a part that did not change is not reported on update', () => {
  const item: JSONSchemaProps = {
    type: 'object',
    properties: { name: { type: 'string' }, n: { type: 'integer', minimum: 5 } },
  };
  const schema = compileStructuralSchema({
    type: 'object',
    properties: {
      a: { type: 'integer', minimum: 5 },
      list: { type: 'array', 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['name'], items: item },
    },
  });
  const old = { a: 1, list: [{ name: 'x', n: 1 }] };
  const changed = {
    a: 1,
    list: [
      { name: 'y', n: 2 },
      { name: 'x', n: 1 },
    ],
  };
  assert.deepEqual(
    validateValueUpdate(schema, changed, old, '').map((error) => error.field),
    ['list[0].n'],
  );
});

test('pruning returns unknown paths and keeps preserved ones', () => {
  const schema = compileStructuralSchema({
    type: 'object',
    properties: {
      spec: {
        type: 'object',
        properties: {
          list: { type: 'array', items: { type: 'object', properties: { a: { type: 'string' } } } },
          free: {
            type: 'object',
            'x-kubernetes-preserve-unknown-fields': true,
            properties: { known: { type: 'object' } },
          },
        },
      },
    },
  });
  const object: JsonObject = {
    apiVersion: 'v1',
    kind: 'K',
    metadata: { name: 'n', bogus: 1, ownerReferences: [{ uid: 'u', extra: true }] },
    spec: { x: 1, list: [{ a: 'a', b: 'b' }], free: { anything: { deep: 1 }, known: { gone: 1 } } },
    other: {},
  };
  assert.deepEqual(prune(schema, object), [
    'metadata.bogus',
    'metadata.ownerReferences[0].extra',
    'spec.x',
    'spec.list[0].b',
    'spec.free.known.gone',
    'other',
  ]);
  assert.deepEqual(object['spec'], { list: [{ a: 'a' }], free: { anything: { deep: 1 }, known: {} } });
});

test('defaults fill missing and wrongly null fields from the outside in', () => {
  const schema = compileStructuralSchema({
    type: 'object',
    properties: {
      spec: {
        type: 'object',
        default: {},
        properties: { n: { type: 'integer', default: 1 }, s: { type: 'string', nullable: true, default: 'x' } },
      },
    },
  });
  const empty: JsonObject = {};
  applyDefaults(schema, empty);
  assert.deepEqual(empty, { spec: { n: 1, s: 'x' } });
  const nulls: JsonObject = { spec: { n: null, s: null } };
  applyDefaults(schema, nulls);
  assert.deepEqual(nulls, { spec: { n: 1, s: null } });
});

const leaf = fc.constantFrom<JSONSchemaProps>(
  { type: 'string', default: 'd', pattern: '^[a-z]+$' },
  { type: 'integer', minimum: 1 },
  { 'x-kubernetes-int-or-string': true },
  { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
  { type: 'boolean', nullable: true, default: true },
);
const schemas: fc.Arbitrary<JSONSchemaProps> = fc.letrec<{ node: JSONSchemaProps }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4 },
    leaf,
    fc.record({
      type: fc.constant('array'),
      items: tie('node'),
      'x-kubernetes-list-type': fc.constantFrom('atomic', 'set'),
    }),
    fc.record({
      type: fc.constant('object'),
      properties: fc.dictionary(fc.constantFrom('a', 'b', 'c', '__proto__', 'constructor'), tie('node'), {
        maxKeys: 3,
      }),
    }),
    fc.record({ type: fc.constant('object'), additionalProperties: tie('node') }),
  ),
})).node;

test('laws: validation never throws, prune after default finds nothing new, both are idempotent', () => {
  fc.assert(
    fc.property(schemas, fc.dictionary(fc.constantFrom('a', 'b', 'c', 'spec'), fc.jsonValue()), (props, value) => {
      const schema = compileStructuralSchema({ type: 'object', properties: { spec: props, a: props } });
      // fast-check's JSON values are plain JSON.
      const object = structuredClone(value) as JsonObject;
      assert.ok(Array.isArray(validateValue(schema, object, '')));
      prune(schema, object);
      applyDefaults(schema, object);
      const once = JSON.stringify(object);
      assert.deepEqual(prune(schema, object), []);
      applyDefaults(schema, object);
      assert.equal(JSON.stringify(object), once);
    }),
    { numRuns: 200 },
  );
});

test('a value nested as deep as the parser allows is no problem', () => {
  let deep: unknown = 1;
  for (let i = 0; i < 1000; i++) deep = i % 2 === 0 ? [deep] : { a: deep };
  const schema = compileStructuralSchema({
    type: 'object',
    properties: {
      spec: {
        type: 'array',
        'x-kubernetes-list-type': 'set',
        items: { type: 'array', items: { 'x-kubernetes-preserve-unknown-fields': true } },
      },
    },
  });
  assert.ok(Array.isArray(validateValue(schema, { spec: [deep, deep] }, '')));
});
