import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConfigMap, Namespace, Secret } from '@kindred/apis/core/v1';
import { ClusterRole } from '@kindred/apis/rbac/v1';
import type { Client, Transport } from '@kindred/client';
import type { KubeObject, Observed, OwnerReference } from '@kindred/machinery';
import { see } from '@kindred-conformance/clients/in-process';
import { find, gone, testCluster } from './test-cluster.ts';

const namespace = 'default';

function ownedBy(owner: Observed<KubeObject>, more: Partial<OwnerReference> = {}): OwnerReference {
  return { apiVersion: 'v1', kind: 'ConfigMap', name: owner.metadata.name, uid: owner.metadata.uid, ...more };
}

function create(client: Client, name: string, owners: OwnerReference[] = [], more: object = {}) {
  return client.create(ConfigMap, { metadata: { namespace, name, ownerReferences: owners, ...more } });
}

const at = (name: string) => ({ namespace, name });

async function names(client: Client): Promise<string[]> {
  const { items } = await client.list(ConfigMap, { namespace });
  return items.map(({ metadata }) => metadata.name).filter((name) => name !== 'kube-root-ca.crt');
}

test('background: the owner goes at once, then its dependents and theirs', async (t) => {
  const { client, errors } = await testCluster(t);
  const top = await create(client, 'top');
  const middle = await create(client, 'middle', [ownedBy(top)]);
  await create(client, 'bottom', [ownedBy(middle)]);
  await create(client, 'other');
  await client.delete(ConfigMap, at('top'), { propagationPolicy: 'Background' });
  assert.equal(await find(client, ConfigMap, at('top')), undefined);
  await see(
    () => names(client),
    (left) => left.length === 1 && left[0] === 'other',
  );
  assert.deepEqual(errors, []);
});

test('foreground: the owner waits for dependents that block it', async (t) => {
  const { client, atRest } = await testCluster(t);
  const top = await create(client, 'top');
  await create(client, 'held', [ownedBy(top, { blockOwnerDeletion: true })], { finalizers: ['example.com/hold'] });
  await create(client, 'free', [ownedBy(top, { blockOwnerDeletion: true })]);
  await client.delete(ConfigMap, at('top'), { propagationPolicy: 'Foreground' });
  await gone(client, ConfigMap, at('free'));
  await atRest();
  const waiting = await client.get(ConfigMap, at('top'));
  assert.deepEqual(waiting.metadata.finalizers, ['foregroundDeletion']);
  await client.mergePatch(ConfigMap, at('held'), { metadata: { finalizers: null } });
  await gone(client, ConfigMap, at('top'));
  assert.deepEqual(await names(client), []);
});

test('foreground: a dependent that does not block is not waited for', async (t) => {
  const { client } = await testCluster(t);
  const top = await create(client, 'top');
  await create(client, 'held', [ownedBy(top)], { finalizers: ['example.com/hold'] });
  await client.delete(ConfigMap, at('top'), { propagationPolicy: 'Foreground' });
  await gone(client, ConfigMap, at('top'));
  await see(
    () => client.get(ConfigMap, at('held')),
    ({ metadata }) => metadata.deletionTimestamp !== undefined,
  );
});

test('orphan: dependents stay and forget their owner', async (t) => {
  const { client, atRest } = await testCluster(t);
  const top = await create(client, 'top');
  await create(client, 'child', [ownedBy(top)]);
  await atRest();
  await client.delete(ConfigMap, at('top'), { propagationPolicy: 'Orphan' });
  await gone(client, ConfigMap, at('top'));
  await see(
    () => client.get(ConfigMap, at('child')),
    ({ metadata }) => (metadata.ownerReferences ?? []).length === 0,
  );
});

