import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createOpenApiV2, type OpenApiObject } from '@kindred/schema';
import { createTestBackend, reachReason, register } from '../testing/test-backend.ts';
import { createTestServer, json } from '../testing/test-server.ts';
import { openApiFromV2 } from './openapi-from-v2.ts';

test('the way from v2 to v3 and back loses nothing of a group version', async (t) => {
  const server = await createTestServer(t);
  const all = JSON.parse((await server.call('GET', '/openapi/v2')).text) as OpenApiObject;
  const v3 = openApiFromV2(all, '/apis/apps/v1');
  const back = createOpenApiV2([v3]);
  const paths = Object.entries(all['paths'] ?? {}).filter(([path]) => /^\/apis\/apps\/v1(\/|$)/.test(path));
  assert.ok(paths.length > 10);
  assert.deepEqual(JSON.parse(JSON.stringify(back['paths'])), Object.fromEntries(paths));
  const definitions = JSON.parse(JSON.stringify(back['definitions'])) as Record<string, unknown>;
  const known = all['definitions'] as Record<string, unknown>;
  assert.ok('io.k8s.api.apps.v1.Deployment' in definitions && !('io.k8s.api.batch.v1.Job' in definitions));
  for (const [name, definition] of Object.entries(definitions)) assert.deepEqual(definition, known[name]);
});

test('a server with a v2 document alone is described by it', async (t) => {
  const root = '/apis/wardle.example.com/v1';
  const flunder = { type: 'object', description: 'a thing' };
  const schema = { $ref: '#/definitions/v1.Flunder' };
  const backend = await createTestBackend(t, (request, response) => {
    const document = {
      swagger: '2.0',
      info: { title: 'wardle', version: '1' },
      paths: {
        [`${root}/flunders`]: { post: { parameters: [{ name: 'body', in: 'body', schema }], responses: {} } },
        '/apis/other/v1/x': { get: { responses: {} } },
      },
      definitions: { 'v1.Flunder': flunder, 'v1.Other': {} },
    };
    const answers: Record<string, object> = { [root]: {}, '/openapi/v2': document };
    const answer = answers[request.url ?? ''];
    response.writeHead(answer === undefined ? 404 : 200).end(JSON.stringify(answer ?? {}));
  });
  const server = await createTestServer(t);
  await register(server, backend);
  await reachReason(server, 'Passed');
  const document = json(await server.call('GET', `/openapi/v3${root}`));
  assert.deepEqual(document['components'], { schemas: { 'v1.Flunder': flunder } });
  const reference = { $ref: '#/components/schemas/v1.Flunder' };
  assert.deepEqual(document['paths'], {
    [`${root}/flunders`]: {
      post: { parameters: [], requestBody: { content: { '*/*': { schema: reference } } }, responses: {} },
    },
  });
});
