import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { JsonObject } from '../../object/json.ts';
import type { TypeInfo, TypeTable } from '../../types/type-table.ts';
import { decodeProtobufMessage, decodeProtobufObject } from './decode.ts';
import { encodeProtobufMessage, encodeProtobufObject } from './encode.ts';
import { sealEnvelope } from './envelope.ts';

const meta = 'io.k8s.apimachinery.pkg.apis.meta.v1.';
const quantity = 'io.k8s.apimachinery.pkg.api.resource.Quantity';
const schema = 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps';

const types: Record<string, TypeInfo> = {
  'x.v1.Widget': {
    gvk: [{ group: '', version: 'v1', kind: 'Widget' }],
    fields: {
      apiVersion: { type: 'string' },
      kind: { type: 'string' },
      metadata: { type: `${meta}ObjectMeta`, n: 1 },
      replicas: { type: 'integer', format: 'int32', n: 2 },
      minReadySeconds: { type: 'integer', format: 'int32', n: 3 },
      big: { type: 'integer', format: 'int64', n: 4 },
      ratio: { type: 'number', format: 'double', n: 5 },
      flags: { type: 'boolean', array: true, n: 6 },
      ports: { type: 'integer', array: true, n: 7 },
      data: { type: 'string', format: 'byte', map: true, n: 8 },
      extra: { type: 'string', map: true, mapOfArrays: true, array: true, n: 9 },
      limits: { type: quantity, map: true, n: 10 },
      target: { type: 'io.k8s.apimachinery.pkg.util.intstr.IntOrString', n: 11 },
      raw: { type: 'io.k8s.apimachinery.pkg.runtime.RawExtension', n: 12 },
      note: { type: 'string', n: 13 },
      title: { type: 'string', n: 14, required: true },
      emptyDir: { type: 'x.v1.Empty', n: 15 },
      status: { type: 'x.v1.Empty', n: 16 },
      micro: { type: `${meta}MicroTime`, n: 17 },
      timeout: { type: `${meta}Duration`, n: 18 },
      secret: { type: 'string' },
    },
    inlined: [{ n: 19, type: 'x.v1.Source' }],
  },
  'x.v1.Source': { fields: { secret: { type: 'string', n: 6 } } },
  'x.v1.Empty': { fields: {} },
  [`${meta}ObjectMeta`]: {
    fields: {
      name: { type: 'string', n: 1 },
      creationTimestamp: { type: `${meta}Time`, n: 8 },
      generation: { type: 'integer', format: 'int64', n: 7 },
      labels: { type: 'string', map: true, n: 11 },
    },
  },
  [`${meta}DeleteOptions`]: { fields: { gracePeriodSeconds: { type: 'integer', format: 'int64', n: 1 } } },
  [schema]: {
    fields: {
      type: { type: 'string', n: 5 },
      items: { type: `${schema}OrArray`, n: 24 },
      additionalProperties: { type: `${schema}OrBool`, n: 30 },
      dependencies: { type: `${schema}OrStringArray`, map: true, n: 35 },
      default: { type: schema.replace('JSONSchemaProps', 'JSON'), n: 8 },
    },
  },
};

const table: TypeTable = {
  get: (name) => types[name],
  typeNameOf: ({ version, kind }) => (version === 'v1' && kind === 'Widget' ? 'x.v1.Widget' : undefined),
};

const roundTrip = (object: JsonObject) => decodeProtobufObject(encodeProtobufObject(object, table), table);

const widget: JsonObject = {
  apiVersion: 'v1',
  kind: 'Widget',
  metadata: { name: 'w', creationTimestamp: '2024-05-01T10:00:00Z', labels: { a: '', b: 'c' } },
  replicas: 0,
  big: 9007199254740993n,
  ratio: 1.5,
  flags: [true, false],
  ports: [1, -1],
  data: { k: 'aGk=', empty: '' },
  extra: { scopes: ['a', 'b'], none: [] },
  limits: { cpu: '500m' },
  target: '25%',
  raw: { kind: 'Any', n: 1 },
  title: '',
  emptyDir: {},
  micro: '2024-05-01T10:00:00.123457Z',
  timeout: '1m30s',
  secret: 's',
};

test('carries every kind of field', () => {
  assert.deepEqual(roundTrip(widget), widget);
  assert.deepEqual(roundTrip({ ...widget, target: -3 })['target'], -3);
});

