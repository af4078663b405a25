/** Releases that go to another cluster by a kubeconfig: made, watched over and taken away there; and kubeconfigs that are refused. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ConfigMap, Secret } from '@kindred/apis/core/v1';
import { FluxHelmRelease, HelmRelease } from '@kindred/helm/controller';
import { isStatusError } from '@kindred/machinery';
import {
  condition,
  eventually,
  inline,
  isAt,
  notReadyFor,
  type ReleaseCluster,
  releaseCluster,
  seen,
  webChart,
} from './fixtures/release-cluster.ts';
import { httpCluster } from './http-cluster.ts';

const at = (name: string) => ({ namespace: 'default', name });

interface Parts {
  readonly cluster?: object;
  readonly user?: object;
}

function kubeconfig(server: string, { cluster = {}, user = { token: 'hunter2' } }: Parts = {}): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'there',
    contexts: [{ name: 'there', context: { cluster: 'there', user: 'me' } }],
    clusters: [{ name: 'there', cluster: { server, ...cluster } }],
    users: [{ name: 'me', user }],
  });
}

function secret({ client }: ReleaseCluster, name: string, stringData: Readonly<Record<string, string>>) {
  return client.create(Secret, { metadata: at(name), stringData });
}

test('a release in another cluster: as a service account there, with values from here, corrected at the interval', async (t) => {
  const cluster = await releaseCluster(t);
  const there = await httpCluster(t);
  await secret(cluster, 'prod', { value: kubeconfig(there.url) });
  await cluster.client.create(ConfigMap, { metadata: at('settings'), data: { 'values.yaml': 'color: blue' } });
  await cluster.release('web', {
    chart: inline(webChart()),
    kubeConfig: { secretRef: { name: 'prod' } },
    serviceAccountName: 'deployer',
    valuesFrom: [{ kind: 'ConfigMap', name: 'settings' }],
    driftDetection: { mode: 'enabled' },
    interval: '1s',
  });
  await cluster.until('web', isAt(1));
  const config = () => there.client.get(ConfigMap, at('web-config')).then(({ data }) => data?.['color']);
  assert.equal(await config(), 'blue');
  assert.equal(await cluster.data('web-config'), undefined, 'nothing is made here');
  const writes = there.requests.filter(({ method }) => method !== 'GET');
  assert.deepEqual([...new Set(writes.map(({ user }) => user))], ['system:serviceaccount:default:deployer']);
  const { stdout } = await there.helm('list', '--namespace', 'default', '--short');
  assert.equal(stdout.trim(), 'web');
  // The same name in this cluster is another release.
  await cluster.release('here', { chart: inline(webChart()), releaseName: 'web' });
  await cluster.until('here', isAt(1));
  await there.client.mergePatch(ConfigMap, at('web-config'), { data: { color: 'drifted' } });
  await eventually(config, (color) => color === 'blue');
  await cluster.client.mergePatch(ConfigMap, at('settings'), { data: { 'values.yaml': 'color: green' } });
  await eventually(config, (color) => color === 'green');
  await cluster.client.delete(HelmRelease, at('web'));
  await eventually(
    () => there.client.get(ConfigMap, at('web-config')).catch((error: unknown) => isStatusError(error, 'NotFound')),
    (found) => found === true,
  );
  assert.equal((await cluster.data('web-config'))?.['color'], 'red', 'the other release stays');
  assert.deepEqual(cluster.errors, []);
});

test('a kubeconfig that changes is taken up; one that is away or missing is told', async (t) => {
  const cluster = await releaseCluster(t);
  const there = await httpCluster(t);
  const away = kubeconfig('http://127.0.0.1:1');
  await secret(cluster, 'prod', { config: away });
  const kubeConfig = { secretRef: { name: 'prod', key: 'config' } };
  const spec = { interval: '1h', chart: inline(webChart()), kubeConfig };
  await cluster.release('web', spec);
  const found = await cluster.until('web', notReadyFor('RESTClientError'));
  assert.match(
    condition(found, 'Ready')?.message ?? '',
    /127\.0\.0\.1:1 \(key config of Secret default\/prod\) cannot be reached/,
  );
  await cluster.client.mergePatch(Secret, at('prod'), { stringData: { config: kubeconfig(there.url) } });
  await cluster.until('web', isAt(1));
  const sourceRef = { kind: 'HelmRepository', name: 'x' } as const;
  const chart = { spec: { chart: 'web', sourceRef } };
  await cluster.client.create(FluxHelmRelease, {
    metadata: at('both'),
    spec: { interval: '1h', chart, kubeConfig: { ...kubeConfig, configMapRef: { name: 'x' } } },
  });
  const both = await seen(cluster, FluxHelmRelease, 'both', notReadyFor('InvalidSpec'));
  assert.match(condition(both, 'Ready')?.message ?? '', /exactly one of secretRef and configMapRef/);
  assert.deepEqual(cluster.errors, []);
});

test('kubeconfigs that would use the machine of the controller are refused, without showing what is in them', async (t) => {
  const cluster = await releaseCluster(t);
  const there = await httpCluster(t);
  const marker = join(tmpdir(), `kindred-exec-${process.pid}`);
  const exec = {
    apiVersion: 'client.authentication.k8s.io/v1',
    command: 'touch',
    args: [marker],
    interactiveMode: 'Never',
  };
  const cases: readonly (readonly [string, Readonly<Record<string, string>> | undefined, RegExp])[] = [
    ['exec', { value: kubeconfig(there.url, { user: { exec } }) }, /signs in by a program \(exec\)/],
    [
      'provider',
      { value: kubeconfig(there.url, { user: { 'auth-provider': { name: 'oidc' } } }) },
      /\(auth-provider\)/,
    ],
    ['token', { value: kubeconfig(there.url, { user: { tokenFile: '/etc/hostname' } }) }, /names a file \(tokenFile\)/],
    ['cert', { value: kubeconfig(there.url, { user: { 'client-key': '/etc/key' } }) }, /names a file \(client-key\)/],
    [
      'ca',
      { value: kubeconfig(there.url, { cluster: { 'certificate-authority': '/ca' } }) },
      /\(certificate-authority\)/,
    ],
    [
      'lax',
      { value: kubeconfig(there.url, { cluster: { 'insecure-skip-tls-verify': true } }) },
      /insecure-skip-tls-verify/,
    ],
    ['garbage', { value: 'hunter2: [' }, /key value of Secret default\/garbage holds no kubeconfig/],
    ['empty', { 'value.yaml': '{}' }, /has no context/],
    ['keyless', { other: 'x' }, /Secret default\/keyless has no key value or value\.yaml/],
    ['gone', undefined, /Secret default\/gone is not there/],
  ];
  for (const [name, data] of cases) {
    if (data !== undefined) await secret(cluster, name, data);
    await cluster.release(name, { chart: inline(webChart()), kubeConfig: { secretRef: { name } } });
  }
  for (const [name, , message] of cases) {
    const text = condition(await cluster.until(name, notReadyFor('RESTClientError')), 'Ready')?.message ?? '';
    assert.match(text, message);
    assert.ok(!text.includes('hunter2'));
  }
  assert.equal(existsSync(marker), false);
  assert.deepEqual(there.requests, []);
  // Without that cluster nothing can be taken away from it, and nothing ever was there.
  await cluster.client.delete(HelmRelease, at('gone'));
  await eventually(
    () => cluster.client.get(HelmRelease, at('gone')).catch((error: unknown) => isStatusError(error, 'NotFound')),
    (found) => found === true,
  );
  assert.deepEqual(cluster.errors, []);
});

test('a release that goes to another cluster leaves that of before, if it can be had', async (t) => {
  const cluster = await releaseCluster(t);
  const [first, second] = await Promise.all([httpCluster(t), httpCluster(t)]);
  await secret(cluster, 'first', { value: kubeconfig(first.url) });
  await secret(cluster, 'again', { value: kubeconfig(first.url) });
  await secret(cluster, 'second', { value: kubeconfig(second.url) });
  const by = (name: string) => ({ secretRef: { name } });
  const names = async ({ client }: Pick<ReleaseCluster, 'client'>) =>
    (await client.list(Secret, { namespace: 'default' }, { labelSelector: 'owner=helm' })).items.map(
      ({ metadata }) => metadata.name,
    );
  const record = 'sh.helm.release.v1.web.v1';
  await cluster.release('web', { chart: inline(webChart()), kubeConfig: by('first'), interval: '1h' });
  await cluster.until('web', isAt(1));

  await cluster.change('web', { kubeConfig: by('again') });
  await cluster.until('web', (seen) => isAt(1)(seen) && seen.status?.cluster?.name === 'again');
  assert.deepEqual(await names(first), [record], 'the same cluster by another way');
  assert.equal(first.requests.filter(({ method, path }) => method === 'DELETE' && path.includes('config')).length, 0);

  await cluster.change('web', { kubeConfig: by('second') });
  await cluster.until('web', (seen) => isAt(1)(seen) && seen.status?.cluster?.name === 'second');
  assert.deepEqual([await names(first), await names(second)], [[], [record]]);
  await assert.rejects(first.client.get(ConfigMap, at('web-config')), { message: /not found/ });

  await cluster.client.mergePatch(Secret, at('second'), { stringData: { value: kubeconfig(first.url) } });
  const moved = await cluster.until('web', (seen) => isAt(1)(seen) && condition(seen, 'LeftBehind') !== undefined);
  assert.match(
    condition(moved, 'LeftBehind')?.message ?? '',
    /^release default\/web was left in the cluster of Secret second: Secret second leads to another cluster now$/,
  );
  assert.deepEqual([await names(first), await names(second)], [[record], [record]]);
  await cluster.change('web', { values: { color: 'blue' } });
  assert.equal(condition(await cluster.until('web', isAt(2)), 'LeftBehind'), undefined);

  await cluster.client.delete(Secret, at('second'));
  await cluster.change('web', { kubeConfig: null });
  const home = await cluster.until('web', (seen) => isAt(1)(seen) && seen.status?.cluster?.kind === 'Local');
  assert.match(condition(home, 'LeftBehind')?.message ?? '', /: Secret default\/second is not there$/);
  assert.equal((await cluster.data('web-config'))?.['color'], 'blue');

  await cluster.change('web', {
    kubeConfig: by('again'),
    targetNamespace: 'other',
    install: { createNamespace: true },
  });
  await cluster.until('web', (seen) => isAt(1)(seen) && seen.status?.cluster?.name === 'again');
  assert.deepEqual(await names(cluster), [], 'taken away here');
  assert.ok((await cluster.events('web')).includes('ReleaseLeftBehind'));
  assert.deepEqual(cluster.errors, []);
});
