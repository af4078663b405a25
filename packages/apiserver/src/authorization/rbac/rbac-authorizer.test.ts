import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AuthorizationAttributes } from '../authorizer.ts';
import { bootstrapBindings, bootstrapRoles } from './bootstrap-policy.ts';
import type { PolicyRule } from './policy-rule.ts';
import { ruleAllows, uncoveredRules } from './policy-rule.ts';
import type { PolicySource, Role, RoleBinding } from './policy-source.ts';
import { RbacAuthorizer } from './rbac-authorizer.ts';

const noResource = { apiGroup: '', apiVersion: '', resource: '', subresource: '', namespace: '', name: '' };

function ask(
  username: string,
  groups: string[],
  attributes: Partial<AuthorizationAttributes>,
): AuthorizationAttributes {
  const isResourceRequest = attributes.path === undefined;
  return { ...noResource, verb: 'get', path: '', isResourceRequest, user: { username, groups }, ...attributes };
}

function source(roles: Role[], bindings: RoleBinding[]): PolicySource & { revisionNumber: number } {
  return {
    revisionNumber: 1,
    revision: function () {
      return this.revisionNumber;
    },
    roles: () => roles,
    bindings: () => bindings,
  };
}

const bootstrap = source(
  bootstrapRoles.map((role) => ({ namespace: '', ...role })),
  bootstrapBindings.map((binding) => ({ namespace: '', ...binding })),
);

test('the default roles give what Kubernetes documents', () => {
  const rbac = new RbacAuthorizer(bootstrap);
  const cases: [string, string[], Partial<AuthorizationAttributes>, 'allow' | 'noOpinion'][] = [
    ['admin', ['system:masters'], { verb: 'delete', resource: 'nodes' }, 'allow'],
    ['ann', ['system:authenticated'], { path: '/apis/apps/v1' }, 'allow'],
    ['ann', ['system:authenticated'], { resource: 'pods', namespace: 'default' }, 'noOpinion'],
    [
      'ann',
      ['system:authenticated'],
      { verb: 'create', apiGroup: 'authorization.k8s.io', resource: 'selfsubjectaccessreviews' },
      'allow',
    ],
    ['system:anonymous', ['system:unauthenticated'], { path: '/readyz' }, 'allow'],
    ['system:anonymous', ['system:unauthenticated'], { path: '/apis' }, 'noOpinion'],
    ['system:node:box', ['system:nodes'], { verb: 'patch', resource: 'pods', subresource: 'status' }, 'allow'],
    ['system:node:box', ['system:nodes'], { verb: 'delete', resource: 'nodes' }, 'noOpinion'],
  ];
  for (const [user, groups, attributes, expected] of cases) {
    assert.equal(
      rbac.authorize(ask(user, groups, attributes)).decision,
      expected,
      `${user} ${JSON.stringify(attributes)}`,
    );
  }
});

test('a role binding holds in its namespace only, also when it refers to a cluster role', () => {
  const view: Role = { namespace: '', name: 'view', rules: [{ verbs: ['get'], apiGroups: [''], resources: ['pods'] }] };
  const rbac = new RbacAuthorizer(
    source(
      [view],
      [
        {
          namespace: 'blue',
          name: 'b',
          roleRef: { kind: 'ClusterRole', name: 'view' },
          subjects: [{ kind: 'ServiceAccount', name: 'robot' }],
        },
      ],
    ),
  );
  const robot = 'system:serviceaccount:blue:robot';
  assert.deepEqual(rbac.authorize(ask(robot, [], { resource: 'pods', namespace: 'blue' })), {
    decision: 'allow',
    reason: 'RBAC: allowed by RoleBinding "b/blue" of ClusterRole "view"',
  });
  assert.equal(rbac.authorize(ask(robot, [], { resource: 'pods', namespace: 'red' })).decision, 'noOpinion');
  assert.equal(rbac.authorize(ask(robot, [], { resource: 'pods' })).decision, 'noOpinion');
});

