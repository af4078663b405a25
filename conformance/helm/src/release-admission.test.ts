/** What the webhooks of the extension `helm` refuse and warn of, before anything is stored. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { ConfigMap, Secret } from '@kindred/apis/core/v1';
import { createClient } from '@kindred/client';
import {
  FluxHelmRelease,
  HelmChart,
  HelmChartConfig,
  type HelmExtensionOptions,
  HelmRelease,
  HelmRepository,
  helmExtension,
} from '@kindred/helm/controller';
import { isStatusError, type KindRef, type KubeObject, systemClock } from '@kindred/machinery';
import { createManager, type Input, installKinds, webhookServer } from '@kindred/operator';
import { inline, webChart } from './fixtures/release-cluster.ts';
import { RepositoryServer } from './fixtures/repository-server.ts';
import { httpCluster } from './http-cluster.ts';

const schema = JSON.stringify({
  type: 'object',
  required: ['color'],
  properties: {
    color: { enum: ['red', 'blue'] },
    replicas: { type: 'integer', minimum: 1 },
    image: { type: 'object', required: ['tag', 'name'], properties: { tag: { type: 'string' } } },
    ports: { type: 'array', items: { type: 'integer' } },
  },
});
const chart = webChart('1.0.0', {
  'values.yaml': 'color: red\nreplicas: 1\nsize: small\n',
  'values.schema.json': schema,
  'templates/config.yaml':
    'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}\ndata:\n  a: {{ .Values.color }}{{ .Values.replicas }}{{ .Values.size }}{{ toJson .Values.image }}{{ toJson .Values.ports }}\n',
  'templates/broken.yaml': '',
});

async function admission(t: TestContext, options: HelmExtensionOptions = {}) {
  const cluster = await httpCluster(t);
  const cacheDirectory = await mkdtemp(join(tmpdir(), 'kindred-admission-'));
  const extension = helmExtension({ cacheDirectory, ...options });
  await installKinds(extension, { client: cluster.client, clock: systemClock });
  const manager = createManager({ client: cluster.client });
  manager.add(webhookServer({ extension: extension.name, webhooks: extension.webhooks }));
  await manager.start();
  t.after(async () => {
    await manager.close();
    await rm(cacheDirectory, { recursive: true, force: true });
  });
  let warnings: string[] = [];
  const client = createClient(cluster.transport, { userAgent: 'person', onWarning: (text) => warnings.push(text) });
  const takeWarnings = (): string[] => {
    const taken = warnings;
    warnings = [];
    return taken;
  };
  /** The causes with their fields; empty when the object was stored. */
  const attempt = async (kind: KindRef<KubeObject>, name: string, spec: object): Promise<string[]> => {
    try {
      const object = { metadata: { namespace: 'default', name }, spec };
      await client.apply(kind, object, { force: true });
      return [];
    } catch (error) {
      if (!isStatusError(error, 'Invalid')) throw error;
      return (error.status.details.causes ?? []).map(({ field, message }) => `${field}: ${message}`);
    }
  };
  const own = (name: string, spec: Partial<Input<typeof HelmRelease>['spec']>): Promise<string[]> =>
    attempt(HelmRelease, name, { chart: inline(chart), ...spec });
  return { client, own, attempt, takeWarnings };
}

