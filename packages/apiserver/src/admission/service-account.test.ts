import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { ManualClock } from '@kindred/machinery';
import { createTestServer, json, type TestServer } from '../testing/test-server.ts';
import { serviceAccountAdmission } from './service-account.ts';

const base = '/api/v1/namespaces/default';
const tokenPath = '/var/run/secrets/kubernetes.io/serviceaccount';

interface PodSpec {
  serviceAccountName: string;
  serviceAccount: string;
  imagePullSecrets?: { name: string }[];
  volumes?: { name: string }[];
  containers: { volumeMounts?: { name: string; mountPath: string }[] }[];
}

async function createServer(t: TestContext, clock = new ManualClock()): Promise<TestServer> {
  return createTestServer(t, {
    clock,
    over: async (storage) => ({
      admission: [await serviceAccountAdmission({ storage, clock, randomSuffix: () => 'x7k2q' })],
    }),
  });
}

const pod = (spec: object = {}) => ({
  metadata: { name: 'web' },
  spec: { containers: [{ name: 'main', image: 'nginx' }], ...spec },
});

async function createPod(server: TestServer, spec?: object): Promise<PodSpec> {
  const created = await server.call('POST', `${base}/pods`, pod(spec));
  assert.equal(created.status, 201, created.text);
  // The fields that admission fills in.
  return json(created)['spec'] as PodSpec;
}

async function createAccount(server: TestServer, account: object): Promise<void> {
  const created = await server.call('POST', `${base}/serviceaccounts`, account);
  assert.equal(created.status, 201, created.text);
}

test('a pod runs as default and finds its token, the CA and its namespace mounted in every container', async (t) => {
  const server = await createServer(t);
  await createAccount(server, { metadata: { name: 'default' }, imagePullSecrets: [{ name: 'registry' }] });
  const spec = await createPod(server, { initContainers: [{ name: 'first', image: 'nginx' }] });
  assert.equal(spec.serviceAccountName, 'default');
  assert.equal(spec.serviceAccount, 'default');
  assert.deepEqual(spec.imagePullSecrets, [{ name: 'registry' }]);
  assert.deepEqual(
    spec.volumes?.map(({ name }) => name),
    ['kube-api-access-x7k2q'],
  );
  assert.deepEqual(spec.containers[0]?.volumeMounts, [
    { name: 'kube-api-access-x7k2q', readOnly: true, mountPath: tokenPath },
  ]);
});

test('what the pod says of itself stays: account, secrets, its own mount, no token at all', async (t) => {
  const server = await createServer(t);
  await createAccount(server, { metadata: { name: 'robot' }, imagePullSecrets: [{ name: 'registry' }] });
  const own = await createPod(server, {
    serviceAccountName: 'robot',
    imagePullSecrets: [{ name: 'mine' }],
    automountServiceAccountToken: false,
  });
  assert.deepEqual([own.serviceAccount, own.imagePullSecrets, own.volumes], ['robot', [{ name: 'mine' }], undefined]);
  await server.call('DELETE', `${base}/pods/web`, { gracePeriodSeconds: 0 });
  const mounted = await createPod(server, {
    serviceAccountName: 'robot',
    volumes: [{ name: 'mine', emptyDir: {} }],
    containers: [{ name: 'main', image: 'nginx', volumeMounts: [{ name: 'mine', mountPath: tokenPath }] }],
  });
  assert.deepEqual(
    mounted.volumes?.map(({ name }) => name),
    ['mine'],
  );
});

test('an account that does not want its token mounted is obeyed unless the pod says otherwise', async (t) => {
  const server = await createServer(t);
  await createAccount(server, { metadata: { name: 'default' }, automountServiceAccountToken: false });
  assert.equal((await createPod(server)).volumes, undefined);
  await server.call('DELETE', `${base}/pods/web`, { gracePeriodSeconds: 0 });
  assert.equal((await createPod(server, { automountServiceAccountToken: true })).volumes?.length, 1);
});

test('an account that is not there is refused by name', async (t) => {
  const server = await createServer(t);
  const refused = await server.call('POST', `${base}/pods`, pod({ serviceAccountName: 'nobody' }));
  assert.equal(refused.status, 403);
  assert.equal(
    json(refused)['message'],
    'pods "web" is forbidden: error looking up service account default/nobody: serviceaccount "nobody" not found',
  );
});

test('a pod that comes before its namespace has a default account waits for it, but not for ever', async (t) => {
  const clock = new ManualClock();
  const server = await createServer(t, clock);
  const early = server.call('POST', `${base}/pods`, pod());
  await createAccount(server, { metadata: { name: 'default' } });
  assert.equal((await early).status, 201);
  await server.call('DELETE', `${base}/serviceaccounts/default`);
  const inVain = server.call('POST', `${base}/pods`, { ...pod(), metadata: { name: 'other' } });
  let answered = false;
  const status = inVain.then((answer) => {
    answered = true;
    return answer.status;
  });
  // Time passes until the request has come to its wait and given it up.
  while (!answered) {
    await new Promise((resolve) => setImmediate(resolve));
    clock.advance(5_000);
  }
  assert.equal(await status, 403);
});
