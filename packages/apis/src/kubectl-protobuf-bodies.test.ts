/**
 * Bodies that kubectl 1.35.2 sent, recorded from a local server, against the real type table. The expected objects are
 * what `kubectl … --dry-run=client -o json` prints for the same commands, less empty structs.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { decodeProtobufObject, encodeProtobufObject, type JsonObject } from '@kindred/machinery';
import { typeTable } from './type-table.ts';

interface RecordedBody {
  readonly command: string;
  readonly base64: string;
  readonly object: JsonObject;
}

const file = new URL('../testdata/kubectl-protobuf-bodies.json', import.meta.url);
const bodies = JSON.parse(readFileSync(file, 'utf8')) as RecordedBody[];

for (const { command, base64, object } of bodies) {
  test(`decodes what ${command} sends`, () => {
    assert.deepEqual(decodeProtobufObject(Buffer.from(base64, 'base64'), typeTable), object);
    assert.deepEqual(decodeProtobufObject(encodeProtobufObject(object, typeTable), typeTable), object);
  });
}

test('carries the parts of a pod that protobuf nests otherwise than JSON', () => {
  const pod: JsonObject = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: 'p',
      managedFields: [
        { manager: 'm', time: '2024-01-02T03:04:05Z', fieldsType: 'FieldsV1', fieldsV1: { 'f:spec': {} } },
      ],
    },
    spec: {
      securityContext: {},
      terminationGracePeriodSeconds: 0,
      containers: [
        {
          name: 'c',
          resources: { limits: { cpu: '500m' } },
          env: [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'n', key: 'k', optional: false } } }],
          livenessProbe: { httpGet: { path: '/', port: 'http' }, periodSeconds: 5 },
        },
      ],
      volumes: [
        { name: 'v', emptyDir: {} },
        { name: 'w', configMap: { name: 'c', defaultMode: 420, items: [{ key: 'a', path: 'b', mode: 0 }] } },
        { name: 't', projected: { sources: [{ serviceAccountToken: { path: 'token', expirationSeconds: 3607 } }] } },
      ],
      ephemeralContainers: [{ name: 'd', image: 'i', tty: true, targetContainerName: 'c' }],
    },
  };
  assert.deepEqual(decodeProtobufObject(encodeProtobufObject(pod, typeTable), typeTable), pod);
});

test('carries a CustomResourceDefinition', () => {
  const openAPIV3Schema = {
    type: 'object',
    required: ['a'],
    properties: {
      a: { minimum: 0, maximum: 1.5, default: 0, enum: [1, 'x', { b: [1] }], 'x-kubernetes-int-or-string': true },
      b: { items: { type: 'string' }, 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['k'] },
      c: { additionalProperties: false, 'x-kubernetes-preserve-unknown-fields': true },
      d: { additionalProperties: { type: 'string' }, 'x-kubernetes-validations': [{ rule: 'self > 1', message: 'm' }] },
    },
  };
  const crd: JsonObject = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'x.g' },
    spec: {
      group: 'g',
      scope: 'Namespaced',
      names: { plural: 'x', kind: 'X' },
      versions: [
        { name: 'v1', served: true, storage: false, subresources: { status: {} }, schema: { openAPIV3Schema } },
      ],
    },
  };
  assert.deepEqual(decodeProtobufObject(encodeProtobufObject(crd, typeTable), typeTable), crd);
});
