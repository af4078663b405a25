/** Where charts and values come from: repositories, registries, git, objects of the cluster; and what is told when they don't. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import { ConfigMap, Secret } from '@kindred/apis/core/v1';
import { FluxHelmChart, FluxHelmRelease, HelmRelease, HelmRepository, OCIRepository } from '@kindred/helm/controller';
import { chartArchive } from './fixtures/chart-archive.ts';
import { RegistryServer } from './fixtures/registry-server.ts';
import {
  condition,
  eventually,
  inline,
  isAt,
  isReady,
  notReadyFor,
  type ReleaseCluster,
  releaseCluster,
  seen,
  webChart,
} from './fixtures/release-cluster.ts';
import { RepositoryServer } from './fixtures/repository-server.ts';

const run = promisify(execFile);
const at = (name: string) => ({ namespace: 'default', name });

function indexOf(versions: Readonly<Record<string, Buffer>>): string {
  const entries = Object.entries(versions).map(
    ([version, archive]) =>
      `  - {apiVersion: v2, name: web, version: ${version}, urls: [web-${version}.tgz], digest: ${createHash('sha256').update(archive).digest('hex')}}`,
  );
  return `apiVersion: v1\nentries:\n  web:\n${entries.join('\n')}\n`;
}

function serve(server: RepositoryServer, versions: Readonly<Record<string, Buffer>>): void {
  server.put('/index.yaml', indexOf(versions));
  for (const [version, archive] of Object.entries(versions)) server.put(`/web-${version}.tgz`, archive);
}

/** Asks for a fresh look at the source. */
async function request(cluster: ReleaseCluster, name: string, value: string): Promise<void> {
  const annotations = { 'reconcile.fluxcd.io/requestedAt': value };
  await cluster.client.mergePatch(HelmRelease, at(name), { metadata: { annotations } });
}

test('an HTTP repository: the newest version in a range, with credentials; a new one when asked', async (t) => {
  const cluster = await releaseCluster(t);
  const server = await RepositoryServer.start({ login: 'ann:pass' });
  t.after(() => server.close());
  serve(server, { '1.0.0': webChart('1.0.0'), '1.1.0': webChart('1.1.0'), '2.0.0': webChart('2.0.0') });
  await cluster.client.create(Secret, { metadata: at('login'), stringData: { username: 'ann', password: 'pass' } });
  const repository = { url: server.url, name: 'web', version: '1.x', secretRef: { name: 'login' } };
  for (const name of ['web', 'b', 'c', 'd']) await cluster.release(name, { chart: { repository }, interval: '1h' });
  const first = await cluster.until('web', isAt(1));
  assert.equal(first.status?.history?.[0]?.chartVersion, '1.1.0');
  for (const name of ['b', 'c', 'd']) await cluster.until(name, isAt(1));
  assert.equal(server.requests.filter(({ path }) => path === '/index.yaml').length, 1, 'one index for all');
  serve(server, { '1.1.0': webChart('1.1.0'), '1.2.0': webChart('1.2.0') });
  await request(cluster, 'web', 'now');
  const second = await cluster.until('web', isAt(2));
  assert.equal(second.status?.history?.[0]?.chartVersion, '1.2.0');
  assert.deepEqual(cluster.errors, []);
});

test('credentials that change wake the releases that need them, however the source is named', async (t) => {
  const cluster = await releaseCluster(t);
  const server = await RepositoryServer.start({ login: 'ann:pass' });
  t.after(() => server.close());
  serve(server, { '1.0.0': webChart('1.0.0') });
  const login = (password: string) => ({ username: 'ann', password });
  await cluster.client.create(Secret, { metadata: at('login'), stringData: login('pass') });
  const secretRef = { name: 'login' };
  const { url } = server;
  await cluster.client.create(HelmRepository, { metadata: at('charts'), spec: { url, secretRef, interval: '1h' } });
  const sourceRef = { kind: 'HelmRepository', name: 'charts' } as const;
  await cluster.client.create(FluxHelmChart, {
    metadata: at('web'),
    spec: { chart: 'web', interval: '1h', sourceRef },
  });
  await cluster.client.create(FluxHelmRelease, {
    metadata: at('flux'),
    spec: { interval: '1h', releaseName: 'flux', chartRef: { kind: 'HelmChart', name: 'web' } },
  });
  await cluster.release('own', {
    interval: '1h',
    chart: { repository: { url, name: 'web', version: '*', secretRef } },
  });
  const states = () =>
    Promise.all([seen(cluster, FluxHelmRelease, 'flux', () => true), cluster.until('own', () => true)]);
  await eventually(states, (both) => both.every(isReady));

  serve(server, { '1.0.0': webChart('1.0.0'), '1.1.0': webChart('1.1.0') });
  await cluster.client.mergePatch(Secret, at('login'), { stringData: login('wrong') });
  await eventually(states, (both) => both.every(notReadyFor('SourceFailed')));
  await cluster.client.mergePatch(Secret, at('login'), { stringData: login('pass') });
  await eventually(states, (both) => both.every(isAt(2)));

  // What is said about the repository itself counts as well.
  serve(server, { '1.2.0': webChart('1.2.0') });
  const annotations = { 'reconcile.fluxcd.io/requestedAt': 'now' };
  await cluster.client.mergePatch(HelmRepository, at('charts'), { metadata: { annotations } });
  await seen(cluster, FluxHelmRelease, 'flux', isAt(3));
  assert.deepEqual(cluster.errors, []);
});

