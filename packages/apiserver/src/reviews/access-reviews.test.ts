import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { UserInfo } from '../authentication/user-info.ts';
import { RbacAuthorizer } from '../authorization/rbac/rbac-authorizer.ts';
import { openStoredPolicy } from '../authorization/rbac/stored-policy.ts';
import { createTestServer, json, type TestServer } from '../testing/test-server.ts';
import { accessReviews } from './access-reviews.ts';

const base = '/apis/authorization.k8s.io/v1';
const rbac = '/apis/rbac.authorization.k8s.io/v1/namespaces/default';
const apiGroup = 'rbac.authorization.k8s.io';
const alice: UserInfo = { username: 'alice', groups: ['system:masters', 'system:authenticated'] };

/** Bob reads pods in `default`. */
async function createServer(t: TestContext): Promise<TestServer> {
  const server = await createTestServer(t, {
    over: async (storage) => {
      const rules = new RbacAuthorizer(await openStoredPolicy(storage));
      return { authorizer: rules, reviews: accessReviews(rules, rules) };
    },
  });
  await server.call('POST', `${rbac}/roles`, {
    metadata: { name: 'reader' },
    rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }],
  });
  await server.call('POST', `${rbac}/rolebindings`, {
    metadata: { name: 'reader' },
    roleRef: { apiGroup, kind: 'Role', name: 'reader' },
    subjects: [{ apiGroup, kind: 'User', name: 'bob' }],
  });
  return server;
}

const getPods = { namespace: 'default', verb: 'get', resource: 'pods' };

async function allowed(server: Pick<TestServer, 'call'>, path: string, spec: object): Promise<unknown> {
  const answer = await server.call('POST', `${base}/${path}`, { spec });
  assert.equal(answer.status, 201, answer.text);
  const { status } = json(answer) as { status?: { allowed?: boolean } };
  return status?.allowed;
}

test('a review says what somebody may do, in a namespace and outside of the API', async (t) => {
  const server = await createServer(t);
  const path = 'subjectaccessreviews';
  assert.equal(await allowed(server, path, { user: 'bob', resourceAttributes: getPods }), true);
  assert.equal(await allowed(server, path, { user: 'bob', resourceAttributes: { ...getPods, verb: 'delete' } }), false);
  assert.equal(await allowed(server, path, { user: 'eve', resourceAttributes: getPods }), false);
  const version = { nonResourceAttributes: { verb: 'get', path: '/version' } };
  assert.equal(await allowed(server, path, { user: 'eve', ...version }), false);
  assert.equal(await allowed(server, path, { groups: ['system:masters'], ...version }), true);
  const local = 'namespaces/default/localsubjectaccessreviews';
  assert.equal(await allowed(server, local, { user: 'bob', resourceAttributes: getPods }), true);
});

test('a self review is about who asks', async (t) => {
  const server = await createServer(t);
  assert.equal(await allowed(server.as(alice), 'selfsubjectaccessreviews', { resourceAttributes: getPods }), true);
  const rules = await server.as(alice).call('POST', `${base}/selfsubjectrulesreviews`, { spec: { namespace: 'x' } });
  assert.deepEqual(json(rules)['status'], {
    resourceRules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }],
    nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['*'] }],
    incomplete: false,
  });
});

test('a review that asks nothing, or two things, or for nobody, is invalid', async (t) => {
  const server = await createServer(t);
  const ask = async (path: string, spec: object): Promise<[number, string]> => {
    const answer = await server.call('POST', `${base}/${path}`, { spec });
    return [answer.status, String(json(answer)['message'])];
  };
  const nonResourceAttributes = { verb: 'get', path: '/version' };
  const [status, message] = await ask('subjectaccessreviews', {});
  assert.equal(status, 422);
  assert.match(message, /spec\.resourceAttributes: .*exactly one of nonResourceAttributes or resourceAttributes/);
  assert.match(message, /spec\.user: .*at least one of user or group must be specified/);
  const both = await ask('selfsubjectaccessreviews', { resourceAttributes: getPods, nonResourceAttributes });
  assert.equal(both[0], 422);
  assert.match(both[1], /cannot be specified in combination with resourceAttributes/);
  const local = 'namespaces/default/localsubjectaccessreviews';
  assert.equal((await ask(local, { user: 'bob', nonResourceAttributes }))[0], 422);
  assert.deepEqual(await ask(local, { user: 'bob', resourceAttributes: { ...getPods, namespace: 'other' } }), [
    400,
    'spec.resourceAttributes.namespace must match namespace: default',
  ]);
  assert.deepEqual(await ask('selfsubjectrulesreviews', {}), [400, 'no namespace on request']);
});
