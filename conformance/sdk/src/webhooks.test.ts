import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { ValidatingWebhookConfiguration } from '@kindred/apis/admissionregistration/v1';
import { ConfigMap, Service } from '@kindred/apis/core/v1';
import { forbidden, invalidValue, isStatusError, ManualClock } from '@kindred/machinery';
import {
  createManager,
  defineExtension,
  mutatingWebhook,
  validatingWebhook,
  type Webhook,
  webhookServer,
} from '@kindred/operator';
import { see } from '@kindred-conformance/clients/in-process';
import { freePort, localAddress } from './local-address.ts';
import { type TestCluster, testCluster } from './test-cluster.ts';

const checkMaps = validatingWebhook({
  kind: ConfigMap,
  failurePolicy: 'Ignore',
  operations: ['CREATE', 'UPDATE', 'DELETE'],
  validate({ object, operation, user }) {
    if (operation === 'DELETE') {
      if (object.data?.['keep'] === 'yes')
        throw forbidden({ group: '', resource: 'configmaps' }, 'x', `not for ${user.username}`);
      return {};
    }
    const { size = '' } = object.data ?? {};
    return {
      errors: size === 'huge' ? [invalidValue('data.size', size, 'is too much')] : [],
      warnings: size === 'big' ? ['that is a lot'] : [],
    };
  },
});

const nameMaps = mutatingWebhook({
  kind: ConfigMap,
  mutate({ object }) {
    object.metadata.labels = { ...object.metadata.labels, seen: 'yes' };
    return object;
  },
});

async function clusterWith(t: TestContext, ...webhooks: readonly Webhook[]) {
  const cluster = await testCluster(t);
  const manager = await cluster.run(webhookServer({ extension: 'maps', webhooks }));
  return { cluster, manager, create: mapMaker(cluster) };
}

function mapMaker({ client }: TestCluster) {
  return (name: string, data: Record<string, string> = {}) =>
    client.create(ConfigMap, { metadata: { name, namespace: 'default' }, data });
}

test('webhooks of an extension check and change objects, with errors like those of a schema', async (t) => {
  const { cluster, create } = await clusterWith(t, checkMaps, nameMaps);
  const made = await create('a', { size: 'small' });
  assert.equal(made.metadata.labels?.['seen'], 'yes');
  await assert.rejects(create('b', { size: 'huge' }), (error) => {
    assert.ok(isStatusError(error, 'Invalid'));
    assert.equal(
      error.message,
      'admission webhook "configmaps.maps.kindred.dev" denied the request: ConfigMap "b" is invalid: data.size: Invalid value: "huge": is too much',
    );
    assert.equal(error.code, 422);
    assert.deepEqual(error.status.details.causes, [
      { reason: 'FieldValueInvalid', message: 'Invalid value: "huge": is too much', field: 'data.size' },
    ]);
    return true;
  });
  await create('kept', { keep: 'yes' });
  await assert.rejects(cluster.client.delete(ConfigMap, { name: 'kept', namespace: 'default' }), (error) =>
    isStatusError(error, 'Forbidden'),
  );
  await assert.rejects(
    cluster.client.mergePatch(
      ConfigMap,
      { name: 'a', namespace: 'default' },
      { data: { size: 'huge' } },
      { dryRun: true },
    ),
    (error) => isStatusError(error, 'Invalid'),
  );
  assert.deepEqual(cluster.errors, []);
});

test('the configuration comes with the server and goes with it', async (t) => {
  const { cluster, manager, create } = await clusterWith(t, checkMaps);
  const at = { name: 'kindred-maps' };
  const { webhooks = [] } = await cluster.client.get(ValidatingWebhookConfiguration, at);
  const [webhook] = webhooks;
  assert.match(
    webhook?.clientConfig.url ?? '',
    /^https:\/\/127\.0\.0\.1:\d+\/[0-9a-f]{32}\/validating\/configmaps\.maps\.kindred\.dev$/,
  );
  assert.deepEqual(
    webhook?.matchConditions?.map(({ name }) => name),
    ['not-being-deleted'],
  );
  assert.deepEqual([webhook?.failurePolicy, webhook?.sideEffects, webhooks.length], ['Ignore', 'None', 1]);
  await manager.close();
  await assert.rejects(cluster.client.get(ValidatingWebhookConfiguration, at), (error) =>
    isStatusError(error, 'NotFound'),
  );
  await create('b', { size: 'huge' });
});

