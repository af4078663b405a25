import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestServer } from '../testing/test-server.ts';

const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const widgets = '/apis/example.com/v1/namespaces/default/widgets';
const mergePatch = { 'content-type': 'application/merge-patch+json' };

const rules = [{ rule: 'self.size <= 10', message: 'too large' }];
const definition = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: { plural: 'widgets', singular: 'widget', kind: 'Widget' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        subresources: { status: {} },
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              spec: {
                type: 'object',
                required: ['name'],
                properties: { name: { type: 'string', maxLength: 5 }, size: { type: 'integer' } },
                'x-kubernetes-validations': rules,
              },
              status: {
                type: 'object',
                properties: { ready: { type: 'integer', 'x-kubernetes-validations': [{ rule: 'self >= oldSelf' }] } },
              },
            },
          },
        },
      },
    ],
  },
};

function widget(spec: object): object {
  return { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'w' }, spec };
}

test('rules hold for every write of an object, its status included', async (t) => {
  const server = await createTestServer(t);
  assert.equal((await server.call('POST', definitions, definition)).status, 201);
  const large = await server.call('POST', widgets, widget({ name: 'a', size: 11 }));
  assert.equal(large.status, 422);
  assert.match(large.text, /spec: Invalid value: too large/);
  assert.equal((await server.call('POST', widgets, widget({ name: 'a', size: 10 }))).status, 201);
  const patched = await server.call('PATCH', `${widgets}/w`, { spec: { size: 12 } }, mergePatch);
  assert.equal(patched.status, 422);
  const ready = (count: number) =>
    server.call('PATCH', `${widgets}/w/status`, { status: { ready: count } }, mergePatch);
  assert.equal((await ready(2)).status, 200);
  const less = await ready(1);
  assert.equal(less.status, 422);
  assert.match(less.text, /status\.ready: Invalid value: 1: failed rule: self >= oldSelf/);
});

test('an object that is too broken to be judged is told so', async (t) => {
  const server = await createTestServer(t);
  assert.equal((await server.call('POST', definitions, definition)).status, 201);
  const nameless = await server.call('POST', widgets, widget({ size: 11 }));
  assert.equal(nameless.status, 422);
  const { text } = nameless;
  assert.match(text, /spec\.name: Required value/);
  assert.match(
    text,
    /<nil>: Invalid value: \\"null\\": some validation rules were not checked because the object was invalid/,
  );
  assert.doesNotMatch(text, /too large/);
});
