/** Objects of Flux and of k3s: the same releases as from ours, and statuses in their own words. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { ConfigMap, Namespace, Secret } from '@kindred/apis/core/v1';
import {
  ExternalArtifact,
  FluxHelmRelease,
  GitRepository,
  HelmChart,
  HelmChartConfig,
  HelmRelease,
  HelmRepository,
} from '@kindred/helm/controller';
import { isStatusError } from '@kindred/machinery';
import { archiveOf } from './fixtures/chart-archive.ts';
import {
  condition,
  eventually,
  inline,
  isAt,
  isReady,
  notReadyFor,
  releaseCluster,
  seen,
  webChart,
} from './fixtures/release-cluster.ts';
import { RepositoryServer } from './fixtures/repository-server.ts';

const at = (name: string) => ({ namespace: 'default', name });

test('flux: a HelmRelease with its HelmRepository, which may come later; gone with its object', async (t) => {
  const cluster = await releaseCluster(t);
  const server = await RepositoryServer.start();
  t.after(() => server.close());
  server.put(
    '/index.yaml',
    'apiVersion: v1\nentries:\n  web:\n  - {apiVersion: v2, name: web, version: 1.0.0, urls: [web.tgz]}\n',
  );
  server.put('/web.tgz', webChart());
  const sourceRef = { kind: 'HelmRepository', name: 'charts' } as const;
  await cluster.client.create(FluxHelmRelease, {
    metadata: at('web'),
    spec: {
      interval: '10m',
      chart: { spec: { chart: 'web', sourceRef } },
      values: { color: 'blue' },
      releaseName: 'site',
    },
  });
  const early = await seen(cluster, FluxHelmRelease, 'web', notReadyFor('SourceNotFound'));
  assert.match(condition(early, 'Ready')?.message ?? '', /HelmRepository default\/charts is not there/);
  await cluster.client.create(HelmRepository, { metadata: at('charts'), spec: { url: server.url, interval: '1h' } });
  const found = await seen(cluster, FluxHelmRelease, 'web', isReady);
  assert.equal(condition(found, 'Released')?.reason, 'InstallSucceeded');
  assert.equal(condition(found, 'Stalled'), undefined);
  assert.equal(found.status?.history?.[0]?.version, 1);
  assert.deepEqual(await cluster.data('site-config'), { color: 'blue', size: '1' });
  const { stdout } = await cluster.helm('list', '--namespace', 'default', '--short');
  assert.equal(stdout.trim(), 'site');
  await cluster.client.delete(FluxHelmRelease, at('web'));
  await eventually(
    () => cluster.data('site-config'),
    (data) => data === undefined,
  );
  assert.deepEqual(cluster.errors, []);
});

test('flux: a suspended release is left alone, also when it is deleted', async (t) => {
  const cluster = await releaseCluster(t);
  const sourceRef = { kind: 'GitRepository', name: 'none' } as const;
  const spec = { interval: '10m', suspend: true, chart: { spec: { chart: 'web', sourceRef } } };
  await cluster.client.create(GitRepository, { metadata: at('none'), spec: { url: 'file:///nowhere' } });
  await cluster.client.create(FluxHelmRelease, { metadata: at('web'), spec });
  await cluster.atRest();
  assert.equal((await cluster.client.get(FluxHelmRelease, at('web'))).status, undefined);
  await cluster.client.mergePatch(FluxHelmRelease, at('web'), { spec: { suspend: false } });
  await seen(cluster, FluxHelmRelease, 'web', notReadyFor('SourceFailed'));
  await cluster.client.delete(FluxHelmRelease, at('web'));
  await assert.rejects(
    eventually(
      () => cluster.client.get(FluxHelmRelease, at('web')),
      () => false,
    ),
    (error) => isStatusError(error, 'NotFound'),
  );
});

test('k3s: a HelmChart, with its HelmChartConfig over it', async (t) => {
  const cluster = await releaseCluster(t);
  const chartContent = webChart().toString('base64');
  await cluster.client.create(HelmChart, {
    metadata: at('web'),
    spec: { chartContent, valuesContent: 'color: blue', set: { size: 7 } },
  });
  const first = await seen(cluster, HelmChart, 'web', isReady);
  assert.equal(condition(first, 'Failed')?.status, 'False');
  assert.equal((await cluster.data('web-config'))?.['color'], 'blue');
  await cluster.client.create(HelmChartConfig, { metadata: at('web'), spec: { valuesContent: 'color: green' } });
  await eventually(
    () => cluster.data('web-config'),
    (data) => data?.['color'] === 'green',
  );
  const { stdout } = await cluster.helm('get', 'values', 'web', '--namespace', 'default', '--output', 'json');
  assert.deepEqual(JSON.parse(stdout), { color: 'green', size: 7 });
  await cluster.client.create(HelmChart, { metadata: at('broken'), spec: { chart: 'web' } });
  const broken = await seen(cluster, HelmChart, 'broken', notReadyFor('InvalidSpec'));
  assert.equal(condition(broken, 'Failed')?.status, 'True');
  await cluster.client.delete(HelmChart, at('web'));
  await eventually(
    () => cluster.data('web-config'),
    (data) => data === undefined,
  );
  assert.deepEqual(cluster.errors, []);
});

test('k3s: Secrets with values, one of them without updates', async (t) => {
  const cluster = await releaseCluster(t);
  const secret = (name: string, values: string) =>
    cluster.client.create(Secret, { metadata: at(name), stringData: { values } });
  const change = (name: string, values: string) =>
    cluster.client.mergePatch(Secret, at(name), { stringData: { values } });
  const template =
    'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: both}\ndata: {of: "{{ .Values.color }} {{ .Values.size }}"}\n';
  await secret('followed', 'color: blue');
  await cluster.client.create(HelmChart, {
    metadata: at('web'),
    spec: {
      chartContent: webChart('1.0.0', { 'templates/both.yaml': template }).toString('base64'),
      valuesSecrets: [
        { name: 'followed', keys: ['values'] },
        { name: 'ignored', keys: ['values'], ignoreUpdates: true },
      ],
    },
  });
  const until = (revision: number, of: string) =>
    eventually(
      async () => ({ seen: await seen(cluster, HelmChart, 'web', isReady), data: await cluster.data('both') }),
      (now) => isAt(revision)(now.seen) && now.data?.['of'] === of,
    );
  await until(1, 'blue ');
  await secret('ignored', 'size: 7');
  await cluster.client.mergePatch(HelmChart, at('web'), { metadata: { labels: { looked: 'again' } } });
  await cluster.atRest();
  await until(1, 'blue ');
  await change('followed', 'color: green');
  await until(2, 'green 7');
  await change('ignored', 'size: 8');
  await cluster.stop();
  await cluster.startAgain();
  await cluster.atRest();
  await until(2, 'green 7');
  // That of a configuration is followed as well.
  await secret('more', 'color: white');
  const valuesSecrets = [{ name: 'more', keys: ['values'] }];
  await cluster.client.create(HelmChartConfig, { metadata: at('web'), spec: { valuesSecrets } });
  await until(3, 'white 8');
  await change('more', 'color: black');
  await until(4, 'black 8');
  assert.deepEqual(cluster.errors, []);
});

test('two objects of one release: the older one has it, the other is told', async (t) => {
  const cluster = await releaseCluster(t);
  await cluster.release('first', { chart: inline(webChart()), releaseName: 'web', values: { color: 'blue' } });
  await cluster.until('first', isAt(1));
  await cluster.release('second', { chart: inline(webChart()), releaseName: 'web', values: { color: 'green' } });
  const second = await cluster.until('second', notReadyFor('ReleaseTaken'));
  assert.match(condition(second, 'Ready')?.message ?? '', /belongs to default\/first/);
  await cluster.client.delete(HelmRelease, at('second'));
  await cluster.atRest();
  assert.equal((await cluster.data('web-config'))?.['color'], 'blue', 'deleting the other one uninstalls nothing');
});

test('a release that is there before its object is taken over as it is', async (t) => {
  const cluster = await releaseCluster(t);
  await cluster.release('web', { chart: inline(webChart()), values: { color: 'blue' } });
  await cluster.until('web', isAt(1));
  // As after a restored backup: the object has lost its status and its finalizer.
  await cluster.client.mergePatch(HelmRelease, at('web'), { status: null }, { subresource: 'status' });
  const lost = { metadata: { annotations: { 'helm.kindred.dev/requestedAt': 'again' } } };
  await cluster.client.mergePatch(HelmRelease, at('web'), lost);
  const adopted = await cluster.until('web', isAt(1));
  assert.equal(condition(adopted, 'Released')?.reason, 'ReleaseAdopted');
  assert.equal(condition(adopted, 'ReleasedExternally'), undefined);
  assert.deepEqual(cluster.errors, []);
});

test('a release acts as the service account that its object names', async (t) => {
  const cluster = await releaseCluster(t);
  await cluster.release('web', { chart: inline(webChart()), serviceAccountName: 'deployer' });
  await cluster.until('web', isAt(1));
  const writes = cluster.requests.filter(({ method, path }) => method !== 'GET' && /configmaps|secrets/.test(path));
  assert.ok(writes.length >= 3);
  assert.deepEqual([...new Set(writes.map(({ user }) => user))], ['system:serviceaccount:default:deployer']);
});

test('the objects of a release in another namespace, its records in a third', async (t) => {
  const cluster = await releaseCluster(t);
  await cluster.client.create(Namespace, { metadata: { name: 'records' } });
  await cluster.release('web', {
    chart: inline(webChart()),
    targetNamespace: 'prod',
    storageNamespace: 'records',
    install: { createNamespace: true },
  });
  await cluster.until('web', isAt(1));
  const config = await cluster.client.get(ConfigMap, { namespace: 'prod', name: 'prod-web-config' });
  assert.equal(config.data?.['color'], 'red');
  const { stdout } = await cluster.helm('list', '--namespace', 'records', '--output', 'json');
  assert.equal(JSON.parse(stdout)[0]?.name, 'prod-web');
  assert.deepEqual(cluster.errors, []);
});

test('another name or namespace is another release: the one before is uninstalled; so is a chart of another name', async (t) => {
  const cluster = await releaseCluster(t);
  await cluster.release('web', { chart: inline(webChart()), releaseName: 'one' });
  await cluster.until('web', isAt(1));
  await cluster.change('web', { releaseName: 'two' });
  const second = await cluster.until('web', (object) => isAt(1)(object) && object.status?.history?.[0]?.name === 'two');
  assert.equal(second.status?.history?.length, 1);
  assert.equal(await cluster.data('one-config'), undefined);
  assert.equal((await cluster.data('two-config'))?.['color'], 'red');
  const other = archiveOf({
    'other/Chart.yaml': 'apiVersion: v2\nname: other\nversion: 1.0.0\n',
    'other/templates/a.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: other\n',
  });
  await cluster.change('web', { chart: inline(other) });
  await cluster.until('web', isAt(2));
  const upgrade = { chartNameChangeStrategy: 'Reinstall' };
  await cluster.change('web', { chart: inline(webChart()), upgrade });
  await cluster.until('web', (object) => isAt(1)(object) && object.status?.history?.length === 1);
  assert.equal(await cluster.data('other'), undefined);
  const { stdout } = await cluster.helm('list', '--namespace', 'default', '--short');
  assert.equal(stdout.trim(), 'two');
  assert.deepEqual(cluster.errors, []);
});

test('flux: what it finds is taken over; an artifact of another controller; retries in place of remedies', async (t) => {
  const cluster = await releaseCluster(t);
  const server = await RepositoryServer.start();
  t.after(() => server.close());
  const put = (version: string) => {
    const archive = webChart(version);
    server.put(`/${version}.tgz`, archive);
    return {
      url: `${server.url}/${version}.tgz`,
      digest: `sha256:${createHash('sha256').update(archive).digest('hex')}`,
    };
  };
  await cluster.client.create(ConfigMap, { metadata: at('web-config'), data: { color: 'found' } });
  await cluster.client.create(ExternalArtifact, { metadata: at('made'), spec: {} });
  const chartRef = { kind: 'ExternalArtifact', name: 'made' } as const;
  const strategy = { name: 'RetryOnFailure', retryInterval: '1s' } as const;
  const spec = { interval: '1h', chartRef, install: { strategy }, upgrade: { strategy }, values: { broken: true } };
  await cluster.client.create(FluxHelmRelease, { metadata: at('web'), spec });
  await seen(cluster, FluxHelmRelease, 'web', notReadyFor('SourceNotFound'));
  const tell = (artifact: object) =>
    cluster.client.mergePatch(ExternalArtifact, at('made'), { status: { artifact } }, { subresource: 'status' });
  await tell(put('1.0.0'));
  await seen(cluster, FluxHelmRelease, 'web', notReadyFor('InstallFailed'));
  await cluster.client.mergePatch(FluxHelmRelease, at('web'), { spec: { values: { broken: false } } });
  await seen(cluster, FluxHelmRelease, 'web', isReady);
  assert.equal((await cluster.data('web-config'))?.['color'], 'red');
  await tell(put('1.1.0'));
  const next = await seen(
    cluster,
    FluxHelmRelease,
    'web',
    (object) => object.status?.history?.[0]?.chartVersion === '1.1.0',
  );
  assert.ok(next);
  await cluster.client.mergePatch(FluxHelmRelease, at('web'), { spec: { values: { color: 5 } } });
  const failed = await seen(
    cluster,
    FluxHelmRelease,
    'web',
    (object) => (object.status?.failures ?? 0) >= 0 && notReadyFor('UpgradeFailed')(object),
  );
  assert.equal(condition(failed, 'Stalled'), undefined, 'it will be tried again');
  assert.deepEqual(cluster.errors, []);
});

test('expressions say when objects are ready; those that say nothing are refused', async (t) => {
  const cluster = await releaseCluster(t);
  const healthCheckExprs = [{ apiVersion: 'v1', kind: 'ConfigMap', current: "data.color == 'blue'" }];
  await cluster.release('web', { chart: inline(webChart()), timeout: '300ms', healthCheckExprs });
  const failed = await cluster.until('web', notReadyFor('RetriesExceeded'));
  assert.match(condition(failed, 'Ready')?.message ?? '', /not current by its health check/);
  await cluster.change('web', { values: { color: 'blue' } });
  await cluster.until('web', isAt(2));
  await cluster.change('web', { healthCheckExprs: [{ apiVersion: 'v1', current: '1 +' }] });
  const refused = await cluster.until('web', notReadyFor('InvalidSpec'));
  assert.match(condition(refused, 'Stalled')?.message ?? '', /spec\.healthCheckExprs\[0\]\.current/);
  assert.deepEqual(cluster.errors, []);
});
