import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeOpenApiV2, type OpenApiObject, openApiV2AcceptType, openApiV2ContentType } from '@kindred/schema';
import { createTestServer } from '../testing/test-server.ts';

const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

function crontabs(field: string): object {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'crontabs.example.com' },
    spec: {
      group: 'example.com',
      scope: 'Namespaced',
      names: { plural: 'crontabs', kind: 'CronTab' },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: 'object', properties: { [field]: { type: 'string' } } } },
        },
      ],
    },
  };
}

/** Payloads of the length-delimited fields of a protobuf message, joined by field number. */
function fieldsOf(bytes: Buffer): Map<number, Buffer> {
  const fields = new Map<number, Buffer[]>();
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++] ?? 0;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < bytes.length) {
    const tag = varint();
    const length = varint();
    const payload = bytes.subarray(at, at + length);
    at += length;
    fields.set(tag >> 3, [...(fields.get(tag >> 3) ?? []), payload]);
  }
  return new Map([...fields].map(([number, payloads]) => [number, Buffer.concat(payloads)]));
}

test('both forms of the v2 document say the same', async (t) => {
  const server = await createTestServer(t);
  const transport = server.api.transport({ username: 'x', groups: ['system:masters'] });
  const json = JSON.parse((await server.call('GET', '/openapi/v2')).text) as OpenApiObject;
  const answer = await transport.request({
    method: 'GET',
    path: '/openapi/v2',
    headers: { accept: openApiV2AcceptType },
  });
  assert.equal(answer.headers['content-type'], openApiV2ContentType);
  const chunks: Uint8Array[] = [];
  for await (const chunk of answer.body) chunks.push(chunk);
  assert.deepEqual(fieldsOf(Buffer.concat(chunks)), fieldsOf(Buffer.from(encodeOpenApiV2(json))));
  const paths = Object.keys(json['paths'] ?? {});
  assert.ok(paths.includes('/api/v1/namespaces/{namespace}/pods/{name}'));
  assert.ok(Object.keys(json['definitions'] ?? {}).includes('io.k8s.api.apps.v1.Deployment'));
  assert.equal(new Set(paths).size, paths.length);
  const refused = await server.call('GET', '/openapi/v2', undefined, { accept: 'text/html' });
  assert.equal(refused.status, 406);
});

test('the v2 document follows definitions, and is not sent twice', async (t) => {
  const server = await createTestServer(t);
  const first = await server.call('GET', '/openapi/v2');
  const etag = first.headers['etag'] ?? '';
  assert.equal((await server.call('GET', '/openapi/v2', undefined, { 'if-none-match': etag })).status, 304);
  await server.call('POST', definitions, crontabs('cronSpec'));
  const second = await server.call('GET', '/openapi/v2', undefined, { 'if-none-match': etag });
  assert.equal(second.status, 200);
  assert.match(second.text, /"com\.example\.v1\.CronTab":\{[^}]*"cronSpec"/);
  const { metadata } = JSON.parse((await server.call('GET', `${definitions}/crontabs.example.com`)).text);
  const next = { ...crontabs('schedule'), metadata };
  assert.equal((await server.call('PUT', `${definitions}/crontabs.example.com`, next)).status, 200);
  const third = await server.call('GET', '/openapi/v2');
  assert.ok(third.text.includes('"schedule"') && !third.text.includes('"cronSpec"'));
  const events = server.watch(`${definitions}?watch=true`);
  await server.call('DELETE', `${definitions}/crontabs.example.com`);
  while ((await events.next()).type !== 'DELETED');
  assert.equal((await server.call('GET', '/openapi/v2')).text, first.text);
});

test('other requests are answered while the v2 document is built', async (t) => {
  const server = await createTestServer(t);
  const order: string[] = [];
  const document = server.call('GET', '/openapi/v2').then(() => order.push('document'));
  for (let turn = 0; turn < 3; turn++) {
    await new Promise((resolve) => setImmediate(resolve));
    await server.call('GET', '/version').then(() => order.push('version'));
  }
  await document;
  assert.deepEqual(order, ['version', 'version', 'version', 'document']);
});

test('the index of v3 documents has an ETag', async (t) => {
  const server = await createTestServer(t);
  const { headers } = await server.call('GET', '/openapi/v3');
  const again = await server.call('GET', '/openapi/v3', undefined, { 'if-none-match': headers['etag'] ?? '' });
  assert.equal(again.status, 304);
});
