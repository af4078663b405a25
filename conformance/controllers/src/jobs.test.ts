import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Job, type JobSpec } from '@kindred/apis/batch/v1';
import { Pod } from '@kindred/apis/core/v1';
import type { Client } from '@kindred/client';
import type { Observed } from '@kindred/machinery';
import { see } from '@kindred-conformance/clients/in-process';
import { find, gone, testCluster } from './test-cluster.ts';

const namespace = 'default';
const at = { namespace, name: 'work' };

function create(client: Client, spec: Partial<JobSpec> = {}): Promise<Observed<Job>> {
  const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'main' }] } };
  return client.create(Job, { metadata: { ...at }, spec: { template, ...spec } });
}

function reaches(client: Client, condition: string): Promise<Observed<Job>> {
  return see(
    () => client.get(Job, at),
    ({ status }) => status?.conditions?.some(({ type, status: is }) => type === condition && is === 'True') === true,
  );
}

async function pods(client: Client): Promise<Observed<Pod>[]> {
  return (await client.list(Pod, { namespace })).items;
}

test('a job runs its pods, counts each once, and writes nothing when it is done', async (t) => {
  const { client, atRest, writes, errors, eventsOf } = await testCluster(t, { fate: () => 'succeeds' });
  const job = await create(client, { completions: 5, parallelism: 2 });
  const done = await reaches(client, 'Complete');
  assert.equal(done.status?.succeeded, 5);
  assert.ok(done.status?.completionTime);
  assert.deepEqual(done.status?.uncountedTerminatedPods, {});
  const ended = await pods(client);
  assert.equal(ended.length, 5);
  assert.ok(ended.every(({ metadata }) => metadata.finalizers === undefined));
  await see(
    () => eventsOf(job),
    (texts) => texts.includes('Completed: Job completed'),
  );
  await atRest();
  writes.length = 0;
  await client.mergePatch(Job, at, { metadata: { annotations: { touched: 'yes' } } });
  await atRest();
  assert.deepEqual([writes, errors], [[], []]);
});

test('a job whose pods fail fails', async (t) => {
  const { client, eventsOf } = await testCluster(t, { fate: () => 'fails' });
  const job = await create(client, { backoffLimit: 0 });
  const failed = await reaches(client, 'Failed');
  assert.equal(failed.status?.failed, 1);
  await see(
    () => eventsOf(job),
    (texts) => texts.includes('BackoffLimitExceeded: Job has reached the specified backoff limit'),
  );
});

test('indexed pods know their index', async (t) => {
  const { client } = await testCluster(t, { fate: () => 'succeeds' });
  await create(client, { completions: 3, parallelism: 3, completionMode: 'Indexed' });
  const done = await reaches(client, 'Complete');
  assert.equal(done.status?.completedIndexes, '0-2');
  const [first] = (await pods(client)).sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
  assert.match(first?.metadata.name ?? '', /^work-0-/);
  assert.equal(first?.spec?.hostname, 'work-0');
  assert.equal(first?.spec?.containers[0]?.env?.[0]?.name, 'JOB_COMPLETION_INDEX');
});

test('a suspended job starts when it is resumed', async (t) => {
  const { client, atRest } = await testCluster(t, { fate: () => 'succeeds' });
  await create(client, { suspend: true });
  await reaches(client, 'Suspended');
  await atRest();
  assert.deepEqual(await pods(client), []);
  await client.mergePatch(Job, at, { spec: { suspend: false } });
  await reaches(client, 'Complete');
});

test('a job that is deleted takes its pods with it', async (t) => {
  const { client, errors } = await testCluster(t);
  await create(client, { completions: 2, parallelism: 2 });
  await see(
    () => client.get(Job, at),
    ({ status }) => status?.ready === 2,
  );
  await client.delete(Job, at, { propagationPolicy: 'Background' });
  await see(
    () => pods(client),
    (left) => left.length === 0,
  );
  assert.deepEqual(errors, []);
});

test('a finished job goes when its time is over', async (t) => {
  const { client } = await testCluster(t, { fate: () => 'succeeds' });
  await create(client, { ttlSecondsAfterFinished: 0 });
  await gone(client, Job, at);
  assert.equal(await find(client, Job, at), undefined);
});

test('a pod that is deleted while it runs counts as failed', async (t) => {
  const { client } = await testCluster(t);
  await create(client);
  const [first] = await see(
    () => pods(client),
    ([pod]) => pod?.status?.phase === 'Running',
  );
  assert.ok(first);
  await client.delete(Pod, first.metadata);
  const counted = await see(
    () => client.get(Job, at),
    ({ status }) => status?.failed === 1,
  );
  assert.equal(counted.status?.succeeded, undefined);
  await gone(client, Pod, first.metadata);
});