test('values are held against the chart, and errors name the field that gave them', async (t) => {
  const { own, client, takeWarnings } = await admission(t);
  assert.deepEqual(await own('a', { values: { replicas: 2, image: { name: 'web', tag: '1' } } }), []);
  assert.deepEqual(await own('a', { values: { replicas: 'three' } }), [
    'spec.values.replicas: Invalid value: "three": got string, want integer',
  ]);
  assert.deepEqual(await own('b', { values: { color: 'green', replicas: 0, image: {}, ports: [1, 'x'] } }), [
    "spec.values.color: Invalid value: \"green\": value must be one of 'red', 'blue'",
    'spec.values.image.tag: Required value: the chart web wants it',
    'spec.values.image.name: Required value: the chart web wants it',
    'spec.values.ports[1]: Invalid value: "x": got string, want integer',
    'spec.values.replicas: Invalid value: 0: minimum: got 0, want 1',
  ]);
  await assert.rejects(client.get(HelmRelease, { namespace: 'default', name: 'b' }), (error) =>
    isStatusError(error, 'NotFound'),
  );
  assert.deepEqual(await own('c', { values: { replicas: 'x' }, install: { disableSchemaValidation: true } }), []);
  assert.deepEqual(takeWarnings(), []);
  await assert.rejects(
    client.create(
      HelmRelease,
      { metadata: { namespace: 'default', name: 'd' }, spec: { chart: inline(chart), values: { replicas: 'x' } } },
      { dryRun: true },
    ),
    (error) =>
      isStatusError(error, 'Invalid') &&
      error.message ===
        'admission webhook "helmreleases.helm.kindred.dev" denied the request: HelmRelease.helm.kindred.dev "d" is invalid: spec.values.replicas: Invalid value: "x": got string, want integer',
  );
});

test('values of other objects take part; what a Secret holds is not shown', async (t) => {
  const { own, client, takeWarnings } = await admission(t);
  const metadata = { namespace: 'default' };
  await client.create(ConfigMap, {
    metadata: { ...metadata, name: 'settings' },
    data: { 'values.yaml': 'replicas: many\n', broken: 'a: [', tag: 'v1' },
  });
  await client.create(Secret, {
    metadata: { ...metadata, name: 'secret' },
    data: { 'values.yaml': Buffer.from('color: hunter2\nimage: {hunter3: hunter4}\n').toString('base64') },
  });
  const settings = { kind: 'ConfigMap', name: 'settings' } as const;
  const secret = { kind: 'Secret', name: 'secret' } as const;
  assert.deepEqual(await own('a', { valuesFrom: [settings] }), [
    'spec.valuesFrom[0]: Invalid value: "many": replicas: got string, want integer',
  ]);
  assert.deepEqual(await own('a', { valuesFrom: [settings], values: { replicas: 3 } }), []);
  assert.deepEqual(await own('b', { valuesFrom: [settings, secret], values: { replicas: 3 } }), [
    'spec.valuesFrom[1]: Invalid value: color: not what the schema of the chart web wants',
    "spec.valuesFrom[1]: Invalid value: image: missing properties 'tag', 'name'",
  ]);
  assert.deepEqual(await own('b', { valuesFrom: [{ ...settings, valuesKey: 'broken' }] }), [
    'spec.valuesFrom[0]: Invalid value: ConfigMap default/settings, key broken: not usable as values',
  ]);
  assert.deepEqual(takeWarnings(), []);
  assert.deepEqual(await own('c', { valuesFrom: [{ kind: 'Secret', name: 'later' }], values: { color: 'green' } }), []);
  assert.deepEqual(takeWarnings(), [
    "spec.valuesFrom[0]: Secret default/later is not there (yet), so values aren't checked",
  ]);
});

test('keys that the chart does not have are refused when the object is strict, and warned of when misspelled', async (t) => {
  const { own, takeWarnings } = await admission(t);
  assert.deepEqual(await own('a', { values: { colour: 'red' } }), []);
  assert.deepEqual(takeWarnings(), ['spec.values.colour: the chart has color, you wrote colour']);
  assert.deepEqual(await own('b', { strictValues: true, values: { colour: 'red', other: 1 } }), [
    'spec.values.colour: Forbidden: the chart has color, you wrote colour',
    'spec.values.other: Forbidden: the chart has no other',
  ]);
});

