import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { builtinKinds } from '@kindred/apis';
import { ValidatingWebhookConfiguration } from '@kindred/apis/admissionregistration/v1';
import { ConfigMap } from '@kindred/apis/core/v1';
import { createApiServer, openApiStorage, openStoredPolicy, RbacAuthorizer, type UserInfo } from '@kindred/apiserver';
import { createClient } from '@kindred/client';
import { isStatusError, silentLogger, systemClock } from '@kindred/machinery';
import { defineExtension, PROCESS_LABEL, validatingWebhook } from '@kindred/operator';
import { openMemoryStore } from '@kindred/store';
import { forgetServers, startExtensions } from './extension-host.ts';

/** A cluster that grants what its roles grant. */
async function cluster(t: TestContext) {
  const store = openMemoryStore();
  const storage = await openApiStorage({ store });
  const api = await createApiServer({
    storage,
    kinds: builtinKinds(),
    authenticators: [],
    authorizer: new RbacAuthorizer(await openStoredPolicy(storage)),
    reportFault: ({ error }) => process.emitWarning(String(error)),
  });
  t.after(async () => {
    await api.close();
    await storage.close();
    await store.close();
  });
  const transport = (user: UserInfo) => api.transport(user);
  const admin = transport({ username: 'admin', groups: ['system:masters'] });
  return { admin, transport, client: createClient(admin, { userAgent: 'test' }) };
}

const checkMaps = validatingWebhook({
  kind: ConfigMap,
  validate: ({ object }) => ({
    errors: object.data?.['bad'] === undefined ? [] : [{ type: 'Forbidden', field: 'data.bad', detail: 'not here' }],
  }),
});

test('webhooks of an extension serve with the rights that it declares, and end with it', async (t) => {
  const { admin, transport, client } = await cluster(t);
  const host = await startExtensions({
    extensions: [defineExtension({ name: 'maps', webhooks: [checkMaps] })],
    transport: (username) => transport({ username, groups: ['system:authenticated'] }),
    admin,
    storeOf: () => openMemoryStore(),
    clock: systemClock,
    logger: silentLogger,
  });
  const create = (name: string) =>
    client.create(ConfigMap, { metadata: { name, namespace: 'default' }, data: { bad: '1' } });
  await assert.rejects(create('a'), (error) => isStatusError(error, 'Invalid'));
  await host.close();
  await create('a');
});

test('what a process has left behind is forgotten at the next start, and nothing else', async (t) => {
  const { admin, client } = await cluster(t);
  const make = (name: string, labels: Record<string, string>) =>
    client.create(ValidatingWebhookConfiguration, { metadata: { name, labels } });
  await make('left', { [PROCESS_LABEL]: 'true' });
  await make('other', {});
  await forgetServers({ admin, clock: systemClock });
  const { items } = await client.list(ValidatingWebhookConfiguration);
  assert.deepEqual(
    items.map(({ metadata }) => metadata.name),
    ['other'],
  );
});