test('an object with another owner only loses the reference', async (t) => {
  const { client } = await testCluster(t);
  const [one, two] = [await create(client, 'one'), await create(client, 'two')];
  await create(client, 'child', [ownedBy(one), ownedBy(two)]);
  await client.delete(ConfigMap, at('one'), { propagationPolicy: 'Background' });
  const child = await see(
    () => client.get(ConfigMap, at('child')),
    ({ metadata }) => metadata.ownerReferences?.length === 1,
  );
  assert.equal(child.metadata.ownerReferences?.[0]?.name, 'two');
});

test('objects that own each other go together', async (t) => {
  const { client } = await testCluster(t);
  const one = await create(client, 'one');
  const two = await create(client, 'two', [ownedBy(one, { blockOwnerDeletion: true })]);
  const ownerReferences = [ownedBy(two, { blockOwnerDeletion: true })];
  await client.mergePatch(ConfigMap, at('one'), { metadata: { ownerReferences } });
  await client.delete(ConfigMap, at('one'), { propagationPolicy: 'Foreground' });
  await see(
    () => names(client),
    (left) => left.length === 0,
  );
});

test('an owner that never was, and one of the same name that came later, are no owners', async (t) => {
  const { client } = await testCluster(t);
  const top = await create(client, 'top');
  await create(client, 'child', [ownedBy(top, { uid: 'another-uid' })]);
  await gone(client, ConfigMap, at('child'));
  assert.ok(await find(client, ConfigMap, at('top')));
});

test('an owner in another namespace is none, and an event says so', async (t) => {
  const { client, eventsOf } = await testCluster(t);
  await client.create(Namespace, { metadata: { name: 'far' } });
  const far = await client.create(ConfigMap, { metadata: { namespace: 'far', name: 'owner' } });
  const child = await create(client, 'child', [ownedBy(far)]);
  await gone(client, ConfigMap, at('child'));
  const expected = `OwnerRefInvalidNamespace: ownerRef [v1/ConfigMap, namespace: default, name: owner, uid: ${far.metadata.uid}] does not exist in namespace "default"`;
  await see(
    () => eventsOf(child),
    (texts) => texts.includes(expected),
  );
  assert.ok(await find(client, ConfigMap, { namespace: 'far', name: 'owner' }));
});

test('a cluster-scoped owner may own objects in a namespace', async (t) => {
  const { client, atRest } = await testCluster(t);
  const role = await client.create(ClusterRole, { metadata: { name: 'owner' }, rules: [] });
  const reference = ownedBy(role, { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole' });
  await create(client, 'child', [reference]);
  await atRest();
  assert.ok(await find(client, ConfigMap, at('child')));
  await client.delete(ClusterRole, { name: 'owner' });
  await gone(client, ConfigMap, at('child'));
});

test('an object that was orphaned stays, however late its event comes', async (t) => {
  const late = lateEvents('/secrets');
  const { client, atRest } = await testCluster(t, { between: late.between });
  const owner = await create(client, 'owner');
  await client.create(Secret, { metadata: { namespace, name: 'child', ownerReferences: [ownedBy(owner)] } });
  await atRest();
  late.hold();
  await client.mergePatch(Secret, at('child'), { metadata: { ownerReferences: null } });
  await client.delete(ConfigMap, at('owner'), { propagationPolicy: 'Background' });
  await atRest();
  assert.ok(await find(client, Secret, at('child')));
  late.release();
  await atRest();
  assert.ok(await find(client, Secret, at('child')));
});

/** A transport whose watches of one resource can be held up. */
function lateEvents(resource: string) {
  let gate = Promise.resolve();
  let release = (): void => undefined;
  const between = (transport: Transport): Transport => ({
    async request(request) {
      const answer = await transport.request(request);
      if (!request.path.includes(`${resource}?`) || !request.path.includes('watch=')) return answer;
      const { body } = answer;
      async function* held(): AsyncGenerator<Uint8Array> {
        for await (const chunk of body) {
          await gate;
          yield chunk;
        }
      }
      return { ...answer, body: held() };
    },
    close: () => transport.close(),
  });
  return {
    between,
    hold() {
      gate = new Promise((resolve) => {
        release = resolve;
      });
    },
    release: () => release(),
  };
}
