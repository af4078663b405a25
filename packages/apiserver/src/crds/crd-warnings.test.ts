import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestServer } from '../testing/test-server.ts';

const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

function definition(spec: object, conversion?: object): object {
  return {
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
          schema: { openAPIV3Schema: { type: 'object', properties: { spec } } },
        },
      ],
      ...(conversion === undefined ? {} : { conversion }),
    },
  };
}

test('a definition that is acted on in full brings no warning', async (t) => {
  const server = await createTestServer(t);
  const size = { type: 'integer', 'x-kubernetes-validations': [{ rule: 'self > 1' }] };
  const created = await server.call('POST', path, definition({ type: 'object', properties: { size } }));
  assert.equal(created.status, 201);
  assert.equal(created.headers['warning'], undefined);
});

test('a conversion webhook brings a warning', async (t) => {
  const server = await createTestServer(t);
  const webhook = { conversionReviewVersions: ['v1'], clientConfig: { url: 'https://127.0.0.1:1/convert' } };
  const created = await server.call('POST', path, definition({ type: 'object' }, { strategy: 'Webhook', webhook }));
  assert.equal(created.status, 201);
  assert.match(created.headers['warning'] ?? '', /conversion webhooks are not called/);
});
