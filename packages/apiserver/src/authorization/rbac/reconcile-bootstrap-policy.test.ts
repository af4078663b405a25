import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { openMemoryStore } from '@kindred/store';
import { openApiStorage } from '../../storage/api-storage.ts';
import type { ResourceStorage } from '../../storage/resource-storage.ts';
import type { PolicyRule } from './policy-rule.ts';
import { reconcileBootstrapPolicy } from './reconcile-bootstrap-policy.ts';

const group = 'rbac.authorization.k8s.io';

async function world(t: TestContext) {
  const store = openMemoryStore();
  const storage = await openApiStorage({ store });
  t.after(async () => {
    await storage.close();
    await store.close();
  });
  let uids = 0;
  const reconcile = () =>
    reconcileBootstrapPolicy({ storage, now: Date.UTC(2026, 0, 1), randomUuid: () => `uid-${uids++}` });
  await reconcile();
  return {
    reconcile,
    storage,
    roles: await storage.open(group, 'clusterroles'),
    bindings: await storage.open(group, 'clusterrolebindings'),
  };
}

async function change(resource: ResourceStorage, name: string, fields: object): Promise<void> {
  const written = await resource.guaranteedUpdate('', name, (stored) => ({ ...stored.decode(), ...fields }));
  assert.ok(written !== undefined);
}

const rulesOf = (roles: ResourceStorage, name: string): readonly PolicyRule[] =>
  // Written by this test or by what it tests.
  (roles.get('', name)?.object['rules'] ?? []) as PolicyRule[];

test('a start makes the default roles and bindings; the next one writes nothing', async (t) => {
  const { reconcile, storage, roles, bindings } = await world(t);
  const admin = roles.get('', 'cluster-admin')?.object;
  assert.equal(admin?.metadata.creationTimestamp, '2026-01-01T00:00:00Z');
  assert.equal(admin.metadata.labels?.['kubernetes.io/bootstrapping'], 'rbac-defaults');
  assert.ok(bindings.get('', 'cluster-admin') !== undefined);
  const { revision } = storage;
  await reconcile();
  assert.equal(storage.revision, revision);
});

test('what was taken from a default role or binding is given back, what was added stays', async (t) => {
  const { reconcile, roles, bindings } = await world(t);
  const added = { apiGroups: ['example.com'], resources: ['websites'], verbs: ['get'] };
  await change(roles, 'cluster-admin', { rules: [added] });
  const bob = { apiGroup: group, kind: 'User', name: 'bob' };
  await change(bindings, 'cluster-admin', { subjects: [bob] });
  await reconcile();
  const rules = rulesOf(roles, 'cluster-admin');
  assert.deepEqual(rules[0], added);
  assert.ok(rules.some(({ verbs, resources }) => verbs.includes('*') && resources?.includes('*')));
  assert.deepEqual(bindings.get('', 'cluster-admin')?.object['subjects'], [
    bob,
    { apiGroup: group, kind: 'Group', name: 'system:masters' },
  ]);
});

test('a role that is not to be updated is left alone', async (t) => {
  const { reconcile, roles } = await world(t);
  const object = roles.get('', 'cluster-admin')?.decode();
  const annotations = { 'rbac.authorization.kubernetes.io/autoupdate': 'false' };
  await change(roles, 'cluster-admin', { metadata: { ...object?.metadata, annotations }, rules: [] });
  await reconcile();
  assert.deepEqual(rulesOf(roles, 'cluster-admin'), []);
});
