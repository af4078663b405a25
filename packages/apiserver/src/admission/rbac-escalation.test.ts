import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { UserInfo } from '../authentication/user-info.ts';
import { RbacAuthorizer } from '../authorization/rbac/rbac-authorizer.ts';
import { openStoredPolicy } from '../authorization/rbac/stored-policy.ts';
import { createTestServer, type TestServer } from '../testing/test-server.ts';
import { rbacEscalationAdmission } from './rbac-escalation.ts';

const rbac = '/apis/rbac.authorization.k8s.io/v1';
const alice: UserInfo = { username: 'alice', groups: ['system:authenticated'] };
const apiGroup = 'rbac.authorization.k8s.io';
const readPods = { apiGroups: [''], resources: ['pods'], verbs: ['get', 'list'] };
const writeRoles = {
  apiGroups: [apiGroup],
  resources: ['roles', 'rolebindings', 'clusterroles', 'clusterrolebindings'],
  verbs: ['create', 'update', 'patch', 'get'],
};

/** A server on which alice reads pods and writes roles and bindings, and has `more`. */
async function createServer(t: TestContext, more: readonly object[] = []): Promise<TestServer> {
  const server = await createTestServer(t, {
    over: async (storage) => {
      const policy = await openStoredPolicy(storage);
      const authorizer = new RbacAuthorizer(policy);
      return { authorizer, admission: [rbacEscalationAdmission(authorizer, policy)] };
    },
  });
  await create(server, 'clusterroles', { metadata: { name: 'author' }, rules: [readPods, writeRoles, ...more] });
  await create(server, 'clusterrolebindings', {
    metadata: { name: 'author' },
    roleRef: { apiGroup, kind: 'ClusterRole', name: 'author' },
    subjects: [{ apiGroup, kind: 'User', name: 'alice' }],
  });
  return server;
}

async function create(server: Pick<TestServer, 'call'>, resource: string, object: object): Promise<void> {
  const created = await server.call('POST', `${rbac}/${resource}`, object);
  assert.equal(created.status, 201, created.text);
}

test('a role may hold what its author holds, and nothing more', async (t) => {
  const server = (await createServer(t)).as(alice);
  await create(server, 'namespaces/default/roles', { metadata: { name: 'reader' }, rules: [readPods] });
  const more = { ...readPods, verbs: ['get', 'delete'] };
  const refused = await server.call('POST', `${rbac}/namespaces/default/roles`, {
    metadata: { name: 'deleter' },
    rules: [more],
  });
  assert.equal(refused.status, 403);
  assert.match(refused.text, /is attempting to grant RBAC permissions not currently held:\\n\{APIGroups/);
  const grown = await server.call(
    'PATCH',
    `${rbac}/namespaces/default/roles/reader`,
    { rules: [more] },
    { 'content-type': 'application/merge-patch+json' },
  );
  assert.equal(grown.status, 403);
});

test('who may escalate writes any rule', async (t) => {
  const escalate = { apiGroups: [apiGroup], resources: ['clusterroles'], verbs: ['escalate'] };
  const server = (await createServer(t, [escalate])).as(alice);
  await create(server, 'clusterroles', {
    metadata: { name: 'all' },
    rules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }],
  });
});

test('a role that collects the rules of others is for those who hold everything', async (t) => {
  const server = await createServer(t);
  const aggregationRule = { clusterRoleSelectors: [{ matchLabels: { any: 'thing' } }] };
  const role = { metadata: { name: 'collector' }, aggregationRule };
  const refused = await server.as(alice).call('POST', `${rbac}/clusterroles`, role);
  assert.equal(refused.status, 403);
  assert.match(refused.text, /must have cluster-admin privileges to use the aggregationRule/);
  const own = await server
    .as(alice)
    .call(
      'PATCH',
      `${rbac}/clusterroles/author`,
      { aggregationRule },
      { 'content-type': 'application/merge-patch+json' },
    );
  assert.equal(own.status, 403);
  await create(server, 'clusterroles', role);
});

test('a binding gives what its author holds or may bind, and names a role that is there', async (t) => {
  const bindAdmin = { apiGroups: [apiGroup], resources: ['clusterroles'], verbs: ['bind'], resourceNames: ['admin'] };
  const server = await createServer(t, [bindAdmin]);
  for (const name of ['admin', 'other']) {
    await create(server, 'clusterroles', {
      metadata: { name },
      rules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }],
    });
  }
  const bind = (name: string) =>
    server.as(alice).call('POST', `${rbac}/namespaces/default/rolebindings`, {
      metadata: { name },
      roleRef: { apiGroup, kind: 'ClusterRole', name },
      subjects: [{ apiGroup, kind: 'User', name: 'bob' }],
    });
  assert.equal((await bind('author')).status, 201);
  assert.equal((await bind('admin')).status, 201);
  assert.equal((await bind('other')).status, 403);
  const missing = await bind('gone');
  assert.equal(missing.status, 403);
  assert.match(missing.text, /clusterrole\.rbac\.authorization\.k8s\.io \\"gone\\" not found/);
});
