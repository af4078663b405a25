import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Deployment, type DeploymentSpec, ReplicaSet } from '@kindred/apis/apps/v1';
import { Pod } from '@kindred/apis/core/v1';
import type { Client } from '@kindred/client';
import type { Observed } from '@kindred/machinery';
import { see } from '@kindred-conformance/clients/in-process';
import { gone, testCluster } from './test-cluster.ts';

const namespace = 'default';
const at = { namespace, name: 'web' };
const labels = { app: 'web' };
const revision = 'deployment.kubernetes.io/revision';

function web(spec: Partial<DeploymentSpec> & { image?: string } = {}) {
  const { image = 'main:1', ...more } = spec;
  return {
    metadata: { ...at },
    spec: {
      replicas: 3,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'main', image }] } },
      ...more,
    },
  };
}

function setImage(client: Client, image: string): Promise<Observed<Deployment>> {
  return client.strategicPatch(Deployment, at, {
    spec: { template: { spec: { containers: [{ name: 'main', image }] } } },
  });
}

/** Complete as `kubectl rollout status` sees it. */
function rolledOut({ metadata, spec, status }: Observed<Deployment>): boolean {
  const replicas = spec?.replicas ?? 1;
  return (
    status?.observedGeneration === metadata.generation &&
    (status?.updatedReplicas ?? 0) === replicas &&
    (status?.replicas ?? 0) === replicas &&
    (status?.availableReplicas ?? 0) === replicas
  );
}

function complete(client: Client): Promise<Observed<Deployment>> {
  return see(() => client.get(Deployment, at), rolledOut);
}

async function images(client: Client): Promise<string[]> {
  const { items } = await client.list(Pod, { namespace });
  return items
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    .map(({ spec }) => spec?.containers[0]?.image ?? '')
    .sort();
}

async function sets(client: Client): Promise<Record<string, number>> {
  const { items } = await client.list(ReplicaSet, { namespace });
  return Object.fromEntries(
    items.map(({ metadata, spec }) => [metadata.annotations?.[revision] ?? '', spec?.replicas ?? -1]),
  );
}

test('a deployment rolls out, tells of it, and then nothing is written any more', async (t) => {
  const { client, atRest, writes, errors, eventsOf } = await testCluster(t);
  await client.create(Deployment, web());
  const done = await complete(client);
  assert.equal(done.metadata.annotations?.[revision], '1');
  const conditions = done.status?.conditions?.map(({ type, status, reason }) => `${type} ${status} ${reason}`);
  assert.deepEqual(conditions?.sort(), [
    'Available True MinimumReplicasAvailable',
    'Progressing True NewReplicaSetAvailable',
  ]);
  await atRest();
  writes.length = 0;
  const { items } = await client.list(ReplicaSet, { namespace });
  const [set] = items;
  assert.ok(set);
  // Events come a moment later.
  await see(
    () => eventsOf(done),
    (texts) => texts.includes(`ScalingReplicaSet: Scaled up replica set ${set.metadata.name} from 0 to 3`),
  );
  await see(
    () => eventsOf(set),
    (texts) => texts.length === 3 && texts.every((text) => text.startsWith('SuccessfulCreate: Created pod: web-')),
  );
  await client.mergePatch(Deployment, at, { metadata: { labels: { touched: 'yes' } } });
  await atRest();
  assert.deepEqual(writes, []);
  assert.deepEqual(errors, []);
});

test('a new image replaces all pods within the limits; undo brings the old set back under a new number', async (t) => {
  const { client, atRest, errors } = await testCluster(t);
  await client.create(Deployment, web({ replicas: 4 }));
  await complete(client);
  await setImage(client, 'main:2');
  await complete(client);
  assert.deepEqual(await images(client), Array(4).fill('main:2'));
  assert.deepEqual(await sets(client), { 1: 0, 2: 4 });
  // As kubectl does it: the old template is put back.
  await setImage(client, 'main:1');
  const undone = await complete(client);
  assert.equal(undone.metadata.annotations?.[revision], '3');
  assert.deepEqual(await sets(client), { 2: 0, 3: 4 });
  await atRest();
  assert.deepEqual(errors, []);
});

test('a rollout whose pods do not come up keeps the old ones, and scales in proportion', async (t) => {
  const fate = (pod: Observed<Pod>) => (pod.spec?.containers[0]?.image === 'bad' ? 'unready' : 'ready');
  const { client, atRest } = await testCluster(t, { fate });
  const strategy = { type: 'RollingUpdate', rollingUpdate: { maxSurge: 3, maxUnavailable: 2 } };
  await client.create(Deployment, web({ replicas: 10, strategy }));
  await complete(client);
  await setImage(client, 'bad');
  await atRest();
  assert.deepEqual(await sets(client), { 1: 8, 2: 5 });
  // The example of the documentation: 5 more are spread over both.
  await client.mergePatch(Deployment, at, { spec: { replicas: 15 } });
  await atRest();
  assert.deepEqual(await sets(client), { 1: 11, 2: 7 });
  await setImage(client, 'main:3');
  await complete(client);
  assert.deepEqual(await images(client), Array(15).fill('main:3'));
});