test('an OCI registry: a range of tags, or one tag', async (t) => {
  const cluster = await releaseCluster(t);
  const registry = await RegistryServer.start();
  t.after(() => registry.close());
  for (const [tag, version] of [
    ['1.0.0', '1.0.0'],
    ['1.3.0', '1.3.0'],
    ['stable', '1.0.0'],
  ] as const) {
    const layer = registry.putBlob(webChart(version));
    const config = registry.putBlob(Buffer.from(JSON.stringify({ apiVersion: 'v2', name: 'web', version })));
    const manifest = {
      schemaVersion: 2,
      config: { mediaType: 'application/vnd.cncf.helm.config.v1+json', ...config },
      layers: [{ mediaType: 'application/vnd.cncf.helm.chart.content.v1.tar+gzip', ...layer }],
    };
    const mediaType = 'application/vnd.oci.image.manifest.v1+json';
    registry.putManifest('charts/web', tag, Buffer.from(JSON.stringify(manifest)), mediaType);
  }
  const oci = { url: `oci://${registry.host}/charts/web`, version: '^1', insecure: true };
  await cluster.release('web', { chart: { oci } });
  const found = await cluster.until('web', isAt(1));
  assert.equal(found.status?.history?.[0]?.chartVersion, '1.3.0');
  // Flux names tags, which may be anything.
  const spec = { interval: '1h', url: oci.url, insecure: true, ref: { tag: 'stable' } };
  await cluster.client.create(OCIRepository, { metadata: at('web'), spec });
  const chartRef = { kind: 'OCIRepository', name: 'web' } as const;
  await cluster.client.create(FluxHelmRelease, { metadata: at('flux'), spec: { interval: '1h', chartRef } });
  const flux = await seen(cluster, FluxHelmRelease, 'flux', isReady);
  assert.equal(flux.status?.history?.[0]?.chartVersion, '1.0.0');
  assert.deepEqual(cluster.errors, []);
});

async function repositoryWith(t: TestContext, files: Readonly<Record<string, string>>): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'kindred-git-'));
  t.after(() => rm(directory, { recursive: true }));
  await run('git', ['init', '--quiet', '--initial-branch=main', directory]);
  await commit(directory, files);
  return directory;
}

async function commit(directory: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(directory, name)), { recursive: true });
    await writeFile(join(directory, name), content);
  }
  await run('git', ['-C', directory, 'add', '--all']);
  const identity = ['-c', 'user.name=Suite', '-c', 'user.email=suite@localhost'];
  await run('git', [...identity, '-C', directory, 'commit', '--quiet', '--message', 'x']);
}

test('git: a chart in a directory, with other values files; a commit that changes it is an upgrade, another one is not', async (t) => {
  const cluster = await releaseCluster(t);
  const directory = await repositoryWith(t, {
    'charts/web/Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\n',
    'charts/web/values.yaml': 'color: red\n',
    'charts/web/prod.yaml': 'size: large\n',
    'charts/web/templates/a.yaml':
      'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}-config\ndata: {{ toJson .Values }}\n',
  });
  const git = { url: `file://${directory}`, path: 'charts/web', ref: { branch: 'main' } };
  await cluster.release('web', { chart: { git, valuesFiles: ['values.yaml', 'prod.yaml'] } });
  await cluster.until('web', isAt(1));
  assert.deepEqual(await cluster.data('web-config'), { color: 'red', size: 'large' });
  await commit(directory, { 'README.md': 'elsewhere' });
  await request(cluster, 'web', 'one');
  await cluster.atRest();
  await cluster.until('web', isAt(1));
  await commit(directory, { 'charts/web/prod.yaml': 'size: small\n' });
  await request(cluster, 'web', 'two');
  await cluster.until('web', isAt(2));
  assert.equal((await cluster.data('web-config'))?.['size'], 'small');
  assert.deepEqual(cluster.errors, []);
});

