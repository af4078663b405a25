import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Node, Pod, type PodSpec } from '@kindred/apis/core/v1';
import type { Client } from '@kindred/client';
import type { Observed } from '@kindred/machinery';
import { see } from '@kindred-conformance/clients/in-process';
import { createNode, testCluster } from './test-cluster.ts';

const namespace = 'default';

function create(client: Client, name: string, spec: Partial<PodSpec> = {}): Promise<Observed<Pod>> {
  return client.create(Pod, {
    metadata: { namespace, name },
    spec: { containers: [{ name: 'main', image: 'main' }], ...spec },
  });
}

function scheduledTo(client: Client, name: string): Promise<Observed<Pod>> {
  return see(
    () => client.get(Pod, { namespace, name }),
    ({ spec }) => spec?.nodeName !== undefined,
  );
}

function reasonFor(pod: Observed<Pod>): string | undefined {
  const condition = pod.status?.conditions?.find(({ type, status }) => type === 'PodScheduled' && status === 'False');
  return condition?.reason === 'Unschedulable' ? condition.message : undefined;
}

test('pods get a node, are told so, and nothing is written afterwards', async (t) => {
  const { client, eventsOf, atRest, writes, errors } = await testCluster(t);
  await create(client, 'web');
  const pod = await scheduledTo(client, 'web');
  assert.equal(pod.spec?.nodeName, 'node');
  await see(
    () => eventsOf(pod),
    (texts) => texts.includes('Scheduled: Successfully assigned default/web to node'),
  );
  await atRest();
  writes.length = 0;
  await client.mergePatch(Pod, pod.metadata, { metadata: { labels: { touched: 'yes' } } });
  await atRest();
  assert.deepEqual([writes, errors], [[], []]);
});

test('a pod that fits nowhere says why, and is scheduled when that changes', async (t) => {
  const { client, eventsOf } = await testCluster(t, { nodes: [] });
  const resources = { requests: { cpu: '3' } };
  const spec = { containers: [{ name: 'main', image: 'main', resources }] };
  const first = await create(client, 'first', spec);
  await see(
    () => client.get(Pod, first.metadata),
    (pod) => reasonFor(pod) === 'no nodes available to schedule pods',
  );
  await createNode(client, 'a');
  await scheduledTo(client, 'first');
  const second = await create(client, 'second', spec);
  const message = '0/1 nodes are available: 1 Insufficient cpu.';
  await see(
    () => client.get(Pod, second.metadata),
    (pod) => reasonFor(pod) === message,
  );
  await see(
    () => eventsOf(second),
    (texts) => texts.includes(`FailedScheduling: ${message}`),
  );
  await client.delete(Pod, first.metadata, { gracePeriodSeconds: 0 });
  await scheduledTo(client, 'second');
});

test('pods that come at once do not get the same room', async (t) => {
  const { client } = await testCluster(t, { nodes: ['a', 'b'] });
  const resources = { requests: { cpu: '2' } };
  const spec = { containers: [{ name: 'main', image: 'main', resources }] };
  await Promise.all(['p1', 'p2', 'p3', 'p4', 'p5'].map((name) => create(client, name, spec)));
  const pods = await see(
    async () => (await client.list(Pod, { namespace })).items,
    (items) => items.every((pod) => pod.spec?.nodeName !== undefined || reasonFor(pod) !== undefined),
  );
  const on = (node: string) => pods.filter(({ spec }) => spec?.nodeName === node).length;
  assert.deepEqual([on('a'), on('b')], [2, 2]);
});

test('a cordoned node takes no pods until it is opened again', async (t) => {
  const { client } = await testCluster(t);
  await client.mergePatch(Node, { name: 'node' }, { spec: { unschedulable: true } });
  const pod = await create(client, 'web');
  await see(
    () => client.get(Pod, pod.metadata),
    (found) => reasonFor(found) === '0/1 nodes are available: 1 node(s) were unschedulable.',
  );
  await client.mergePatch(Node, { name: 'node' }, { spec: { unschedulable: null } });
  await scheduledTo(client, 'web');
});
