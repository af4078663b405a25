/** What each verb answers to a request that can't be carried out: code, reason and text, as Kubernetes clients know them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestServer, json } from '../testing/test-server.ts';

const configMaps = '/api/v1/namespaces/default/configmaps';
const things = '/apis/example.com/v1/namespaces/default/things';

const definition = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'things.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: { plural: 'things', kind: 'Thing' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: { spec: { type: 'object', required: ['size'], properties: { size: { type: 'integer' } } } },
          },
        },
      },
    ],
  },
};

interface Refused {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
  /** Content-Type of the body; Accept of a GET. */
  readonly type?: string;
  readonly code: number;
  readonly reason: string;
  readonly message: string;
}

const json400 = { code: 400, reason: 'BadRequest' } as const;
const json404 = { code: 404, reason: 'NotFound' } as const;
const json405 = {
  code: 405,
  reason: 'MethodNotAllowed',
  message: 'the server does not allow this method on the requested resource',
} as const;
const json409 = { code: 409, reason: 'Conflict' } as const;
const json415 = { code: 415, reason: 'UnsupportedMediaType' } as const;
const json422 = { code: 422, reason: 'Invalid' } as const;
const merge = 'application/merge-patch+json';
const unknownPath = 'the server could not find the requested resource';
const unknownFormat = 'the body of the request was in an unknown format - accepted media types include: ';
const modified = 'the object has been modified; please apply your changes to the latest version and try again';
const noInteger = 'strconv.ParseInt: parsing "x": invalid syntax';
const noVersion = 'resourceVersion: Invalid value: "x": strconv.ParseUint: parsing "x": invalid syntax';