test('recreate ends all old pods before the first new one', async (t) => {
  let slow = true;
  const { client, atRest } = await testCluster(t, { ends: () => !slow });
  await client.create(Deployment, web({ strategy: { type: 'Recreate' } }));
  await complete(client);
  await setImage(client, 'main:2');
  await atRest();
  const { items } = await client.list(Pod, { namespace });
  assert.deepEqual(
    items.map(({ spec }) => spec?.containers[0]?.image),
    Array(3).fill('main:1'),
  );
  assert.ok(items.every(({ metadata }) => metadata.deletionTimestamp !== undefined));
  slow = false;
  for (const { metadata } of items) await client.delete(Pod, metadata, { gracePeriodSeconds: 0 });
  await complete(client);
  assert.deepEqual(await images(client), Array(3).fill('main:2'));
});

test('a paused deployment takes a new size but no new template, until it is resumed', async (t) => {
  const { client, atRest } = await testCluster(t);
  await client.create(Deployment, web());
  await complete(client);
  await client.mergePatch(Deployment, at, { spec: { paused: true } });
  await setImage(client, 'main:2');
  await client.mergePatch(Deployment, at, { spec: { replicas: 5 } });
  await see(
    () => images(client),
    (list) => list.length === 5,
  );
  await atRest();
  assert.deepEqual(await images(client), Array(5).fill('main:1'));
  const paused = await client.get(Deployment, at);
  assert.equal(paused.status?.conditions?.find(({ type }) => type === 'Progressing')?.reason, 'DeploymentPaused');
  await client.mergePatch(Deployment, at, { spec: { paused: false } });
  await complete(client);
  assert.deepEqual(await images(client), Array(5).fill('main:2'));
});

test('old sets beyond the history limit are deleted', async (t) => {
  const { client, atRest } = await testCluster(t);
  await client.create(Deployment, web({ replicas: 1, revisionHistoryLimit: 2 }));
  await complete(client);
  for (const image of ['main:2', 'main:3', 'main:4', 'main:5']) {
    await setImage(client, image);
    await complete(client);
  }
  await atRest();
  assert.deepEqual(await sets(client), { 3: 0, 4: 0, 5: 1 });
});

test('sets and pods that match and have no controller are adopted; what matches no more is released', async (t) => {
  const { client, atRest } = await testCluster(t);
  const pod = {
    metadata: { namespace, name: 'alone', labels },
    spec: { containers: [{ name: 'main', image: 'main:1' }] },
  };
  await client.create(Pod, pod);
  const { template, selector } = web().spec;
  await client.create(ReplicaSet, {
    metadata: { namespace, name: 'set', labels },
    spec: { replicas: 2, selector, template },
  });
  await see(
    () => client.get(ReplicaSet, { namespace, name: 'set' }),
    ({ status }) => status?.readyReplicas === 2,
  );
  const adopted = await client.get(Pod, { namespace, name: 'alone' });
  assert.equal(adopted.metadata.ownerReferences?.[0]?.name, 'set');
  await client.mergePatch(Pod, { namespace, name: 'alone' }, { metadata: { labels: { app: 'other' } } });
  await see(
    () => client.get(Pod, { namespace, name: 'alone' }),
    ({ metadata }) => (metadata.ownerReferences ?? []).length === 0,
  );
  await atRest();
  assert.equal((await client.list(Pod, { namespace }, { labelSelector: 'app=web' })).items.length, 2);
  await client.create(Deployment, web({ replicas: 2 }));
  await complete(client);
  const set = await client.get(ReplicaSet, { namespace, name: 'set' });
  assert.equal(set.metadata.ownerReferences?.[0]?.kind, 'Deployment');
});

test('a deployment that is deleted takes its sets and pods with it', async (t) => {
  const { client, errors } = await testCluster(t);
  await client.create(Deployment, web());
  await complete(client);
  await client.delete(Deployment, at, { propagationPolicy: 'Background' });
  await gone(client, Deployment, at);
  await see(
    async () => [...(await client.list(ReplicaSet)).items, ...(await client.list(Pod)).items],
    (left) => left.length === 0,
  );
  assert.deepEqual(errors, []);
});

test('pods wait for their minReadySeconds to be available', async (t) => {
  const { client } = await testCluster(t);
  await client.create(Deployment, web({ replicas: 1, minReadySeconds: 1 }));
  await see(
    () => client.get(Deployment, at),
    ({ status }) => status?.readyReplicas === 1 && (status?.availableReplicas ?? 0) === 0,
  );
  await complete(client);
});
