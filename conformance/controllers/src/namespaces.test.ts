import assert from 'node:assert/strict';
import { test } from 'node:test';
import { APIService } from '@kindred/apis/apiregistration/v1';
import { ConfigMap, Namespace, Pod, Service, ServiceAccount } from '@kindred/apis/core/v1';
import { ClusterRole } from '@kindred/apis/rbac/v1';
import { isStatusError, storedElsewhereAnnotation } from '@kindred/machinery';
import { see } from '@kindred-conformance/clients/in-process';
import { find, gone, testCluster } from './test-cluster.ts';

const demo = { name: 'demo' };

test('a namespace gets a service account and the root CA, and gets them back', async (t) => {
  const { client, errors } = await testCluster(t);
  await client.create(Namespace, { metadata: demo });
  const account = { namespace: 'demo', name: 'default' };
  const ca = { namespace: 'demo', name: 'kube-root-ca.crt' };
  await see(
    async () => [await find(client, ServiceAccount, account), await find(client, ConfigMap, ca)],
    (found) => !found.includes(undefined),
  );
  await client.delete(ServiceAccount, account);
  await client.mergePatch(ConfigMap, ca, { data: { 'ca.crt': 'other' } });
  await see(
    async () => (await find(client, ServiceAccount, account)) && (await client.get(ConfigMap, ca)),
    (found) => found?.data?.['ca.crt']?.startsWith('-----BEGIN') === true,
  );
  assert.deepEqual(errors, []);
});

test('a namespace that is deleted takes everything with it', async (t) => {
  const { client, errors } = await testCluster(t);
  await client.create(Namespace, { metadata: demo });
  const metadata = { namespace: 'demo', name: 'web' };
  await client.create(ConfigMap, { metadata });
  await client.create(Service, { metadata, spec: { ports: [{ port: 80 }], selector: { app: 'web' } } });
  await client.create(Pod, { metadata, spec: { containers: [{ name: 'main', image: 'main' }] } });
  await see(
    () => client.get(Pod, metadata),
    ({ status }) => status?.phase === 'Running',
  );
  await client.delete(Namespace, demo);
  const refused = await client.create(ConfigMap, { metadata: { ...metadata, name: 'late' } }).then(
    () => undefined,
    (error: unknown) => error,
  );
  assert.ok(isStatusError(refused, 'Forbidden') || isStatusError(refused, 'NotFound'));
  await gone(client, Namespace, demo);
  assert.equal(await find(client, Pod, metadata), undefined);
  assert.deepEqual(errors, []);
});

test('a namespace says what it waits for', async (t) => {
  const { client } = await testCluster(t);
  await client.create(Namespace, { metadata: demo });
  const metadata = { namespace: 'demo', name: 'held' };
  await client.create(ConfigMap, { metadata: { ...metadata, finalizers: ['example.com/hold'] } });
  await client.delete(Namespace, demo);
  const waiting = await see(
    () => client.get(Namespace, demo),
    ({ status }) => (status?.conditions ?? []).length > 0,
  );
  assert.equal(waiting.status?.phase, 'Terminating');
  assert.deepEqual(
    waiting.status?.conditions?.map(({ message }) => message),
    [
      'All resources successfully discovered',
      'All content successfully deleted, may be waiting on finalization',
      'Some resources are remaining: configmaps has 1 resource instances',
      'Some content in the namespace has finalizers remaining: example.com/hold in 1 resource instances',
    ],
  );
  await client.mergePatch(ConfigMap, metadata, { metadata: { finalizers: null } });
  await gone(client, Namespace, demo);
});

test('a server of others that is down keeps the namespaces that it was sent objects for, and no others', async (t) => {
  const { client } = await testCluster(t);
  await client.create(APIService, {
    metadata: { name: 'v1.wardle.example.com' },
    spec: {
      group: 'wardle.example.com',
      version: 'v1',
      groupPriorityMinimum: 1000,
      versionPriority: 15,
      service: { namespace: 'default', name: 'nowhere' },
    },
  });
  const annotations = { [storedElsewhereAnnotation]: 'metrics.example.com,wardle.example.com' };
  await client.create(Namespace, { metadata: { ...demo, annotations } });
  await client.create(Namespace, { metadata: { name: 'other' } });
  await client.delete(Namespace, demo);
  await client.delete(Namespace, { name: 'other' });
  await gone(client, Namespace, { name: 'other' });
  const waiting = await see(
    () => client.get(Namespace, demo),
    ({ status }) => (status?.conditions ?? []).length > 0,
  );
  assert.match(
    waiting.status?.conditions?.find(({ status }) => status === 'True')?.message ?? '',
    /^Discovery failed for some groups, 1 failing: .*: wardle\.example\.com\/v1: stale GroupVersion discovery/,
  );
  await client.delete(APIService, { name: 'v1.wardle.example.com' });
  await gone(client, Namespace, demo);
});

test('aggregated cluster roles have the rules of those that match', async (t) => {
  const { client } = await testCluster(t);
  const labels = { 'example.com/aggregate': 'yes' };
  const aggregationRule = { clusterRoleSelectors: [{ matchLabels: labels }] };
  await client.create(ClusterRole, { metadata: { name: 'all' }, aggregationRule });
  const rules = [{ apiGroups: ['example.com'], resources: ['websites'], verbs: ['get'] }];
  await client.create(ClusterRole, { metadata: { name: 'part', labels }, rules });
  const filled = await see(
    () => client.get(ClusterRole, { name: 'all' }),
    (role) => (role.rules ?? []).length > 0,
  );
  assert.deepEqual(filled.rules, rules);
  await client.delete(ClusterRole, { name: 'part' });
  await see(
    () => client.get(ClusterRole, { name: 'all' }),
    (role) => (role.rules ?? []).length === 0,
  );
});
