import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deepCopy, type JsonObject, type JsonValue } from '@kindred/machinery';
import fc from 'fast-check';
import { applyDefaults } from './defaults.ts';
import { isInOrder } from './in-order.ts';
import type { JSONSchemaProps } from './json-schema-props.ts';
import { prune } from './prune.ts';
import { compileStructuralSchema } from './structural-schema.ts';
import { validateValue } from './validate-value.ts';

const texts = fc.constantFrom('', 'a', 'aa', 'b', '2026-01-01', '😀😀');
const numbers = fc.constantFrom(0, 1, 2.5, 7, 3000000000, 2 ** 60);

const scalarSchema: fc.Arbitrary<JSONSchemaProps> = fc.oneof(
  fc.record(
    {
      type: fc.constant('string'),
      enum: fc.constant(['a', 'b']),
      maxLength: fc.constantFrom(1, 2),
      minLength: fc.constantFrom(0, 1, 2, 3),
      pattern: fc.constant('^a+$'),
      format: fc.constantFrom('date', 'unknown'),
      nullable: fc.boolean(),
      default: fc.constantFrom('a', 'b'),
    },
    { requiredKeys: ['type'] },
  ),
  fc.record(
    {
      type: fc.constantFrom('integer', 'number'),
      minimum: fc.constant(1),
      maximum: fc.constant(7),
      exclusiveMinimum: fc.constantFrom(false, false, true),
      exclusiveMaximum: fc.constantFrom(false, false, true),
      multipleOf: fc.constant(7),
      enum: fc.constant([1, 7]),
      format: fc.constantFrom('int32', 'int64', 'float'),
    },
    { requiredKeys: ['type'] },
  ),
  fc.constantFrom<JSONSchemaProps>(
    { type: 'boolean' },
    { 'x-kubernetes-int-or-string': true },
    { 'x-kubernetes-preserve-unknown-fields': true },
    { type: 'object', 'x-kubernetes-embedded-resource': true, 'x-kubernetes-preserve-unknown-fields': true },
    { type: 'string', anyOf: [{ pattern: '^a' }, { pattern: '^b' }] },
  ),
);

const names = fc.constantFrom('a', 'b', 'c', 'kind', 'metadata', '__proto__');

const { schema: schemas } = fc.letrec<{ schema: JSONSchemaProps }>((tie) => ({
  schema: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    scalarSchema,
    fc.record(
      {
        type: fc.constant('object'),
        properties: fc.dictionary(fc.constantFrom('a', 'b', 'c'), tie('schema'), { maxKeys: 3 }),
        required: fc.subarray(['a', 'b', 'x']),
        minProperties: fc.constantFrom(0, 1),
        maxProperties: fc.constant(2),
        'x-kubernetes-preserve-unknown-fields': fc.boolean(),
      },
      { requiredKeys: ['type', 'properties'] },
    ),
    fc.record({ type: fc.constant('object'), additionalProperties: fc.oneof(fc.boolean(), tie('schema')) }),
    fc.record(
      {
        type: fc.constant('array'),
        items: tie('schema'),
        minItems: fc.constantFrom(0, 1),
        maxItems: fc.constant(1),
        'x-kubernetes-list-type': fc.constantFrom('atomic', 'set'),
      },
      { requiredKeys: ['type', 'items'] },
    ),
  ),
}));

const { value: values } = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    texts,
    numbers,
    fc.constantFrom(true, null, 1n),
    fc.dictionary(names, tie('value'), { maxKeys: 3 }),
    fc.array(tie('value'), { maxLength: 2 }),
  ),
}));