test('a change of the policy takes effect at once', () => {
  const bindings: RoleBinding[] = [];
  const policy = source(
    [{ namespace: '', name: 'all', rules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }] }],
    bindings,
  );
  const rbac = new RbacAuthorizer(policy);
  const question = ask('ann', [], { resource: 'secrets', namespace: 'x' });
  assert.equal(rbac.authorize(question).decision, 'noOpinion');
  bindings.push({
    namespace: '',
    name: 'ann',
    roleRef: { kind: 'ClusterRole', name: 'all' },
    subjects: [{ kind: 'User', name: 'ann' }],
  });
  policy.revisionNumber++;
  assert.equal(rbac.authorize(question).decision, 'allow');
});

test('rules match subresources, names and URL prefixes as documented', () => {
  const base = { ...noResource, verb: 'get', path: '', isResourceRequest: true };
  const pods: PolicyRule = { verbs: ['get'], apiGroups: [''], resources: ['pods'] };
  assert.equal(ruleAllows(pods, { ...base, resource: 'pods' }), true);
  assert.equal(ruleAllows(pods, { ...base, resource: 'pods', subresource: 'log' }), false);
  assert.equal(ruleAllows({ ...pods, resources: ['*/log'] }, { ...base, resource: 'pods', subresource: 'log' }), true);
  assert.equal(ruleAllows({ ...pods, resourceNames: ['a'] }, { ...base, resource: 'pods', name: 'b' }), false);
  assert.equal(ruleAllows({ ...pods, resourceNames: ['a'] }, { ...base, resource: 'pods', name: '' }), false);
  const url: PolicyRule = { verbs: ['get'], nonResourceURLs: ['/api/*'] };
  assert.equal(ruleAllows(url, { ...base, isResourceRequest: false, path: '/api/v1' }), true);
  assert.equal(ruleAllows(url, { ...base, isResourceRequest: false, path: '/apis' }), false);
});

test('what a user would gain is found rule by rule', () => {
  const owned: PolicyRule[] = [
    { verbs: ['get', 'list'], apiGroups: [''], resources: ['*'] },
    { verbs: ['*'], apiGroups: ['apps'], resources: ['deployments'], resourceNames: ['web'] },
  ];
  assert.deepEqual(uncoveredRules(owned, [{ verbs: ['get', 'delete'], apiGroups: [''], resources: ['pods'] }]), [
    { verbs: ['delete'], apiGroups: [''], resources: ['pods'] },
  ]);
  assert.deepEqual(
    uncoveredRules(owned, [
      { verbs: ['patch'], apiGroups: ['apps'], resources: ['deployments'], resourceNames: ['web'] },
    ]),
    [],
  );
  assert.equal(
    uncoveredRules(owned, [{ verbs: ['patch'], apiGroups: ['apps'], resources: ['deployments'] }]).length,
    1,
  );
  assert.equal(uncoveredRules(owned, [{ verbs: ['get'], nonResourceURLs: ['/metrics'] }]).length, 1);
});

test('a user who comes back is judged by the policy of the moment, each namespace by its own', () => {
  const role = (verb: string, namespace: string): Role => ({
    namespace,
    name: 'r',
    rules: [{ verbs: [verb], apiGroups: [''], resources: ['pods'] }],
  });
  const binding = (namespace: string): RoleBinding => ({
    namespace,
    name: 'b',
    subjects: [{ kind: 'Group', name: 'g' }],
    roleRef: { kind: namespace === '' ? 'ClusterRole' : 'Role', name: 'r' },
  });
  const roles = [role('list', ''), role('get', 'a')];
  const bindings = [binding('a')];
  const policy = source(roles, bindings);
  const rbac = new RbacAuthorizer(policy);
  const question = ask('u', ['g'], { resource: 'pods', namespace: 'a' });
  const may = (verb: string, namespace: string): boolean =>
    rbac.authorize({ ...question, verb, namespace }).decision === 'allow';
  const all = (): boolean[] => [may('get', 'a'), may('get', 'b'), may('list', 'b'), may('list', '')];
  assert.deepEqual(all(), [true, false, false, false]);
  assert.deepEqual(all(), [true, false, false, false]);
  bindings.push(binding(''));
  policy.revisionNumber++;
  assert.deepEqual(all(), [true, false, true, true]);
  assert.equal(rbac.rulesFor(question.user, 'b').length, 1);
  assert.equal(rbac.rulesFor(question.user, 'a').length, 2);
  roles.pop();
  policy.revisionNumber++;
  assert.deepEqual(all(), [false, false, true, true]);
});
