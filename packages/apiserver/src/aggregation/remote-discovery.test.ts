import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { createTestBackend, reachReason, register } from '../testing/test-backend.ts';
import { createTestServer, json, type TestServer } from '../testing/test-server.ts';

const legacy = {
  kind: 'APIResourceList',
  apiVersion: 'v1',
  groupVersion: 'wardle.example.com/v1',
  resources: [
    {
      name: 'flunders',
      singularName: 'flunder',
      namespaced: true,
      kind: 'Flunder',
      verbs: ['get', 'list'],
      shortNames: ['fl'],
    },
    { name: 'flunders/scale', namespaced: true, group: 'autoscaling', version: 'v1', kind: 'Scale', verbs: ['get'] },
    { name: '', kind: 'Nameless', verbs: [] },
  ],
};

const discovered = {
  resource: 'flunders',
  responseKind: { group: 'wardle.example.com', version: 'v1', kind: 'Flunder' },
  scope: 'Namespaced',
  singularResource: 'flunder',
  verbs: ['get', 'list'],
  shortNames: ['fl'],
};

interface Group {
  readonly metadata: { readonly name?: string };
  readonly versions: readonly { readonly version: string; readonly freshness: string; readonly resources: object[] }[];
}

async function groups(server: TestServer): Promise<readonly Group[]> {
  const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
  return json(await server.call('GET', '/apis', undefined, { accept }))['items'] as readonly Group[];
}

async function wardle(server: TestServer): Promise<Group | undefined> {
  return (await groups(server)).find(({ metadata }) => metadata.name === 'wardle.example.com');
}

async function serving(t: TestContext, documents: Record<string, () => object>): ReturnType<typeof createTestBackend> {
  return createTestBackend(t, (request, response) => {
    const document = documents[request.url ?? '']?.();
    response.writeHead(document === undefined ? 404 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(document ?? {}));
  });
}

test('what a server with legacy discovery serves is shown in both forms', async (t) => {
  const backend = await serving(t, { '/apis/wardle.example.com/v1': () => legacy });
  const server = await createTestServer(t);
  await register(server, backend);
  await reachReason(server, 'Passed');
  const scale = {
    subresource: 'scale',
    responseKind: { group: 'autoscaling', version: 'v1', kind: 'Scale' },
    verbs: ['get'],
  };
  assert.deepEqual((await wardle(server))?.versions, [
    { version: 'v1', resources: [{ ...discovered, subresources: [scale] }], freshness: 'Current' },
  ]);
  const group = json(await server.call('GET', '/apis/wardle.example.com'));
  assert.deepEqual(group['preferredVersion'], { groupVersion: 'wardle.example.com/v1', version: 'v1' });
  assert.deepEqual(json(await server.call('GET', '/apis/wardle.example.com/v1')), legacy);
  const { paths } = JSON.parse((await server.call('GET', '/')).text) as { paths: string[] };
  assert.ok(paths.includes('/apis/wardle.example.com/v1'));
  const metric = /^aggregator_unavailable_apiservice\{name="v1\.wardle\.example\.com"\} 0$/m;
  assert.match((await server.call('GET', '/metrics')).text, metric);
});

test('aggregated discovery is preferred, and kept as stale while its server is down', async (t) => {
  const backend = await serving(t, {
    '/apis/wardle.example.com/v1': () => legacy,
    '/apis': () => ({
      kind: 'APIGroupDiscoveryList',
      apiVersion: 'apidiscovery.k8s.io/v2',
      items: [
        {
          metadata: { name: 'wardle.example.com' },
          versions: [{ version: 'v1', resources: [discovered, { resource: 'x' }] }],
        },
      ],
    }),
  });
  const server = await createTestServer(t);
  await register(server, backend);
  await reachReason(server, 'Passed');
  assert.deepEqual((await wardle(server))?.versions, [
    { version: 'v1', resources: [discovered], freshness: 'Current' },
  ]);
  await backend.close();
  // Any change of the Service leads to another look.
  await server.call('PATCH', '/api/v1/namespaces/default/services/backend', '{"metadata":{"labels":{"a":"b"}}}', {
    'content-type': 'application/merge-patch+json',
  });
  await reachReason(server, 'FailedDiscoveryCheck');
  assert.deepEqual((await wardle(server))?.versions, [{ version: 'v1', resources: [discovered], freshness: 'Stale' }]);
  const refused = await server.call('GET', '/apis/wardle.example.com/v1/flunders');
  assert.equal(refused.status, 503);
  assert.match(
    String(json(refused)['message']),
    /^service unavailable: .* v1\.wardle\.example\.com .*FailedDiscoveryCheck/,
  );
  assert.ok((await groups(server)).length > 10);
});

test('a server that was never there is shown as stale, and priorities decide on the order', async (t) => {
  const backend = await serving(t, {});
  const server = await createTestServer(t);
  await register(server, backend, { groupPriorityMinimum: 20_000 });
  await reachReason(server, 'FailedDiscoveryCheck');
  const [first] = await groups(server);
  assert.deepEqual(first, {
    metadata: { name: 'wardle.example.com' },
    versions: [{ version: 'v1', resources: [], freshness: 'Stale' }],
  });
});
