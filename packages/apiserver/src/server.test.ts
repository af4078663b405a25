import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestServer, json } from './testing/test-server.ts';

const configMap = (name: string, data: Record<string, string>) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name },
  data,
});

test('an object is created, read, listed, updated and deleted', async (t) => {
  const server = await createTestServer(t);
  const path = '/api/v1/namespaces/default/configmaps';
  const created = await server.call('POST', path, configMap('one', { a: '1' }));
  assert.equal(created.status, 201);
  const first = json(created);
  assert.equal(first.metadata.namespace, 'default');
  assert.match(first.metadata.uid ?? '', /^[0-9a-f-]{36}$/);
  assert.equal(first.metadata.managedFields?.[0]?.manager, 'test');

  const read = await server.call('GET', `${path}/one`);
  assert.equal(read.status, 200);
  assert.deepEqual(json(read), first);

  const list = json(await server.call('GET', path));
  assert.equal(list.kind, 'ConfigMapList');
  assert.deepEqual(list['items'], [first]);

  const updated = json(await server.call('PUT', `${path}/one`, { ...first, data: { a: '2' } }));
  assert.deepEqual(updated['data'], { a: '2' });
  assert.notEqual(updated.metadata.resourceVersion, first.metadata.resourceVersion);

  const stale = await server.call('PUT', `${path}/one`, { ...first, data: { a: '3' } });
  assert.equal(stale.status, 409);

  const deleted = await server.call('DELETE', `${path}/one`);
  assert.equal(deleted.status, 200);
  assert.equal(json(deleted)['status'], 'Success');
  assert.equal((await server.call('GET', `${path}/one`)).status, 404);
});

test('a write that changes nothing keeps the resourceVersion', async (t) => {
  const server = await createTestServer(t);
  const path = '/api/v1/namespaces/default/configmaps';
  const first = json(await server.call('POST', path, configMap('one', { a: '1' })));
  const again = json(await server.call('PUT', `${path}/one`, configMap('one', { a: '1' })));
  assert.equal(again.metadata.resourceVersion, first.metadata.resourceVersion);
});

test('a watch without a resourceVersion begins with the present objects and goes on with changes', async (t) => {
  const server = await createTestServer(t);
  const path = '/api/v1/namespaces/default/configmaps';
  await server.call('POST', path, configMap('one', {}));
  const events = server.watch(`${path}?watch=true`);
  assert.equal((await events.next()).type, 'ADDED');
  await server.call('POST', path, configMap('two', {}));
  assert.equal((await events.next()).object.metadata.name, 'two');
  await server.call('DELETE', `${path}/one`);
  const gone = await events.next();
  assert.equal(gone.type, 'DELETED');
  assert.equal(gone.object.metadata.name, 'one');
  await server.close();
  assert.equal(await events.ended(), true);
});

test('missing namespaces, unknown paths and wrong bodies are told in full Status objects', async (t) => {
  const server = await createTestServer(t);
  const missing = await server.call('POST', '/api/v1/namespaces/nowhere/configmaps', configMap('one', {}));
  assert.equal(missing.status, 404);
  assert.equal(json(missing)['message'], 'namespaces "nowhere" not found');
  const unknown = json(await server.call('GET', '/apis/nope/v1/things'));
  assert.equal(unknown['message'], 'the server could not find the requested resource');
  assert.ok(unknown['details']);
  const other = await server.call('POST', '/api/v1/namespaces/default/configmaps', {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'x' },
  });
  assert.equal(other.status, 400);
  const invalid = await server.call('POST', '/api/v1/namespaces/default/configmaps', configMap('Not_DNS', {}));
  assert.equal(invalid.status, 422);
  assert.match(String(json(invalid)['message']), /^ConfigMap "Not_DNS" is invalid: metadata.name: Invalid value/);
});