/** Values that nearly fit: what a schema says, with a fault now and then. */
function fitting(schema: JSONSchemaProps): fc.Arbitrary<JsonValue> {
  const { type, properties = {}, items, enum: allowed } = schema;
  const faulty = { weight: 1, arbitrary: values };
  if (type === 'object' && Object.keys(properties).length > 0) {
    const members = Object.fromEntries(Object.entries(properties).map(([name, child]) => [name, fitting(child)]));
    return fc.oneof(faulty, {
      weight: 20,
      arbitrary: fc.record(members, { requiredKeys: [] }) as fc.Arbitrary<JsonObject>,
    });
  }
  if (type === 'object')
    return fc.oneof(faulty, { weight: 20, arbitrary: fc.dictionary(names, texts, { maxKeys: 2 }) });
  if (type === 'array' && items !== undefined && !Array.isArray(items)) {
    return fc.oneof(faulty, { weight: 20, arbitrary: fc.array(fitting(items as JSONSchemaProps), { maxLength: 2 }) });
  }
  const scalars = type === 'string' ? texts : type === 'boolean' ? fc.boolean() : numbers;
  if (allowed === undefined) return fc.oneof(faulty, { weight: 20, arbitrary: scalars });
  return fc.oneof(faulty, { weight: 20, arbitrary: fc.constantFrom(...(allowed as JsonValue[])) });
}

const pairs = schemas.chain((spec) => fc.tuple(fc.constant(spec), fitting(spec)));

test('what is in order is known, complete and valid', () => {
  let inOrder = 0;
  fc.assert(
    fc.property(pairs, fc.subarray(['spec', 'metadata']), ([spec, value], required) => {
      const schema = compileStructuralSchema({ type: 'object', properties: { spec }, required });
      const object = deepCopy<JsonObject>({ apiVersion: 'a/v1', kind: 'A', metadata: { name: 'x' }, spec: value });
      if (!isInOrder(schema, object)) return;
      inOrder++;
      const copy = deepCopy(object);
      assert.deepEqual(prune(schema, copy), []);
      applyDefaults(schema, copy);
      assert.deepEqual(copy, object);
      assert.deepEqual(validateValue(schema, object, ''), []);
    }),
    { numRuns: 3000 },
  );
  assert.ok(inOrder > 400, `only ${inOrder} were in order`);
});

const sample: JSONSchemaProps = {
  type: 'object',
  properties: {
    apiVersion: { type: 'string' },
    kind: { type: 'string' },
    metadata: { type: 'object' },
    spec: {
      type: 'object',
      required: ['size'],
      properties: {
        size: { type: 'integer', minimum: 1 },
        mode: { type: 'string', default: 'safe' },
        labels: { type: 'object', additionalProperties: { type: 'string', minLength: 2, maxLength: 3 } },
        ports: { type: 'array', maxItems: 2, items: { 'x-kubernetes-int-or-string': true } },
      },
    },
  },
};

const cases: [string, JsonObject, boolean][] = [
  ['all there', { size: 1, mode: 'fast', labels: { a: '😀😀' }, ports: [1, 'http'] }, true],
  ['few units that are enough characters', { size: 1, mode: 'fast', labels: { a: 'aa' } }, true],
  ['too few characters, yet many units', { size: 1, mode: 'fast', labels: { a: '😀' } }, false],
  ['many units that are few characters', { size: 1, mode: 'fast', labels: { a: '😀😀😀' } }, true],
  ['too many characters', { size: 1, mode: 'fast', labels: { a: 'aaaa' } }, false],
  ['too many elements', { size: 1, mode: 'fast', ports: [1, 2, 3] }, false],
  ['an integer that no number holds exactly', { size: 2 ** 60, mode: 'fast' }, true],
  ['an integer beyond 64 bits', { size: 2 ** 64, mode: 'fast' }, false],
  ['a default is missing', { size: 1 }, false],
  ['a required field is missing', { mode: 'fast' }, false],
  ['an unknown field', { size: 1, mode: 'fast', x: 1 }, false],
  ['too small', { size: 0, mode: 'fast' }, false],
  ['null', { size: 1, mode: null }, false],
];

function resource(spec: JsonObject): JsonObject {
  return { apiVersion: 'a/v1', kind: 'A', metadata: { name: 'x' }, spec };
}

for (const [name, spec, expected] of cases) {
  test(`in order: ${name}`, () => {
    assert.equal(isInOrder(compileStructuralSchema(sample), resource(spec)), expected);
  });
}

test('metadata that has a schema of its own is looked at closely', () => {
  const properties = {
    ...sample.properties,
    metadata: { type: 'object', properties: { name: { type: 'string' } } },
  } as const;
  const schema = compileStructuralSchema({ type: 'object', properties });
  assert.equal(isInOrder(schema, resource({ size: 1, mode: 'fast' })), false);
});
