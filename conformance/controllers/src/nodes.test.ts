import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Lease } from '@kindred/apis/coordination/v1';
import { Node, Pod } from '@kindred/apis/core/v1';
import { nodeLifecycleController, podGarbageCollector } from '@kindred/controllers';
import { see } from '@kindred-conformance/clients/in-process';
import { gone, testCluster } from './test-cluster.ts';

const name = 'node';
const pod = {
  metadata: { namespace: 'default', name: 'web' },
  spec: { containers: [{ name: 'main', image: 'main' }] },
};

test('a silent node becomes unreachable, and is open again when it is heard of', async (t) => {
  const { client, errors } = await testCluster(t, { more: [nodeLifecycleController({ gracePeriod: 600 })] });
  const silent = await see(
    () => client.get(Node, { name }),
    ({ spec }) => spec?.taints?.length === 2,
  );
  assert.equal(silent.status?.conditions?.find(({ type }) => type === 'Ready')?.status, 'Unknown');
  assert.deepEqual(
    silent.spec?.taints?.map(({ key, effect }) => `${key}:${effect}`),
    ['node.kubernetes.io/unreachable:NoSchedule', 'node.kubernetes.io/unreachable:NoExecute'],
  );
  const renewTime = '2026-01-01T00:00:00.000000Z';
  await client.create(Lease, { metadata: { namespace: 'kube-node-lease', name }, spec: { renewTime } });
  const conditions = silent.status?.conditions?.map((condition) => ({ ...condition, status: 'True' }));
  await client.mergePatch(Node, { name }, { status: { conditions } }, { subresource: 'status' });
  await see(
    () => client.get(Node, { name }),
    ({ spec }) => !spec?.taints?.some(({ key }) => key === 'node.kubernetes.io/unreachable'),
  );
  assert.deepEqual(errors, []);
});

test('a cordoned node has the taint that says so', async (t) => {
  const { client } = await testCluster(t);
  await client.mergePatch(Node, { name }, { spec: { unschedulable: true } });
  await see(
    () => client.get(Node, { name }),
    ({ spec }) => spec?.taints?.[0]?.key === 'node.kubernetes.io/unschedulable',
  );
});

test('pods of a node that is gone are removed', async (t) => {
  const ends = () => false;
  const { client, errors } = await testCluster(t, { ends, more: [podGarbageCollector({ quarantine: 20 })] });
  await client.create(Pod, pod);
  await see(
    () => client.get(Pod, pod.metadata),
    ({ status }) => status?.phase === 'Running',
  );
  await client.delete(Node, { name });
  await gone(client, Pod, pod.metadata);
  assert.deepEqual(errors, []);
});