test('what is being deleted is never held by a webhook, and a webhook that breaks is the policy’s matter', async (t) => {
  const strict = validatingWebhook({
    kind: ConfigMap,
    validate({ operation }) {
      if (operation === 'UPDATE') throw new Error('broken');
      return {};
    },
  });
  const { cluster } = await clusterWith(t, strict);
  const at = { name: 'a', namespace: 'default' };
  await cluster.client.create(ConfigMap, { metadata: { ...at, finalizers: ['example.com/hold'] } });
  await assert.rejects(cluster.client.mergePatch(ConfigMap, at, { data: { a: 'b' } }), (error) => {
    assert.ok(isStatusError(error, 'InternalError'));
    assert.match(error.message, /an error on the server \("broken"\)/);
    return true;
  });
  await cluster.client.delete(ConfigMap, at);
  await cluster.client.mergePatch(ConfigMap, at, { metadata: { finalizers: null } });
  await see(
    () =>
      cluster.client.get(ConfigMap, at).then(
        () => false,
        (error) => isStatusError(error, 'NotFound'),
      ),
    (gone) => gone,
  );
  assert.deepEqual(cluster.errors, ['Webhook failed: broken {"extension":"maps"}']);
});

test('a certificate is replaced before it ends, and the webhook goes on', async (t) => {
  const cluster = await testCluster(t);
  const clock = new ManualClock(Date.now() - 61 * 86_400_000);
  const manager = createManager({ client: cluster.client, clock });
  t.after(() => manager.close());
  manager.add(webhookServer({ extension: 'maps', webhooks: [checkMaps] }));
  await manager.start();
  const bundle = async (): Promise<string> => {
    const { webhooks } = await cluster.client.get(ValidatingWebhookConfiguration, { name: 'kindred-maps' });
    return Buffer.from(webhooks?.[0]?.clientConfig.caBundle ?? '', 'base64').toString();
  };
  const first = await bundle();
  const refused = (): Promise<void> =>
    assert.rejects(mapMaker(cluster)('a', { size: 'huge' }), (error) => isStatusError(error, 'Invalid'));
  await refused();
  clock.advance(61 * 86_400_000);
  const look = (): Promise<string> => {
    clock.advance(1000);
    return bundle();
  };
  const second = await see(look, (seen) => seen !== first);
  assert.ok(second.endsWith(first), 'the authority before this one is still trusted');
  await refused();
});

const address = localAddress();
const skip = address === undefined ? 'this machine has no address beside loopback' : false;

test('pods behind a Service share a certificate, and their configuration stays', { skip }, async (t) => {
  const cluster = await testCluster(t);
  const port = await freePort();
  const service = { namespace: 'default', name: 'maps', targetPort: port };
  const at = { name: 'maps', namespace: 'default' };
  await cluster.client.create(Service, { metadata: at, spec: { ports: [{ port: 443, targetPort: port }] } });
  // Nobody keeps endpoints in this cluster.
  await cluster.client.raw({
    method: 'POST',
    path: '/api/v1/namespaces/default/endpoints',
    body: { metadata: at, subsets: [{ addresses: [{ ip: address }], ports: [{ port }] }] },
  });
  const first = await cluster.run(webhookServer({ extension: 'maps', webhooks: [checkMaps], service }));
  await assert.rejects(mapMaker(cluster)('a', { size: 'huge' }), (error) => isStatusError(error, 'Invalid'));
  const before = await cluster.client.get(ValidatingWebhookConfiguration, { name: 'kindred-maps' });
  await first.close();
  await cluster.run(webhookServer({ extension: 'maps', webhooks: [checkMaps], service }));
  const after = await cluster.client.get(ValidatingWebhookConfiguration, { name: 'kindred-maps' });
  assert.deepEqual(after.webhooks, before.webhooks);
  await assert.rejects(mapMaker(cluster)('a', { size: 'huge' }), (error) => isStatusError(error, 'Invalid'));
  assert.deepEqual(cluster.errors, []);
});

test('an extension may keep its own configurations, and no others', () => {
  const { rbac } = defineExtension({ name: 'maps', webhooks: [checkMaps] });
  assert.deepEqual(rbac, [
    {
      apiGroups: ['admissionregistration.k8s.io'],
      resources: ['mutatingwebhookconfigurations', 'validatingwebhookconfigurations'],
      resourceNames: ['kindred-maps'],
      verbs: ['get', 'create', 'patch', 'delete'],
    },
  ]);
});
