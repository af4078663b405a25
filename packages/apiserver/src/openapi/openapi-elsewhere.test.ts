import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isJsonObject, type JsonObject } from '@kindred/machinery';
import { createTestBackend, reachReason, register } from '../testing/test-backend.ts';
import { createTestServer, json } from '../testing/test-server.ts';

const meta = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta';
const flunder = 'com.example.wardle.v1.Flunder';
const path = '/apis/wardle.example.com/v1/flunders';
const reference = (name: string): object => ({ $ref: `#/components/schemas/${name}` });

const document = {
  openapi: '3.0.0',
  info: { title: 'wardle', version: '1' },
  paths: {
    [path]: { get: { responses: { 200: { content: { 'application/json': { schema: reference(flunder) } } } } } },
    '/api/v1/pods': { get: { responses: {} } },
  },
  components: {
    schemas: {
      [flunder]: {
        type: 'object',
        properties: { metadata: reference(meta) },
        'x-kubernetes-group-version-kind': [{ group: 'wardle.example.com', version: 'v1', kind: 'Flunder' }],
      },
      [meta]: { type: 'object', description: 'of another time' },
    },
  },
};

test('documents of other servers are listed, fetched, and merged with names that do not clash', async (t) => {
  let fetched = 0;
  const backend = await createTestBackend(t, (request, response) => {
    const answers: Record<string, () => object> = {
      '/apis/wardle.example.com/v1': () => ({}),
      '/openapi/v3': () => ({
        paths: {
          'apis/wardle.example.com/v1': { serverRelativeURL: '/openapi/v3/apis/wardle.example.com/v1?hash=ABC' },
          'apis/apps/v1': { serverRelativeURL: '/openapi/v3/apis/apps/v1?hash=EVIL' },
        },
      }),
      '/openapi/v3/apis/wardle.example.com/v1?hash=ABC': () => {
        fetched++;
        return document;
      },
    };
    const answer = answers[request.url ?? ''];
    response.writeHead(answer === undefined ? 404 : 200).end(JSON.stringify(answer?.() ?? {}));
  });
  const server = await createTestServer(t);
  await register(server, backend);
  await reachReason(server, 'Passed');

  const index = json(await server.call('GET', '/openapi/v3'))['paths'] as Record<string, { serverRelativeURL: string }>;
  const url = index['apis/wardle.example.com/v1']?.serverRelativeURL ?? '';
  assert.equal(url, '/openapi/v3/apis/wardle.example.com/v1?hash=ABC');
  assert.doesNotMatch(index['apis/apps/v1']?.serverRelativeURL ?? '', /EVIL/);
  for (let n = 0; n < 2; n++) assert.deepEqual(JSON.parse((await server.call('GET', url)).text), document);
  assert.equal(fetched, 1);

  const merged = json(await server.call('GET', '/openapi/v2'));
  const definitions = member(merged, 'definitions');
  assert.equal(member(definitions, `${meta}_v2`)['description'], 'of another time');
  assert.notEqual(member(definitions, meta)['description'], 'of another time');
  const properties = member(member(definitions, flunder), 'properties');
  assert.deepEqual(properties['metadata'], { $ref: `#/definitions/${meta}_v2` });
  const paths = member(merged, 'paths');
  assert.ok(path in paths);
  assert.notDeepEqual(member(member(paths, '/api/v1/pods'), 'get')['responses'], {});
});

test('a server that does not describe itself leaves a gap, and the document has no name to keep it by', async (t) => {
  const backend = await createTestBackend(t, (request, response) => {
    const index = { paths: { 'apis/wardle.example.com/v1': { serverRelativeURL: '/openapi/v3/x' } } };
    const isServed = request.url === '/apis/wardle.example.com/v1' || request.url === '/openapi/v3';
    response.writeHead(isServed ? 200 : 500).end(JSON.stringify(index));
  });
  const server = await createTestServer(t);
  await register(server, backend);
  await reachReason(server, 'Passed');
  const answer = await server.call('GET', '/openapi/v2');
  assert.deepEqual([answer.status, answer.headers['etag']], [200, undefined]);
  const one = await server.call('GET', '/openapi/v3/apis/wardle.example.com/v1');
  assert.equal(one.status, 503);
  assert.match(String(json(one)['message']), /v1\.wardle\.example\.com did not describe itself: it answered 500/);
});

function member(object: unknown, name: string): JsonObject {
  const value = isJsonObject(object) ? object[name] : undefined;
  assert.ok(isJsonObject(value), name);
  return value;
}