test('git: dependencies that are not beside the chart are fetched, from the repository itself and from others', async (t) => {
  const cluster = await releaseCluster(t);
  const server = await RepositoryServer.start();
  t.after(() => server.close());
  serve(server, { '1.0.0': webChart('1.0.0'), '1.2.0': webChart('1.2.0') });
  const chart = (dependencies: string) =>
    `apiVersion: v2\nname: all\nversion: 1.0.0\ndependencies: [${dependencies}]\n`;
  const web = `{name: web, version: 1.x, repository: "${server.url}"}`;
  const directory = await repositoryWith(t, {
    'all/Chart.yaml': chart(`${web}, {name: common, version: "*", repository: "file://../common"}`),
    'common/Chart.yaml': 'apiVersion: v2\nname: common\nversion: 0.1.0\n',
    'common/templates/a.yaml':
      'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}-common\ndata: {a: b}\n',
    'evil/Chart.yaml': chart('{name: etc, version: "*", repository: "file://../../../../etc"}'),
  });
  const git = { url: `file://${directory}`, path: 'all' };
  await cluster.release('all', { chart: { git }, values: { web: { color: 'blue' } } });
  await cluster.until('all', isAt(1));
  assert.equal((await cluster.data('all-config'))?.['color'], 'blue');
  assert.deepEqual(await cluster.data('all-common'), { a: 'b' });
  await request(cluster, 'all', 'again');
  await cluster.atRest();
  await cluster.until('all', isAt(1));
  await cluster.release('evil', { chart: { git: { ...git, path: 'evil' } } });
  const refused = await cluster.until('evil', notReadyFor('SourceFailed'));
  assert.match(condition(refused, 'Ready')?.message ?? '', /outside of the repository/);
  assert.deepEqual(cluster.errors, []);
});

test('values come from ConfigMaps and Secrets, and a change of them is an upgrade; so does a chart', async (t) => {
  const cluster = await releaseCluster(t);
  await cluster.client.create(ConfigMap, {
    metadata: at('chart'),
    binaryData: { 'chart.tgz': webChart().toString('base64') },
  });
  await cluster.client.create(ConfigMap, { metadata: at('settings'), data: { 'values.yaml': 'color: blue' } });
  await cluster.release('web', {
    chart: { configMap: { name: 'chart' } },
    valuesFrom: [
      { kind: 'ConfigMap', name: 'settings' },
      { kind: 'Secret', name: 'secret', valuesKey: 'color', targetPath: 'color', optional: true },
    ],
  });
  await cluster.until('web', isAt(1));
  assert.equal((await cluster.data('web-config'))?.['color'], 'blue');
  await cluster.client.create(Secret, { metadata: at('secret'), stringData: { color: 'hidden' } });
  await cluster.until('web', isAt(2));
  assert.equal((await cluster.data('web-config'))?.['color'], 'hidden');
  await cluster.client.mergePatch(Secret, at('secret'), { stringData: { color: 'new' } });
  await cluster.until('web', isAt(3));
  assert.deepEqual(cluster.errors, []);
});

test('what a chart generates stays until the chart asks for something else, also after a restart', async (t) => {
  const cluster = await releaseCluster(t);
  const random =
    'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}-random\ndata:\n  a: {{ randAlphaNum 20 }}\n' +
    '  tls: {{ (genSelfSignedCertWithKey .Values.color nil nil 365 (genPrivateKey "ed25519")).Cert | quote }}\n' +
    '  color: {{ .Values.color }}\n  size: {{ .Values.size | quote }}\n';
  const chart = inline(webChart('1.0.0', { 'templates/random.yaml': random }));
  await cluster.release('web', { chart, driftDetection: { mode: 'enabled' }, interval: '1h' });
  await cluster.until('web', isAt(1));
  const first = await cluster.data('web-random');
  await request(cluster, 'web', 'now');
  await cluster.atRest();
  await cluster.manager.close();
  cluster.requests.length = 0;
  await cluster.startAgain();
  await cluster.atRest();
  const writes = cluster.requests.filter(({ method, path }) => method !== 'GET' && !path.includes('dryRun=All'));
  assert.deepEqual(
    writes.map(({ method, path }) => `${method} ${path}`),
    [],
  );
  assert.deepEqual(await cluster.data('web-random'), first);
  await cluster.until('web', isAt(1));

  await cluster.change('web', { values: { size: '2' } });
  await cluster.until('web', isAt(2));
  assert.deepEqual(await cluster.data('web-random'), { ...first, size: '2' });
  await cluster.change('web', { values: { color: 'green' } });
  await cluster.until('web', isAt(3));
  const third = await cluster.data('web-random');
  assert.equal(third?.['a'], first?.['a']);
  assert.notEqual(third?.['tls'], first?.['tls']);
  await cluster.change('web', { stableGenerators: false, values: { color: 'blue' } });
  await cluster.until('web', isAt(4));
  assert.notEqual((await cluster.data('web-random'))?.['a'], first?.['a']);
  await cluster.client.delete(HelmRelease, at('web'));
  await eventually(
    async () => (await cluster.client.list(Secret, { namespace: 'default' })).items,
    (secrets) => secrets.length === 0,
  );
  assert.deepEqual(cluster.errors, []);
});

