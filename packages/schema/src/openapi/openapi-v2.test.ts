import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeOpenApiV2 } from './gnostic.ts';
import { createOpenApiV2 } from './openapi-v2.ts';

const document = {
  info: { title: 'Kubernetes', version: 'v1.36.0' },
  paths: {
    '/apis/e.x/v1/as/{name}': {
      patch: {
        operationId: 'patchA',
        parameters: [{ name: 'fieldValidation', in: 'query', schema: { type: 'string', uniqueItems: true } }],
        requestBody: {
          required: true,
          content: { 'application/merge-patch+json': { schema: { $ref: '#/components/schemas/P' } } },
        },
        responses: {
          '200': { description: 'OK', content: { 'application/json': { schema: { $ref: '#/components/schemas/A' } } } },
        },
        'x-kubernetes-action': 'patch',
      },
      parameters: [{ name: 'name', in: 'path', required: true, schema: { type: 'string' } }],
    },
  },
  components: {
    schemas: {
      A: {
        type: 'object',
        properties: {
          port: { 'x-kubernetes-int-or-string': true, anyOf: [{ type: 'integer' }, { type: 'string' }] },
          metadata: { allOf: [{ $ref: '#/components/schemas/M' }], description: 'data' },
          maybe: { type: 'string', nullable: true },
        },
      },
    },
  },
};

test('v2 keeps what it can say and drops the rest', () => {
  const v2 = createOpenApiV2([document]);
  assert.deepEqual(v2['definitions'], {
    A: {
      type: 'object',
      properties: {
        port: { 'x-kubernetes-int-or-string': true },
        metadata: { description: 'data', $ref: '#/definitions/M' },
        maybe: { type: 'string' },
      },
    },
  });
  assert.deepEqual(v2['paths'], {
    '/apis/e.x/v1/as/{name}': {
      patch: {
        operationId: 'patchA',
        'x-kubernetes-action': 'patch',
        consumes: ['application/merge-patch+json'],
        produces: ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf'],
        parameters: [
          { name: 'body', in: 'body', required: true, schema: { $ref: '#/definitions/P' } },
          { name: 'fieldValidation', in: 'query', type: 'string', uniqueItems: true },
        ],
        responses: { '200': { description: 'OK', schema: { $ref: '#/definitions/A' } } },
      },
      parameters: [{ name: 'name', in: 'path', required: true, type: 'string' }],
    },
  });
});

test('where fields may be that nobody named, v2 names none: its clients would refuse the others', () => {
  const open = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  const gvk = { 'x-kubernetes-group-version-kind': [{ group: 'e.x', kind: 'A', version: 'v1' }] };
  const spec = { ...open, properties: { known: { type: 'string' } }, required: ['known'] };
  const schemas = {
    A: { ...open, ...gvk, properties: { apiVersion: { type: 'string' } } },
    B: { type: 'object', properties: { spec } },
  };
  assert.deepEqual(createOpenApiV2([{ components: { schemas } }])['definitions'], {
    A: { ...open, ...gvk },
    B: { type: 'object', properties: { spec: { 'x-kubernetes-preserve-unknown-fields': true } } },
  });
});

test('the protobuf form is that of gnostic', () => {
  const bytes = encodeOpenApiV2({
    swagger: '2.0',
    definitions: { A: { type: 'object', maxLength: 300, 'x-k': [1] } },
  });
  const expected = [
    ['0a03', Buffer.from('2.0').toString('hex')],
    // definitions { additional_properties { name: A, value: { type { value: object }, max_length: 300, x-k } } }
    ['4a25', '0a23', '0a01', Buffer.from('A').toString('hex'), '121e'],
    ['b20108', '0a06', Buffer.from('object').toString('hex'), '58ac02'],
    ['fa010d', '0a03', Buffer.from('x-k').toString('hex'), '1206', '1204', Buffer.from('[1]\n').toString('hex')],
  ];
  assert.equal(Buffer.from(bytes).toString('hex'), expected.flat().join(''));
});