const refusals: Readonly<Record<string, readonly Refused[]>> = {
  create: [
    {
      method: 'POST',
      path: configMaps,
      body: { metadata: { name: 'a' } },
      code: 409,
      reason: 'AlreadyExists',
      message: 'configmaps "a" already exists',
    },
    {
      method: 'POST',
      path: configMaps,
      body: { metadata: {} },
      ...json422,
      message: 'ConfigMap "" is invalid: metadata.name: Required value: name or generateName is required',
    },
    {
      method: 'POST',
      path: configMaps,
      body: { metadata: { name: 'x', namespace: 'other' } },
      ...json400,
      message: 'the namespace of the provided object does not match the namespace sent on the request',
    },
    {
      method: 'POST',
      path: configMaps,
      body: { metadata: { name: 'x', resourceVersion: '5' } },
      ...json400,
      message: 'resourceVersion should not be set on objects to be created',
    },
    {
      method: 'POST',
      path: configMaps,
      body: { apiVersion: 'v2', metadata: { name: 'x' } },
      ...json400,
      message: 'the API version in the data (v2) does not match the expected API version (v1)',
    },
    {
      method: 'POST',
      path: things,
      body: { apiVersion: 'example.com/v1', kind: 'Thingy', metadata: { name: 'x' } },
      ...json400,
      message: 'Thingy in version "v1" cannot be handled as a Thing: the object provided is unrecognized',
    },
    {
      method: 'POST',
      path: configMaps,
      body: '{}',
      type: 'text/plain',
      ...json415,
      message: `${unknownFormat}application/json, application/yaml, application/vnd.kubernetes.protobuf`,
    },
    {
      method: 'POST',
      path: things,
      body: '{}',
      type: 'application/vnd.kubernetes.protobuf',
      ...json415,
      message: `${unknownFormat}application/json, application/yaml`,
    },
    {
      method: 'POST',
      path: `${configMaps}?fieldValidation=Strict`,
      body: '{"metadata":{"name":"x"},"dataa":{},"data":{"a":"1","a":"2"}}',
      ...json400,
      message:
        'ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: ' +
        'unknown field "dataa", duplicate field "data.a"',
    },
    {
      method: 'POST',
      path: `${configMaps}?fieldManager=${'x'.repeat(129)}`,
      body: { metadata: { name: 'x' } },
      ...json422,
      message: 'CreateOptions.meta.k8s.io "" is invalid: fieldManager: Too long: may not be more than 128 bytes',
    },
    {
      method: 'POST',
      path: '/api/v1/namespaces/nowhere/configmaps',
      body: { metadata: { name: 'x' } },
      ...json404,
      message: 'namespaces "nowhere" not found',
    },
    { method: 'POST', path: '/api/v1/configmaps', body: { metadata: { name: 'x' } }, ...json405 },
    { method: 'POST', path: `${configMaps}/a`, body: { metadata: { name: 'a' } }, ...json405 },
    { method: 'POST', path: '/version', body: '{}', ...json405 },
    { method: 'POST', path: '/apis/example.com/v1/things', body: {}, ...json404, message: unknownPath },
    {
      method: 'POST',
      path: things,
      body: { metadata: { name: 'x' }, spec: {} },
      ...json422,
      message: 'Thing.example.com "x" is invalid: spec.size: Required value',
    },
  ],
  get: [
    { method: 'GET', path: `${configMaps}/nope`, ...json404, message: 'configmaps "nope" not found' },
    { method: 'GET', path: `${things}/nope`, ...json404, message: 'things.example.com "nope" not found' },
    { method: 'GET', path: `${configMaps}/a/status`, ...json404, message: unknownPath },
    { method: 'GET', path: '/api/v1/namespaces/default/nopes', ...json404, message: unknownPath },
    { method: 'GET', path: '/nope', ...json404, message: unknownPath },
    { method: 'GET', path: `${configMaps}/a?resourceVersion=x`, ...json400, message: noVersion },
    { method: 'GET', path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', ...json405 },
  ],
  list: [
    { method: 'GET', path: `${configMaps}?resourceVersion=x`, ...json400, message: noVersion },
    { method: 'GET', path: `${configMaps}?limit=x`, ...json400, message: noInteger },
    {
      method: 'GET',
      path: `${configMaps}?resourceVersionMatch=Exact`,
      ...json422,
      message:
        'ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: ' +
        'resourceVersionMatch is forbidden unless resourceVersion is provided',
    },
    {
      method: 'GET',
      path: `${configMaps}?sendInitialEvents=true`,
      ...json422,
      message:
        'ListOptions.meta.k8s.io "" is invalid: sendInitialEvents: Forbidden: sendInitialEvents is forbidden for list',
    },
    {
      method: 'GET',
      path: `${configMaps}?fieldSelector=spec.x=1`,
      ...json400,
      message: 'field label not supported: spec.x',
    },
    {
      method: 'GET',
      path: configMaps,
      type: 'text/html',
      code: 406,
      reason: 'NotAcceptable',
      message: 'only the following media types are accepted: application/json, application/yaml',
    },
  ],
  watch: [
    { method: 'GET', path: `${configMaps}?watch=1&resourceVersion=x`, ...json400, message: noVersion },
    { method: 'GET', path: `${configMaps}?watch=1&timeoutSeconds=x`, ...json400, message: noInteger },
    {
      method: 'GET',
      path: `${configMaps}?watch=1&sendInitialEvents=true`,
      ...json422,
      message:
        'ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: ' +
        'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan',
    },
  ],
  update: [
    {
      method: 'PUT',
      path: `${configMaps}/nope`,
      body: { metadata: { name: 'nope' } },
      ...json404,
      message: 'configmaps "nope" not found',
    },
    {
      method: 'PUT',
      path: `${configMaps}/a`,
      body: { metadata: { name: 'b' } },
      ...json400,
      message: 'the name of the object (b) does not match the name on the URL (a)',
    },
    {
      method: 'PUT',
      path: `${configMaps}/a`,
      body: { metadata: {} },
      ...json400,
      message: 'the name of the object (a based on URL) was undeterminable: name must be provided',
    },
    {
      method: 'PUT',
      path: `${configMaps}/a`,
      body: { metadata: { name: 'a', namespace: 'other' } },
      ...json400,
      message: 'the namespace of the object (other) does not match the namespace on the request (default)',
    },
    {
      method: 'PUT',
      path: `${configMaps}/a`,
      body: { metadata: { name: 'a', resourceVersion: '1' } },
      ...json409,
      message: `Operation cannot be fulfilled on configmaps "a": ${modified}`,
    },
    {
      method: 'PUT',
      path: `${things}/t`,
      body: { metadata: { name: 't' }, spec: { size: 1 } },
      ...json422,
      message:
        'Thing.example.com "t" is invalid: metadata.resourceVersion: Invalid value: 0x0: must be specified for an update',
    },
    { method: 'PUT', path: configMaps, body: { metadata: { name: 'a' } }, ...json405 },
  ],
  patch: [
    {
      method: 'PATCH',
      path: `${configMaps}/a`,
      body: '{}',
      type: 'application/json',
      ...json415,
      message: `${unknownFormat}application/json-patch+json, ${merge}, application/strategic-merge-patch+json, application/apply-patch+yaml`,
    },
    {
      method: 'PATCH',
      path: `${things}/t`,
      body: '{}',
      type: 'application/strategic-merge-patch+json',
      ...json415,
      message: `${unknownFormat}application/json-patch+json, ${merge}, application/apply-patch+yaml`,
    },
    {
      method: 'PATCH',
      path: `${configMaps}/nope`,
      body: '{}',
      type: merge,
      ...json404,
      message: 'configmaps "nope" not found',
    },
    {
      method: 'PATCH',
      path: `${configMaps}/a`,
      body: '[]',
      type: merge,
      ...json400,
      message: 'error decoding patch: json: cannot unmarshal array into Go value of type map[string]interface {}',
    },
    {
      method: 'PATCH',
      path: `${configMaps}/a`,
      body: '{"metadata":{"name":"b"}}',
      type: merge,
      ...json400,
      message: 'the name of the object (b) does not match the name on the URL (a)',
    },
    {
      method: 'PATCH',
      path: `${configMaps}/a`,
      body: '{"metadata":{"uid":"b"}}',
      type: merge,
      ...json422,
      message: 'ConfigMap "a" is invalid: metadata.uid: Invalid value: "b": field is immutable',
    },
    {
      method: 'PATCH',
      path: `${configMaps}/a`,
      body: '{"metadata":{"resourceVersion":"1"}}',
      type: merge,
      ...json409,
      message: `Operation cannot be fulfilled on configmaps "a": ${modified}`,
    },
    {
      method: 'PATCH',
      path: `${configMaps}/a?force=true`,
      body: '{}',
      type: merge,
      ...json422,
      message: 'PatchOptions.meta.k8s.io "" is invalid: force: Forbidden: may not be specified for non-apply patch',
    },
    {
      method: 'PATCH',
      path: `${things}/t`,
      body: '{"spec":{"size":"x"}}',
      type: merge,
      ...json422,
      message:
        'Thing.example.com "t" is invalid: spec.size: Invalid value: "string": spec.size in body must be of type integer: "string"',
    },
  ],
  delete: [
    { method: 'DELETE', path: `${configMaps}/nope`, ...json404, message: 'configmaps "nope" not found' },
    {
      method: 'DELETE',
      path: `${configMaps}/a`,
      body: { preconditions: { resourceVersion: '1' } },
      ...json409,
      message: `Operation cannot be fulfilled on configmaps "a": ${modified}`,
    },
    {
      method: 'DELETE',
      path: `${configMaps}/a`,
      body: { propagationPolicy: 'Sideways' },
      ...json422,
      message:
        'DeleteOptions.meta.k8s.io "" is invalid: propagationPolicy: Unsupported value: "Sideways": ' +
        'supported values: "Foreground", "Background", "Orphan", "nil"',
    },
    { method: 'DELETE', path: `${configMaps}/a?gracePeriodSeconds=x`, ...json400, message: noInteger },
    {
      method: 'DELETE',
      path: '/api/v1/namespaces/default',
      code: 403,
      reason: 'Forbidden',
      message: 'namespaces "default" is forbidden: this namespace may not be deleted',
    },
    { method: 'DELETE', path: '/api/v1/configmaps', ...json405 },
    { method: 'DELETE', path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', ...json405 },
  ],
};

for (const [verb, rows] of Object.entries(refusals)) {
  test(`${verb} refuses with the codes and texts that clients know`, async (t) => {
    const server = await createTestServer(t);
    await server.call('POST', configMaps, { metadata: { name: 'a' }, data: { x: '1' } });
    await server.call('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', definition);
    await server.call('POST', things, { metadata: { name: 't' }, spec: { size: 1 } });
    for (const { method, path, body, type, code, reason, message } of rows) {
      const header = method === 'GET' ? 'accept' : 'content-type';
      const answer = await server.call(method, path, body, type === undefined ? {} : { [header]: type });
      const status = json(answer);
      const found = { code: answer.status, reason: status['reason'], message: status['message'] };
      assert.deepEqual(found, { code, reason, message }, `${method} ${path}`);
      assert.equal(status['code'], code);
      assert.equal(status['status'], 'Failure');
      assert.equal(typeof status['details'], 'object');
    }
  });
}

test('a namespace in a cluster-scoped object is dropped, as charts need', async (t) => {
  const server = await createTestServer(t);
  const path = '/apis/rbac.authorization.k8s.io/v1/clusterroles';
  const role = { metadata: { name: 'r', namespace: 'default' }, rules: [] };
  const made = json(await server.call('POST', path, role));
  assert.equal(made.metadata.namespace, undefined);
  const put = await server.call('PUT', `${path}/r`, { ...role, metadata: { ...role.metadata, labels: { a: 'b' } } });
  assert.equal(put.status, 200, put.text);
  assert.equal(json(put).metadata.namespace, undefined);
});
