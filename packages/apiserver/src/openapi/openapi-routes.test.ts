import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestServer, json } from '../testing/test-server.ts';

test('the v2 document describes every kind, and has a tag by which clients may keep it', async (t) => {
  const server = await createTestServer(t);
  const answer = await server.call('GET', '/openapi/v2');
  assert.equal(answer.status, 200);
  assert.equal(answer.headers['content-type'], 'application/json');
  const definitions = json(answer)['definitions'] as Record<string, object>;
  assert.ok('io.k8s.api.apps.v1.Deployment' in definitions);
  const again = await server.call('GET', '/openapi/v2', undefined, { 'if-none-match': answer.headers['etag'] ?? '' });
  assert.equal(again.status, 304);
});

test('clients that ask for protobuf are given it', async (t) => {
  const server = await createTestServer(t);
  const accept = 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf';
  const answer = await server.call('GET', '/openapi/v2', undefined, { accept });
  assert.equal(answer.headers['content-type'], 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf');
  assert.ok(answer.text.length > 100_000);
});
