import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ControllerRevision, DaemonSet } from '@kindred/apis/apps/v1';
import { Node, Pod, ReplicationController } from '@kindred/apis/core/v1';
import type { Client } from '@kindred/client';
import type { Observed } from '@kindred/machinery';
import { see } from '@kindred-conformance/clients/in-process';
import { createNode, testCluster } from './test-cluster.ts';

const namespace = 'default';
const at = { namespace, name: 'agent' };
const labels = { app: 'agent' };
const template = (image: string) => ({ metadata: { labels }, spec: { containers: [{ name: 'main', image }] } });

function create(client: Client, spec: object = {}): Promise<Observed<DaemonSet>> {
  return client.create(DaemonSet, {
    metadata: { ...at },
    spec: { selector: { matchLabels: labels }, template: template('main:1'), ...spec },
  });
}

function complete(client: Client, nodes: number): Promise<Observed<DaemonSet>> {
  return see(
    () => client.get(DaemonSet, at),
    ({ metadata, status }) =>
      status?.observedGeneration === metadata.generation &&
      status?.desiredNumberScheduled === nodes &&
      (status.updatedNumberScheduled ?? 0) === nodes &&
      (status.numberAvailable ?? 0) === nodes,
  );
}

async function placed(client: Client): Promise<string[]> {
  const { items } = await client.list(Pod, { namespace });
  return items.map(({ spec }) => `${spec?.nodeName} ${spec?.containers[0]?.image}`).sort();
}

test('one pod on every node, on new nodes too, and then nothing is written', async (t) => {
  const { client, atRest, writes, errors } = await testCluster(t, { nodes: ['a', 'b'] });
  await create(client);
  await complete(client, 2);
  await createNode(client, 'c');
  await complete(client, 3);
  assert.deepEqual(await placed(client), ['a main:1', 'b main:1', 'c main:1']);
  await atRest();
  writes.length = 0;
  await client.mergePatch(DaemonSet, at, { metadata: { annotations: { touched: 'yes' } } });
  await atRest();
  assert.deepEqual([writes, errors], [[], []]);
});

test('a selector and taints keep pods off nodes, and take them away', async (t) => {
  const { client } = await testCluster(t, { nodes: ['a', 'b'] });
  await client.mergePatch(Node, { name: 'b' }, { spec: { taints: [{ key: 'x', effect: 'NoExecute' }] } });
  await create(client);
  await complete(client, 1);
  assert.deepEqual(await placed(client), ['a main:1']);
  await client.mergePatch(Node, { name: 'b' }, { spec: { taints: null, unschedulable: true } });
  await complete(client, 2);
  const nodeSelector = { disk: 'ssd' };
  await client.mergePatch(Node, { name: 'b' }, { metadata: { labels: nodeSelector } });
  await client.mergePatch(DaemonSet, at, { spec: { template: { spec: { nodeSelector } } } });
  await complete(client, 1);
  await see(
    () => placed(client),
    (list) => list.join() === 'b main:1',
  );
});

test('a new template replaces pods one by one, and its revisions can be rolled back', async (t) => {
  const { client, errors } = await testCluster(t, { nodes: ['a', 'b', 'c'] });
  await create(client);
  await complete(client, 3);
  await client.mergePatch(DaemonSet, at, { spec: { template: template('main:2') } });
  await complete(client, 3);
  assert.deepEqual(await placed(client), ['a main:2', 'b main:2', 'c main:2']);
  const { items } = await client.list(ControllerRevision, { namespace });
  const first = items.find(({ revision }) => revision === 1);
  // As `kubectl rollout undo` does it.
  await client.strategicPatch(DaemonSet, at, first?.data as object);
  await complete(client, 3);
  assert.deepEqual(await placed(client), ['a main:1', 'b main:1', 'c main:1']);
  const numbers = (await client.list(ControllerRevision, { namespace })).items.map(({ revision }) => revision);
  assert.deepEqual(
    numbers.sort((a, b) => a - b),
    [2, 3],
  );
  assert.deepEqual(errors, []);
});

test('a replication controller keeps its pods', async (t) => {
  const { client, errors } = await testCluster(t);
  const metadata = { namespace, name: 'old' };
  await client.create(ReplicationController, { metadata, spec: { replicas: 2, template: template('main:1') } });
  await see(
    () => client.get(ReplicationController, metadata),
    ({ status }) => status?.readyReplicas === 2,
  );
  await client.mergePatch(ReplicationController, metadata, { spec: { replicas: 0 } });
  await see(
    () => placed(client),
    (list) => list.length === 0,
  );
  assert.deepEqual(errors, []);
});
