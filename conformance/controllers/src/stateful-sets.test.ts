import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ControllerRevision, StatefulSet, type StatefulSetSpec } from '@kindred/apis/apps/v1';
import { Pod } from '@kindred/apis/core/v1';
import type { Client } from '@kindred/client';
import type { Observed } from '@kindred/machinery';
import { see } from '@kindred-conformance/clients/in-process';
import { testCluster } from './test-cluster.ts';

const namespace = 'default';
const at = { namespace, name: 'db' };
const labels = { app: 'db' };
const template = (image: string) => ({ metadata: { labels }, spec: { containers: [{ name: 'main', image }] } });

function create(client: Client, spec: Partial<StatefulSetSpec> = {}): Promise<Observed<StatefulSet>> {
  const selector = { matchLabels: labels };
  return client.create(StatefulSet, {
    metadata: { ...at },
    spec: { serviceName: 'db', replicas: 3, selector, template: template('main:1'), ...spec },
  });
}

function complete(client: Client, replicas: number): Promise<Observed<StatefulSet>> {
  return see(
    () => client.get(StatefulSet, at),
    ({ metadata, status }) =>
      status?.observedGeneration === metadata.generation &&
      status?.replicas === replicas &&
      (status.availableReplicas ?? 0) === replicas &&
      status.currentRevision === status.updateRevision,
  );
}

async function pods(client: Client): Promise<string[]> {
  const { items } = await client.list(Pod, { namespace });
  return items.map(({ metadata, spec }) => `${metadata.name} ${spec?.containers[0]?.image}`).sort();
}

test('pods come one after the other with their names, go from the top, and then nothing is written', async (t) => {
  const { client, atRest, writes, errors } = await testCluster(t);
  await create(client);
  await complete(client, 3);
  const { items } = await client.list(Pod, { namespace });
  const inOrder = items.sort((a, b) => Number(a.metadata.resourceVersion) - Number(b.metadata.resourceVersion));
  assert.deepEqual(
    inOrder.map(({ metadata }) => metadata.name),
    ['db-0', 'db-1', 'db-2'],
  );
  assert.deepEqual([inOrder[1]?.spec?.hostname, inOrder[1]?.spec?.subdomain], ['db-1', 'db']);
  await client.mergePatch(StatefulSet, at, { spec: { replicas: 1 } });
  await complete(client, 1);
  assert.deepEqual(await pods(client), ['db-0 main:1']);
  await atRest();
  writes.length = 0;
  await client.mergePatch(StatefulSet, at, { metadata: { annotations: { touched: 'yes' } } });
  await atRest();
  assert.deepEqual([writes, errors], [[], []]);
});

test('a pod that does not come up holds those after it', async (t) => {
  const fate = ({ metadata }: Observed<Pod>) => (metadata.name === 'db-1' ? 'unready' : 'ready');
  const { client, atRest } = await testCluster(t, { fate });
  await create(client);
  await see(
    () => client.get(StatefulSet, at),
    ({ status }) => status?.replicas === 2,
  );
  await atRest();
  assert.deepEqual(await pods(client), ['db-0 main:1', 'db-1 main:1']);
  await client.create(StatefulSet, {
    metadata: { namespace, name: 'all' },
    spec: {
      serviceName: 'all',
      replicas: 3,
      podManagementPolicy: 'Parallel',
      selector: { matchLabels: { app: 'all' } },
      template: { ...template('x'), metadata: { labels: { app: 'all' } } },
    },
  });
  await see(
    () => pods(client),
    (list) => list.filter((text) => text.startsWith('all-')).length === 3,
  );
});

test('a pod that is deleted comes back under its name', async (t) => {
  const { client } = await testCluster(t);
  await create(client);
  await complete(client, 3);
  const before = await client.get(Pod, { namespace, name: 'db-1' });
  await client.delete(Pod, before.metadata);
  await see(
    async () => (await client.list(Pod, { namespace })).items.find(({ metadata }) => metadata.name === 'db-1'),
    (pod) => pod !== undefined && pod.metadata.uid !== before.metadata.uid && pod.status?.phase === 'Running',
  );
});

test('an update goes from the top down to the partition, and can be rolled back', async (t) => {
  const { client, atRest, errors } = await testCluster(t);
  const updateStrategy = { type: 'RollingUpdate', rollingUpdate: { partition: 2 } };
  await create(client, { updateStrategy });
  await complete(client, 3);
  await client.mergePatch(StatefulSet, at, { spec: { template: template('main:2') } });
  await see(
    () => pods(client),
    (list) => list.join() === 'db-0 main:1,db-1 main:1,db-2 main:2',
  );
  await client.delete(Pod, { namespace, name: 'db-0' });
  await atRest();
  await see(
    () => pods(client),
    (list) => list.join() === 'db-0 main:1,db-1 main:1,db-2 main:2',
  );
  await client.mergePatch(StatefulSet, at, { spec: { updateStrategy: { rollingUpdate: { partition: 0 } } } });
  await complete(client, 3);
  assert.deepEqual(await pods(client), ['db-0 main:2', 'db-1 main:2', 'db-2 main:2']);
  const { items } = await client.list(ControllerRevision, { namespace });
  const first = items.find(({ revision }) => revision === 1);
  await client.strategicPatch(StatefulSet, at, first?.data as object);
  await complete(client, 3);
  assert.deepEqual(await pods(client), ['db-0 main:1', 'db-1 main:1', 'db-2 main:1']);
  assert.deepEqual(errors, []);
});