test('leaves out zero values that Go leaves out of JSON, and keeps those that mean something', () => {
  const decoded = roundTrip({
    ...widget,
    metadata: { name: 'w', generation: 0 },
    minReadySeconds: 0,
    note: '',
    status: {},
    replicas: 0,
  });
  assert.deepEqual(decoded['metadata'], { name: 'w' });
  for (const field of ['minReadySeconds', 'note', 'status']) assert.ok(!(field in decoded), field);
  for (const field of ['replicas', 'title', 'emptyDir']) assert.ok(field in decoded, field);
});

test('takes zero times for none', () => {
  const raw = Buffer.from([0x0a, 0x02, 0x42, 0x00]);
  const body = sealEnvelope({ apiVersion: 'v1', kind: 'Widget', raw });
  assert.deepEqual(decodeProtobufObject(body, table), { apiVersion: 'v1', kind: 'Widget', metadata: {} });
});

test('reads packed numbers and skips fields it does not know', () => {
  const raw = Buffer.from([0x3a, 0x03, 0x01, 0x96, 0x01, 0xfa, 0x07, 0x01, 0x00, 0xf9, 0x07, 1, 2, 3, 4, 5, 6, 7, 8]);
  const decoded = decodeProtobufObject(sealEnvelope({ apiVersion: 'v1', kind: 'Widget', raw }), table);
  assert.deepEqual(decoded['ports'], [1, 150]);
});

test('takes options of groups that the table does not know', () => {
  const raw = encodeProtobufMessage({ gracePeriodSeconds: 0 }, `${meta}DeleteOptions`, table);
  const body = sealEnvelope({ apiVersion: 'example.com/v1', kind: 'DeleteOptions', raw });
  assert.deepEqual(decodeProtobufObject(body, table), {
    apiVersion: 'example.com/v1',
    kind: 'DeleteOptions',
    gracePeriodSeconds: 0,
  });
});

test('carries the unions of schemas', () => {
  const values: JsonObject[] = [
    { items: { type: 'string' }, additionalProperties: false, default: [null] },
    { items: [{ type: 'a' }, { type: 'b' }], additionalProperties: { type: 'c' }, default: { x: [1] } },
    { additionalProperties: true, dependencies: { a: ['b'], c: { type: 'd' } }, default: 0 },
  ];
  for (const value of values) {
    assert.deepEqual(decodeProtobufMessage(encodeProtobufMessage(value, schema, table), schema, table), value);
  }
});

test('explains what it cannot read', () => {
  const good = encodeProtobufObject(widget, table);
  const cases: [Uint8Array, RegExp][] = [
    [Buffer.from('{}'), /begins with the bytes 6b 38 73 00/],
    [good.subarray(0, good.length - 20), /found the end/],
    [
      sealEnvelope({ apiVersion: 'v1', kind: 'Gadget', raw: Buffer.of() }),
      /no kind "Gadget" is registered for version "v1"/,
    ],
    [sealEnvelope({ apiVersion: 'v1', kind: 'Widget', raw: Buffer.of(0x10, 0xff) }), /found the end/],
    [sealEnvelope({ apiVersion: 'v1', kind: 'Widget', raw: Buffer.of(0x12, 0x00) }), /wire type 2, expected 0/],
    [sealEnvelope({ apiVersion: 'v1', kind: 'Widget', raw: Buffer.of(0x6a, 0x01, 0xff) }), /not valid UTF-8/],
  ];
  for (const [bytes, message] of cases)
    assert.throws(() => decodeProtobufObject(bytes, table), { name: 'DecodeError', message });
});

test('refuses deep nesting', () => {
  let body: Uint8Array = Buffer.of();
  for (let level = 0; level < 600; level++) {
    const inner = encodeProtobufMessage({}, schema, table);
    body = Buffer.concat([
      inner,
      Buffer.of(0xc2, 0x01),
      varint(body.length + varint(body.length).length + 1),
      Buffer.of(0x0a),
      varint(body.length),
      body,
    ]);
  }
  assert.throws(() => decodeProtobufMessage(body, schema, table), /nested more than 500 deep/);
});

test('never fails in any other way', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (raw) => {
      try {
        decodeProtobufObject(sealEnvelope({ apiVersion: 'v1', kind: 'Widget', raw }), table);
      } catch (error) {
        assert.equal((error as Error).name, 'DecodeError');
      }
    }),
    { numRuns: 1000 },
  );
});

test('keeps integers of 64 bits', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (big) => {
      assert.equal(BigInt(roundTrip({ ...widget, big })['big'] as bigint), big);
    }),
  );
});

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
  return Buffer.of(...bytes, rest);
}