test('what contradicts itself, can never be found or waits for itself is refused', async (t) => {
  const { own, attempt, client } = await admission(t);
  const repository = { url: 'https://charts.example.com', name: 'web' };
  const cases: [object, string][] = [
    [{ chart: {} }, 'spec.chart: Required value: one of repository, oci, git, '],
    [
      { chart: { ...inline(chart), repository } },
      'spec.chart.inline: Forbidden: the chart already comes from repository',
    ],
    [
      { chart: { repository: { ...repository, version: '>=one' } } },
      'spec.chart.repository.version: Invalid value: ">=one": must be a version, or a range of versions',
    ],
    [{ chart: { inline: 'AAAA' } }, 'spec.chart.inline: Invalid value: '],
    [{ releaseName: 'A_b' }, 'spec.releaseName: Invalid value: "A_b": invalid release name, must match regex'],
    [
      { postRenderers: [{ kustomize: { patches: [{ patch: 'kind: ConfigMap' }] } }] },
      'spec.postRenderers[0].kustomize.patches[0]: Invalid value: without a target, the patch must name its object',
    ],
    [
      { postRenderers: [{ kustomize: { patches: [{ patch: 'a: [', target: { kind: 'Pod' } }] } }] },
      'spec.postRenderers[0].kustomize.patches[0]: Invalid value: ',
    ],
    [
      { dependsOn: [{ name: 'a' }] },
      'spec.dependsOn: Invalid value: the releases depend on each other: default/a -> default/a',
    ],
  ];
  for (const [spec, wanted] of cases) {
    const [found = 'nothing'] = await own('a', spec);
    assert.equal(found.slice(0, wanted.length), wanted);
  }
  assert.deepEqual(await own('a', { dependsOn: [{ name: 'b' }] }), []);
  assert.deepEqual(await own('b', { dependsOn: [{ name: 'a' }] }), [
    'spec.dependsOn: Invalid value: the releases depend on each other: default/b -> default/a -> default/b',
  ]);
  assert.deepEqual(await attempt(FluxHelmRelease, 'f', { interval: '5m' }), [
    'spec.chart: Required value: exactly one of chart and chartRef',
  ]);
  assert.deepEqual(
    await attempt(HelmChart, 'k', { chart: 'web', repo: 'https://a', version: '1.x.y.z', timeout: 'soon' }),
    [
      'spec.timeout: Invalid value: "soon": must be a duration, such as 5m or 1h30m',
      'spec.version: Invalid value: "1.x.y.z": must be a version, or a range of versions',
    ],
  );
  const [broken = ''] = await attempt(HelmChartConfig, 'k', { valuesContent: 'a: [' });
  assert.match(broken, /^spec\.valuesContent: Invalid value: "…": no values: /);
  // Labels and the like can be written whatever has become of the rest.
  await client.mergePatch(HelmRelease, { namespace: 'default', name: 'a' }, { metadata: { labels: { x: 'y' } } });
});

test('the objects of Flux and k3s are held against their charts, too', async (t) => {
  const server = await RepositoryServer.start();
  t.after(() => server.close());
  server.put('/web-1.0.0.tgz', chart);
  const entry = '{ name: web, version: 1.0.0, apiVersion: v2, urls: [web-1.0.0.tgz] }';
  server.put('/index.yaml', `apiVersion: v1\nentries: { web: [${entry}] }\n`);
  const { attempt, client, takeWarnings } = await admission(t);
  const source = { kind: 'HelmRepository', name: 'charts' };
  const spec = { interval: '5m', chart: { spec: { chart: 'web', sourceRef: source } }, values: { replicas: 'x' } };
  assert.deepEqual(await attempt(FluxHelmRelease, 'f', spec), []);
  assert.deepEqual(takeWarnings(), ['HelmRepository default/charts is not there (yet), so nothing more is checked']);
  await client.create(HelmRepository, {
    metadata: { namespace: 'default', name: 'charts' },
    spec: { interval: '5m', url: server.url },
  });
  const wrong = ['spec.values.replicas: Invalid value: "x": got string, want integer'];
  assert.deepEqual(await attempt(FluxHelmRelease, 'g', spec), wrong);
  const k3s = { chart: 'web', repo: server.url };
  assert.deepEqual(await attempt(HelmChart, 'k', { ...k3s, values: { replicas: 'x' } }), wrong);
  assert.deepEqual(await attempt(HelmChart, 'k', { ...k3s, valuesContent: 'replicas: x\n' }), [
    'spec.valuesContent: Invalid value: "x": replicas: got string, want integer',
  ]);
  server.files.clear();
  assert.deepEqual(await attempt(HelmChart, 'k', { ...k3s, version: '>0.1.0', values: { replicas: 'x' } }), []);
  assert.match(takeWarnings().join(), /^values aren't checked against the chart: /);
});
