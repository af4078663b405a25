/** The Website example against the real API server; the parts of a cluster that make pods are played by the test. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Deployment } from '@kindred/apis/apps/v1';
import { type ContainerStatus, Event, Pod, Service } from '@kindred/apis/core/v1';
import type { Client } from '@kindred/client';
import { isStatusError, systemClock } from '@kindred/machinery';
import { findCondition, installKinds } from '@kindred/operator';
import { CustomResourceDefinitionV1 } from '@kindred/schema';
import { atRest, see } from '@kindred-conformance/clients/in-process';
import website, { Website, websites } from '@kindred-examples/website';
import { testCluster } from './test-cluster.ts';

const at = { namespace: 'default', name: 'kubia' };
const child = { namespace: 'default', name: 'kubia-website' };
const gitRepo = 'https://user:secret@example.com/site.git';

function containers(served: boolean, sync: Partial<ContainerStatus>): ContainerStatus[] {
  const base = { image: 'x', imageID: '', restartCount: 0, state: { running: {} } };
  return [
    { ...base, name: 'main', ready: served },
    { ...base, name: 'git-sync', ready: true, ...sync },
  ];
}

async function createPod(client: Client): Promise<void> {
  const labels = { 'extensions.example.com/website': 'kubia' };
  const both = ['main', 'git-sync'].map((name) => ({ name, image: name }));
  await client.create(Pod, {
    metadata: { namespace: 'default', name: 'kubia-pod', labels },
    spec: { containers: both },
  });
}

async function setPod(client: Client, containerStatuses: ContainerStatus[]): Promise<void> {
  const status = { hostIP: '10.0.0.7', containerStatuses };
  await client.mergePatch(Pod, { namespace: 'default', name: 'kubia-pod' }, { status }, { subresource: 'status' });
}

test('a Website gets a Deployment and a Service, tells what its pods tell, and costs nothing at rest', async (t) => {
  const { client, run, writes, errors } = await testCluster(t);
  await installKinds(website, { client, clock: systemClock });
  const manager = await run(websites);
  await client.create(Website, { metadata: at, spec: { gitRepo } });

  const site = await see(
    () => client.get(Website, at),
    (seen) => findCondition(seen, 'Ready') !== undefined,
  );
  const deployment = await client.get(Deployment, child);
  const service = await client.get(Service, child);
  for (const { metadata } of [deployment, service]) {
    assert.equal(metadata.ownerReferences?.[0]?.uid, site.metadata.uid);
    assert.equal(metadata.ownerReferences?.[0]?.controller, true);
  }
  assert.deepEqual(
    deployment.spec?.template.spec?.containers.map(({ name, image }) => [name, image]),
    [
      ['main', 'nginx:alpine'],
      ['git-sync', 'openweb/git-sync'],
    ],
  );
  assert.equal(service.spec?.type, 'NodePort');
  assert.equal(findCondition(site, 'Synced')?.message, 'Fetching https://example.com/site.git');

  await createPod(client);
  await setPod(client, containers(true, {}));
  await client.mergePatch(Deployment, child, { status: { availableReplicas: 1 } }, { subresource: 'status' });
  const served = await see(
    () => client.get(Website, at),
    (seen) => findCondition(seen, 'Ready')?.status === 'True' && findCondition(seen, 'Synced')?.status === 'True',
  );
  assert.equal(served.status?.nodePort, service.spec?.ports?.[0]?.nodePort);

  await atRest(manager);
  writes.length = 0;
  await client.mergePatch(Website, at, { metadata: { labels: { touched: 'yes' } } });
  await client.mergePatch(Deployment, child, { metadata: { annotations: { touched: 'yes' } } });
  await atRest(manager);
  await manager.close();
  await atRest(await run(websites));
  assert.deepEqual(writes, [], 'neither now nor after a restart');
  assert.deepEqual(errors, []);
});

test('a repository that cannot be fetched is told in status and as an event, and forgotten when it can', async (t) => {
  const { client, run, errors } = await testCluster(t);
  await installKinds(website, { client, clock: systemClock });
  const manager = await run(websites);
  await client.create(Website, { metadata: at, spec: { gitRepo } });
  await createPod(client);
  const terminated = { exitCode: 1, message: 'cannot clone https://example.com/site.git: repository not found\n' };
  const waiting = { reason: 'CrashLoopBackOff', message: 'back-off 10s restarting failed container' };
  await setPod(client, containers(false, { ready: false, state: { waiting }, lastState: { terminated } }));
  const failed = await see(
    () => client.get(Website, at),
    (seen) => findCondition(seen, 'Synced')?.status === 'False',
  );
  const synced = findCondition(failed, 'Synced');
  assert.equal(synced?.reason, 'GitSyncFailed');
  assert.match(
    synced?.message ?? '',
    /^Cannot fetch https:\/\/example\.com\/site\.git: cannot clone .*: repository not found$/,
  );
  const events = await see(
    async () => (await client.list(Event, { namespace: 'default' })).items,
    (items) => items.some(({ reason }) => reason === 'GitSyncFailed'),
  );
  assert.equal(events.find(({ reason }) => reason === 'GitSyncFailed')?.type, 'Warning');

  // Tried again, and not yet known to succeed: the failure stays told.
  await setPod(client, containers(false, { lastState: { terminated }, restartCount: 1 }));
  await atRest(manager);
  assert.equal(findCondition(await client.get(Website, at), 'Synced')?.status, 'False');
  await setPod(client, containers(true, { lastState: { terminated }, restartCount: 1 }));
  await see(
    () => client.get(Website, at),
    (seen) => findCondition(seen, 'Synced')?.status === 'True',
  );
  assert.deepEqual(errors, []);
});

test('a definition that keeps no status hears of a failure by an event, once', async (t) => {
  const { client, run, errors } = await testCluster(t);
  const spec = { type: 'object', properties: { gitRepo: { type: 'string' } } };
  const schema = { openAPIV3Schema: { type: 'object', properties: { spec } } };
  const versions = [{ name: 'v1', served: true, storage: true, schema }];
  const names = { kind: 'Website', plural: 'websites', singular: 'website' };
  await client.create(CustomResourceDefinitionV1, {
    metadata: { name: 'websites.extensions.example.com' },
    spec: { group: 'extensions.example.com', scope: 'Namespaced', names, versions },
  });
  await see(
    () => client.list(Website, { namespace: 'default' }),
    () => true,
  );
  const manager = await run(websites);
  await client.create(Website, { metadata: at, spec: { gitRepo } });
  await createPod(client);
  const terminated = { exitCode: 1, message: 'cannot clone' };
  await setPod(client, containers(false, { ready: false, state: { terminated } }));
  const failures = async () =>
    (await client.list(Event, { namespace: 'default' })).items.filter(({ reason }) => reason === 'GitSyncFailed');
  await see(failures, ({ length }) => length > 0);
  await client.mergePatch(Website, at, { metadata: { labels: { touched: 'yes' } } });
  await setPod(client, containers(false, { ready: false, state: { terminated }, restartCount: 1 }));
  await atRest(manager);
  assert.deepEqual(
    (await failures()).map(({ count }) => count),
    [1],
  );
  assert.equal((await client.get(Website, at)).status, undefined);
  assert.deepEqual(errors, []);
});

test('drift is put right, a new repository is rolled out, and a wrong Website is refused by field', async (t) => {
  const { client, run, errors } = await testCluster(t);
  await installKinds(website, { client, clock: systemClock });
  await run(websites);
  await client.create(Website, { metadata: at, spec: { gitRepo } });
  await see(
    () => client.get(Deployment, child),
    () => true,
  );
  await client.mergePatch(Deployment, child, { spec: { replicas: 5 } });
  await see(
    () => client.get(Deployment, child),
    (seen) => seen.spec?.replicas === 1,
  );
  await client.delete(Service, child);
  await see(
    () => client.get(Service, child),
    () => true,
  );
  await client.mergePatch(Website, at, { spec: { gitRepo: 'https://example.com/other.git' } });
  await see(
    () => client.get(Deployment, child),
    (seen) => seen.spec?.template.spec?.containers[1]?.env?.[0]?.value === 'https://example.com/other.git',
  );
  await assert.rejects(client.mergePatch(Website, at, { spec: { gitRepo: 5 } }), (error) => {
    return isStatusError(error, 'Invalid') && /spec\.gitRepo/.test(error.message);
  });
  assert.deepEqual(errors, []);
});
