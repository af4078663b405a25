import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { connectionOf, inClusterConnection } from './connection.ts';
import { emptyKubeconfig, parseKubeconfig } from './kubeconfig.ts';
import { loadKubeconfig, writeKubeconfig } from './load-kubeconfig.ts';

async function folder(t: TestContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'kindred-kubeconfig-'));
  t.after(() => rm(path, { recursive: true }));
  return path;
}

const first = `
apiVersion: v1
kind: Config
current-context: one
contexts:
- {name: one, context: {cluster: a, user: u, namespace: shop}}
clusters:
- name: a
  cluster: {server: "https://a:6443", certificate-authority: ca.crt, certificate-authority-data: ""}
users:
- name: u
  user: {client-certificate-data: ${Buffer.from('CERT').toString('base64')}, client-key: keys/u.key}
`;

const second = `
current-context: two
contexts: [{name: two, context: {cluster: a, user: t}}]
clusters: [{name: a, cluster: {server: "https://other"}}]
users: [{name: t, user: {token: abc}}]
`;

test('files of KUBECONFIG are merged, the first to name something wins, and relative paths are relative to their file', async (t) => {
  const home = await folder(t);
  await mkdir(join(home, 'keys'));
  await writeFile(join(home, 'first'), first);
  await writeFile(join(home, 'second'), second);
  await writeFile(join(home, 'ca.crt'), 'CA');
  await writeFile(join(home, 'keys', 'u.key'), 'KEY');
  const paths = ['missing', 'first', 'second'].map((name) => join(home, name));
  const config = await loadKubeconfig({ env: { KUBECONFIG: paths.join(delimiter) } });
  const one = connectionOf(config);
  assert.deepEqual([one.server, one.namespace], ['https://a:6443', 'shop']);
  const tls = (await one.tls?.()) ?? {};
  assert.deepEqual(
    Object.entries(tls).map(([name, bytes]) => `${name} ${String(bytes)}`),
    ['ca CA', 'cert CERT', 'key KEY'],
  );
  const two = connectionOf(config, { context: 'two' });
  assert.deepEqual([two.server, two.namespace, await two.token?.()], ['https://a:6443', 'default', 'abc']);
});

test('what is missing or not supported is named', async (t) => {
  const home = await folder(t);
  await assert.rejects(loadKubeconfig({ path: join(home, 'none'), env: {} }), /ENOENT/);
  await writeFile(join(home, 'bad'), 'kind: Pod');
  await assert.rejects(
    loadKubeconfig({ path: join(home, 'bad'), env: {} }),
    /bad could not be read: The file is not a kubeconfig/,
  );
  assert.deepEqual(await loadKubeconfig({ env: { HOME: home } }), emptyKubeconfig());
  assert.throws(() => connectionOf(emptyKubeconfig()), /no context ""/);
  const exec = 'exec: {command: aws, apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never}';
  const config = parseKubeconfig(second.replace('token: abc', exec));
  assert.throws(
    () => connectionOf(config),
    /User t of the kubeconfig signs in by a program \(aws\), and programs are not/,
  );
});

test('a written kubeconfig is its owner’s alone and reads back the same', async (t) => {
  const path = join(await folder(t), 'deep', 'config');
  const config = parseKubeconfig(first);
  await writeKubeconfig(path, config);
  assert.equal((await stat(path)).mode & 0o777, 0o600);
  const read = await loadKubeconfig({ path, env: {} });
  assert.equal(read.contexts[0]?.context.namespace, 'shop');
});

test('a pod finds its cluster by its service account', async (t) => {
  const mount = await folder(t);
  for (const [name, content] of Object.entries({ token: 'jwt', 'ca.crt': 'CA', namespace: 'shop\n' })) {
    await writeFile(join(mount, name), content);
  }
  assert.equal(await inClusterConnection({ env: {} }), undefined);
  const env = { KUBERNETES_SERVICE_HOST: '10.96.0.1', KUBERNETES_SERVICE_PORT: '443' };
  const connection = await inClusterConnection({ env, folder: mount });
  assert.deepEqual(
    [connection?.server, connection?.namespace, await connection?.token?.()],
    ['https://10.96.0.1:443', 'shop', 'jwt'],
  );
});