test('post-renderers change what the chart renders, and a change of them is an upgrade', async (t) => {
  const cluster = await releaseCluster(t);
  const patches = (size: string) => [
    {
      kustomize: {
        patches: [{ patch: `[{op: replace, path: /data/size, value: "${size}"}]`, target: { kind: 'ConfigMap' } }],
      },
    },
  ];
  await cluster.release('web', { chart: inline(webChart()), postRenderers: patches('5') });
  await cluster.until('web', isAt(1));
  assert.equal((await cluster.data('web-config'))?.['size'], '5');
  await cluster.change('web', { postRenderers: patches('6') });
  await cluster.until('web', isAt(2));
  assert.equal((await cluster.data('web-config'))?.['size'], '6');
  assert.deepEqual(cluster.errors, []);
});

test('bad input is told in condition and event, nothing is installed, and what is put right works', async (t) => {
  const cluster = await releaseCluster(t);
  const server = await RepositoryServer.start();
  t.after(() => server.close());
  serve(server, { '1.0.0': webChart() });
  server.put('/web-1.0.0.tgz', chartArchive('web', '1.0.0'));
  const repository = { url: server.url, name: 'web' };
  const cases: readonly (readonly [string, Parameters<ReleaseCluster['release']>[1], string, RegExp])[] = [
    [
      'away',
      { chart: { repository: { url: 'http://127.0.0.1:1', name: 'web' } } },
      'SourceFailed',
      /cannot be reached/,
    ],
    ['forged', { chart: { repository } }, 'SourceFailed', /digest/],
    ['missing', { chart: { repository: { ...repository, name: 'none' } } }, 'SourceFailed', /none.* not found/],
    ['garbage', { chart: { inline: Buffer.from('no archive').toString('base64') } }, 'SourceFailed', /gzip/],
    ['gone', { chart: { configMap: { name: 'gone' } } }, 'SourceFailed', /ConfigMap default\/gone is not there/],
    [
      'novalues',
      { chart: inline(webChart()), valuesFrom: [{ kind: 'Secret', name: 'gone' }] },
      'ValuesFailed',
      /Secret default\/gone is not there/,
    ],
    [
      'typed',
      { chart: inline(webChart()), values: { color: 5 } },
      'InstallFailed',
      /at '\/color': got number, want string/,
    ],
    ['both', { chart: { ...inline(webChart()), repository } }, 'InvalidSpec', /spec\.chart\.inline: Forbidden/],
    [
      'patch',
      { chart: inline(webChart()), postRenderers: [{ kustomize: { patches: [{ patch: '[]' }] } }] },
      'InstallFailed',
      /a JSON patch needs a target/,
    ],
  ];
  for (const [name, spec] of cases) await cluster.release(name, spec);
  for (const [name, , reason, message] of cases) {
    const found = await cluster.until(name, notReadyFor(reason));
    assert.match(condition(found, 'Ready')?.message ?? '', message);
    assert.equal(await cluster.data(`${name}-config`), undefined);
    await eventually(
      () => cluster.events(name),
      (reasons) => reasons.includes(reason),
    );
  }
  const { stdout } = await cluster.helm('list', '--namespace', 'default', '--output', 'json');
  assert.equal(stdout.trim(), '[]');
  await cluster.change('typed', { values: { color: 'blue' } });
  await cluster.until('typed', isAt(1));
  await cluster.client.create(ConfigMap, {
    metadata: at('gone'),
    binaryData: { 'chart.tgz': webChart().toString('base64') },
  });
  await cluster.until('gone', isAt(1));
  assert.deepEqual(cluster.errors, []);
});
