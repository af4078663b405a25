import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConfigMap, Node, Pod } from '@kindred/apis/core/v1';
import { isStatusError, ManualClock } from '@kindred/machinery';
import { failure, MemoryApi } from '../testing/memory-api.ts';
import { until } from '../testing/until.ts';
import { createClient } from './client.ts';

const at = { namespace: 'default', name: 'a' };

function setup(clock = new ManualClock()) {
  const api = new MemoryApi();
  const warnings: string[] = [];
  const client = createClient(api, { clock, userAgent: 'test', onWarning: (text) => warnings.push(text) });
  return { api, client, clock, warnings };
}

test('objects are created, read, replaced, patched, applied and deleted', async () => {
  const { api, client } = setup();
  const created = await client.create(ConfigMap, { metadata: at, data: { x: '1' } });
  assert.equal(created.metadata.uid, 'uid-2');
  const updated = await client.update(ConfigMap, { ...created, data: { x: '2' } });
  assert.deepEqual((await client.get(ConfigMap, at)).data, { x: '2' });
  await assert.rejects(client.update(ConfigMap, created), (error) => isStatusError(error, 'Conflict'));
  await client.mergePatch(ConfigMap, at, { data: { y: '3' } });
  await client.apply(ConfigMap, { metadata: at, data: { z: '4' } } as never, { force: true });
  const { data } = await client.get(ConfigMap, updated.metadata);
  assert.deepEqual(data, { x: '2', y: '3', z: '4' });
  await client.delete(ConfigMap, at);
  await assert.rejects(client.get(ConfigMap, at), (error) => isStatusError(error, 'NotFound'));
  const apply = api.requests.find(({ headers }) => headers['content-type'] === 'application/apply-patch+yaml');
  assert.equal(apply?.path, '/api/v1/namespaces/default/configmaps/a?fieldManager=test&force=true');
  assert.equal(JSON.parse(Buffer.from(apply?.body ?? []).toString()).kind, 'ConfigMap');
});

test('a list is fetched page by page, and its items have their type', async () => {
  const { api, client } = setup();
  for (let n = 0; n < 7; n++) await client.create(Node, { metadata: { name: `n${n}`, labels: { a: 'b' } } });
  api.requests.length = 0;
  const list = await client.list(Node, {}, { limit: 3, labelSelector: 'a in (b,c)' });
  assert.equal(list.items.length, 7);
  assert.equal(list.items[0]?.kind, 'Node');
  assert.equal(api.requests.length, 3);
  assert.match(api.requests[0]?.path ?? '', /^\/api\/v1\/nodes\?limit=3&labelSelector=a%20in%20\(b%2Cc\)$/);
});

test('the client waits and sends again when the server asks for it, and only then', async () => {
  const { api, client, clock } = setup();
  let refusals = 2;
  api.fault = () => (refusals-- > 0 ? failure(429, 'TooManyRequests', 'later', { 'retry-after': '3' }) : undefined);
  const created = client.create(Pod, { metadata: at, spec: { containers: [] } });
  await until(() => clock.nextDue() !== undefined);
  assert.equal(clock.nextDue(), 3000);
  clock.advance(3000);
  await until(() => clock.nextDue() !== undefined);
  clock.advance(3000);
  assert.equal((await created).metadata.name, 'a');
  api.fault = () => failure(500, 'InternalError', 'broken');
  await assert.rejects(client.get(Pod, at), (error) => isStatusError(error, 'InternalError'));
  assert.equal(api.requests.length, 4);
});

test('an answer that is not a Status becomes one', async () => {
  const { api, client } = setup();
  const body = (async function* () {
    yield Buffer.from('<html>bad gateway</html>');
  })();
  api.fault = () => ({ status: 502, headers: {}, body });
  await assert.rejects(client.get(Pod, at), {
    name: 'StatusError',
    code: 502,
    message: 'GET /api/v1/namespaces/default/pods/a was answered with 502: <html>bad gateway</html>',
  });
});

test('warnings of the server reach the caller', async () => {
  const { api, client, warnings } = setup();
  const body = (async function* () {
    yield Buffer.from('{}');
  })();
  api.fault = () => ({ status: 200, headers: { warning: '299 - "a \\"b\\" is old", 299 - "second"' }, body });
  await client.get(Pod, at);
  assert.deepEqual(warnings, ['a "b" is old', 'second']);
});

test('a client may act as another user, whoever it writes as', async () => {
  const { api, client } = setup();
  await client.impersonating('system:serviceaccount:ns:deployer').as('other').create(ConfigMap, { metadata: at });
  const [request] = api.requests;
  assert.equal(request?.headers['impersonate-user'], 'system:serviceaccount:ns:deployer');
  assert.match(request?.path ?? '', /fieldManager=other/);
  await client.get(ConfigMap, at);
  assert.equal(api.requests.at(-1)?.headers['impersonate-user'], undefined);
});

test('groups, uid and extra of another user are headers of their own, and none can pass for two', async () => {
  const { api, client } = setup();
  const user = { username: 'jo', uid: 'u1', groups: ['dev', 'ops'], extra: { 'Example.com/Scope': ['a', 'b'] } };
  await client.impersonating(user).create(ConfigMap, { metadata: at });
  const { headers } = api.requests[0] ?? { headers: {} };
  assert.deepEqual(
    Object.entries(headers).filter(([name]) => name.startsWith('impersonate-')),
    [
      ['impersonate-user', 'jo'],
      ['impersonate-uid', 'u1'],
      ['impersonate-group', ['dev', 'ops']],
      ['impersonate-extra-example.com%2Fscope', ['a', 'b']],
    ],
  );
  for (const group of ['dev,system:masters', ' dev', 'dev\nx', '']) {
    const refused = (): unknown => client.impersonating({ username: 'jo', groups: [group] });
    assert.throws(refused, (error) => isStatusError(error, 'BadRequest'));
  }
});
