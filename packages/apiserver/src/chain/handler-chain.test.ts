import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Authorizer } from '../authorization/authorizer.ts';
import { createTestServer, json } from '../testing/test-server.ts';

const configMaps = '/api/v1/namespaces/default/configmaps';

test('what is not allowed is refused in the words that kubectl users know', async (t) => {
  const authorizer: Authorizer = { authorize: () => ({ decision: 'noOpinion', reason: 'no rule' }) };
  const server = await createTestServer(t, { authorizer });
  const answer = await server.call('GET', `${configMaps}/x`);
  assert.equal(answer.status, 403);
  assert.equal(
    json(answer)['message'],
    'configmaps "x" is forbidden: User "tester" cannot get resource "configmaps" in API group "" in the namespace "default": no rule',
  );
});

test('an impersonator acts as the user whom he may impersonate', async (t) => {
  const seen: string[] = [];
  const authorizer: Authorizer = {
    authorize({ verb, user, resource, name }) {
      seen.push(`${user.username} ${verb} ${resource} ${name}`);
      return { decision: name === 'root' ? 'deny' : 'allow' };
    },
  };
  const server = await createTestServer(t, { authorizer });
  const headers = { 'impersonate-user': 'jane', 'impersonate-group': 'devs' };
  assert.equal((await server.call('GET', configMaps, undefined, headers)).status, 200);
  assert.deepEqual(seen, ['tester impersonate users jane', 'tester impersonate groups devs', 'jane list configmaps ']);
  const refused = await server.call('GET', configMaps, undefined, { 'impersonate-user': 'root' });
  assert.equal(refused.status, 403);
  const nameless = await server.call('GET', configMaps, undefined, { 'impersonate-group': 'devs' });
  assert.equal(nameless.status, 400);
});

test('every answer names its audit id, and health is told by name', async (t) => {
  const server = await createTestServer(t);
  let problem: string | undefined = 'not yet';
  server.api.health.add({ name: 'controllers', check: () => problem });
  const notReady = await server.call('GET', '/readyz');
  assert.equal(notReady.status, 500);
  assert.match(notReady.text, /\[-\]controllers failed: reason withheld/);
  assert.match(notReady.headers['audit-id'] ?? '', /^[0-9a-f-]{36}$/);
  assert.equal((await server.call('GET', '/livez')).text, 'ok');
  problem = undefined;
  assert.equal((await server.call('GET', '/readyz')).text, 'ok');
  assert.match((await server.call('GET', '/readyz?verbose')).text, /\[\+\]controllers ok\nreadyz check passed/);
});

test('discovery is answered in both forms and not sent twice', async (t) => {
  const server = await createTestServer(t);
  const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json';
  const aggregated = await server.call('GET', '/apis', undefined, { accept });
  assert.equal(
    aggregated.headers['content-type'],
    'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList',
  );
  const again = await server.call('GET', '/apis', undefined, {
    accept,
    'if-none-match': aggregated.headers['etag'] ?? '',
  });
  assert.equal(again.status, 304);
  assert.equal(json(await server.call('GET', '/apis')).kind, 'APIGroupList');
  const core = json(await server.call('GET', '/api/v1'));
  const pods = (core['resources'] as { name: string; shortNames?: string[] }[]).find(({ name }) => name === 'pods');
  assert.deepEqual(pods?.shortNames, ['po']);
});
