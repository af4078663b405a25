/** What install and upgrade can be told: by the real helm and by ours, the same errors and the same state. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConfigMap, Namespace, Secret } from '@kindred/apis/core/v1';
import {
  type ActionContext,
  getMetadata,
  getValues,
  install,
  loadDirectory,
  readValues,
  rollback,
  status,
  upgrade,
  writeYaml,
} from '@kindred/helm';
import { type Program, type ProgramOptions, type Programs, programs } from './release-programs.ts';
import { stateOf } from './release-state.ts';

const CHART = {
  'Chart.yaml': 'apiVersion: v2\nname: kit\nversion: 0.3.0\n',
  'values.yaml': 'name: map\nfail: ""\n',
  'templates/map.yaml':
    'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: "{{ .Values.name }}"}\ndata:\n  kube: {{ .Capabilities.KubeVersion.Version }}\n  widgets: {{ .Capabilities.APIVersions.Has "example.com/v1/Widget" | quote }}\n  deployments: {{ .Capabilities.APIVersions.Has "apps/v1/Deployment" | quote }}\n  all: {{ .Capabilities.APIVersions | sortAlpha | join "," }}\n',
};

type Both = Readonly<Record<'helm' | 'ours', Programs>>;

async function twoClusters(t: Parameters<typeof programs>[0], options: ProgramOptions = {}): Promise<Both> {
  const [helm, ours] = await Promise.all([programs(t, options), programs(t, options)]);
  return { helm, ours };
}

/** Runs the same in two clusters; gives the text of the error. */
async function same(
  both: Both,
  files: Readonly<Record<string, string>>,
  run: (program: Program, chart: string) => Promise<string>,
  options: ProgramOptions = {},
): Promise<string> {
  const [helm, ours] = await Promise.all(
    (['helm', 'ours'] as const).map(async (name) => {
      const chart = await both[name].chart('kit', { ...CHART, ...files });
      const error = (await run(both[name][name], chart)).replaceAll(chart, 'CHART');
      return { error, state: await stateOf(both[name], options) };
    }),
  );
  assert.deepEqual(ours, helm);
  return helm?.error ?? '';
}

const definition = (field: string): string =>
  `apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: widgets.example.com}\nspec:\n  group: example.com\n  scope: Namespaced\n  names: {plural: widgets, singular: widget, kind: Widget}\n  versions:\n  - name: v1\n    served: true\n    storage: true\n    schema:\n      openAPIV3Schema:\n        type: object\n        properties: {${field}: {type: string}}\n`;

test('capabilities, with and without what crds/ brings', { timeout: 60_000 }, async (t) => {
  const both = await twoClusters(t);
  await same(both, {}, (by, chart) => by.install('plain', chart));
  const files = {
    'crds/widget.yaml': definition('a'),
    'templates/widget.yaml': 'apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: w}\na: x\n',
  };
  assert.match(
    await same(both, files, (by, chart) => by.install('none', chart, { skipCrds: true, set: 'name=n' })),
    /no matches for kind "Widget"/,
  );
  assert.equal(await same(both, files, (by, chart) => by.install('own', chart, { set: 'name=o' })), '');
});

test('a namespace of its own', { timeout: 60_000 }, async (t) => {
  const options = { namespace: 'fresh' };
  const both = await twoClusters(t, options);
  const missing = await same(both, {}, (by, chart) => by.install('web', chart), options);
  assert.match(missing, /namespaces "fresh" not found/);
  assert.equal(await same(both, {}, (by, chart) => by.install('web', chart, { createNamespace: true }), options), '');
  const [helm, ours] = await Promise.all(
    [both.helm, both.ours].map(
      async ({ cluster }) => (await cluster.client.get(Namespace, { name: 'fresh' })).metadata.labels,
    ),
  );
  assert.deepEqual(ours, helm);
});

test('objects of somebody else', { timeout: 60_000 }, async (t) => {
  const both = await twoClusters(t);
  for (const { cluster } of [both.helm, both.ours]) {
    await cluster.client.create(ConfigMap, { metadata: { namespace: 'default', name: 'map' }, data: { mine: 'x' } });
  }
  const error = await same(both, {}, (by, chart) => by.install('web', chart));
  assert.match(error, /^unable to continue with install: ConfigMap "map" in namespace "default" exists/);
  assert.equal(await same(both, {}, (by, chart) => by.install('web', chart, { set: 'name=other' })), '');
  assert.match(
    await same(both, {}, (by, chart) => by.upgrade('web', chart, { set: 'name=map' })),
    /^unable to continue with update: /,
  );
  const taken = await same(both, {}, (by, chart) => by.upgrade('web', chart, { set: 'name=map', takeOwnership: true }));
  assert.equal(taken, '');
});

test('changing over between the ways of writing', { timeout: 60_000 }, async (t) => {
  const both = await twoClusters(t);
  assert.equal(await same(both, {}, (by, chart) => by.install('web', chart, { serverSide: false })), '');
  assert.equal(await same(both, {}, (by, chart) => by.upgrade('web', chart, { set: 'a=1' })), '');
  assert.equal(
    await same(both, {}, (by, chart) => by.upgrade('web', chart, { set: 'name=other', serverSide: true })),
    '',
  );
  assert.equal(await same(both, {}, (by) => by.rollback('web', 2)), '');
  assert.equal(await same(both, {}, (by) => by.rollback('web', 3)), '');
  assert.equal(
    await same(both, {}, (by, chart) => by.upgrade('web', chart, { forceReplace: true, serverSide: false })),
    '',
  );
  const refused = await same(both, {}, (by, chart) =>
    by.upgrade('web', chart, { forceReplace: true, serverSide: true }),
  );
  assert.match(refused, /cannot use server-side apply and force replace together/);
});

test('fields that somebody else wrote', { timeout: 60_000 }, async (t) => {
  const both = await twoClusters(t);
  await same(both, {}, (by, chart) => by.install('web', chart));
  for (const { cluster } of [both.helm, both.ours]) {
    const at = { namespace: 'default', name: 'map' };
    await cluster.client.mergePatch(ConfigMap, at, { data: { kube: 'mine' } }, { fieldManager: 'somebody' });
  }
  const conflict = await same(both, {}, (by, chart) => by.upgrade('web', chart, { set: 'a=1' }));
  assert.match(conflict, /conflict/);
  assert.equal(await same(both, {}, (by, chart) => by.upgrade('web', chart, { set: 'a=1', forceConflicts: true })), '');
});

test('fields that a kind does not have', { timeout: 60_000 }, async (t) => {
  const both = await twoClusters(t);
  const files = { 'templates/odd.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: odd}\nspce: {a: b}\n' };
  assert.notEqual(
    await same(both, files, async (by, chart) => ((await by.install('web', chart)) === '' ? '' : 'refused')),
    '',
  );
  const options = { disableOpenApiValidation: true };
  await same(both, files, async (by, chart) =>
    (await by.install('lax', chart, { ...options, set: 'name=lax' })) === '' ? '' : 'refused',
  );
});

test('dry runs change nothing', { timeout: 60_000 }, async (t) => {
  const both = await twoClusters(t);
  for (const dryRun of ['client', 'server'] as const) {
    assert.equal(await same(both, {}, (by, chart) => by.install('web', chart, { dryRun })), '');
  }
  assert.equal(await same(both, {}, (by, chart) => by.install('web', chart)), '');
  for (const dryRun of ['client', 'server'] as const) {
    assert.equal(await same(both, {}, (by, chart) => by.upgrade('web', chart, { dryRun, set: 'name=x' })), '');
    assert.equal(await same(both, {}, (by) => by.rollback('web', 1, { dryRun })), '');
  }
  for (const { cluster } of [both.helm, both.ours]) {
    assert.equal((await cluster.client.list(Secret, { namespace: 'default' })).items.length, 1);
  }
});

test('what is wrong is said before anything is changed', { timeout: 60_000 }, async (t) => {
  const both = await twoClusters(t);
  await same(both, {}, (by, chart) => by.install('web', chart));
  const cases: Record<string, string>[] = [
    { 'templates/x.yaml': '{{ fail "no such luck" }}' },
    { 'templates/x.yaml': '{{ .Values.a.b.c }}' },
    { 'templates/x.yaml': 'apiVersion: v1\nkind: Nothing\nmetadata: {name: x}\n' },
    { 'templates/x.yaml': '{{ lookup "nope.io/v1" "Foo" "" "x" }}' },
    { 'values.schema.json': '{"properties":{"name":{"type":"integer"}}}', 'templates/x.yaml': '' },
    { 'values.schema.json': '{}', 'Chart.yaml': 'apiVersion: v2\nname: kit\nversion: 1.0.0\nkubeVersion: "<1.2"\n' },
  ];
  for (const files of cases) {
    for (const run of [
      (by: Program, chart: string) => by.install('other', chart),
      (by: Program, chart: string) => by.upgrade('web', chart),
    ]) {
      const clean = { 'templates/x.yaml': '', 'values.schema.json': '{}', ...files };
      const first = await same(both, clean, async (by, chart) =>
        ((await run(by, chart)).split('\n', 1)[0] ?? '').trim(),
      );
      assert.notEqual(first, '');
    }
  }
  // The real helm upgrades to a library chart, which deletes all objects of the release.
  const library = { ...CHART, 'Chart.yaml': 'apiVersion: v2\nname: kit\nversion: 1.0.0\ntype: library\n' };
  const path = await both.ours.chart('library', library);
  assert.equal(await both.ours.ours.upgrade('web', path), 'library charts are not installable');
  const reserved = await same(both, { 'values.schema.json': '{}', 'templates/x.yaml': '' }, (by, chart) =>
    by.upgrade('web', chart, { labels: 'owner=me' }),
  );
  assert.match(reserved, /^user supplied labels contains system reserved label name/);
});

test('lookups see the cluster, round after round', { timeout: 60_000 }, async (t) => {
  const both = await twoClusters(t);
  for (const { cluster } of [both.helm, both.ours]) {
    await cluster.client.create(ConfigMap, {
      metadata: { namespace: 'default', name: 'first' },
      data: { next: 'second' },
    });
    await cluster.client.create(ConfigMap, {
      metadata: { namespace: 'default', name: 'second' },
      data: { next: 'third', n: '5' },
    });
  }
  const text =
    'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: found}\ndata:\n  {{- $first := lookup "v1" "ConfigMap" .Release.Namespace "first" }}\n  {{- $second := lookup "v1" "ConfigMap" .Release.Namespace $first.data.next }}\n  next: {{ $second.data.next }}\n  none: {{ lookup "v1" "ConfigMap" "default" "none" | toJson | quote }}\n  unknown: {{ lookup "v1" "Nothing" "default" "none" | toJson | quote }}\n  names: {{ range (lookup "v1" "ConfigMap" "default" "").items }}{{ .metadata.name }},{{ end }}\n  kind: {{ (lookup "v1" "Namespace" "" "").kind }}\n';
  const run = (by: Program, chart: string) => by.install('web', chart);
  assert.equal(await same(both, { 'templates/found.yaml': text }, run), '');
});

test('post-renderers get hooks and manifests, and may add objects', async (t) => {
  const { context, chart, cluster } = await programs(t);
  const files = {
    ...CHART,
    'templates/hook.yaml':
      'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: hook\n  annotations: {helm.sh/hook: pre-install}\ndata: {a: old}\n',
  };
  let seen = '';
  const release = await install(context(), {
    name: 'web',
    chart: await loadDirectory(await chart('kit', files)),
    values: readValues('{}', 'values'),
    postRender(manifests) {
      seen = manifests;
      const more = '---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: added}\n';
      return Promise.resolve(manifests.replace('a: old', 'a: new') + more);
    },
  });
  assert.match(seen, /postrenderer\.helm\.sh\/postrender-filename: kit\/templates\/map\.yaml/);
  assert.doesNotMatch(release.manifest, /postrender-filename/);
  assert.match(release.manifest, /# Source: generated-by-postrender-2\.yaml/);
  assert.equal(release.hooks[0]?.path, 'kit/templates/hook.yaml');
  assert.equal((await cluster.client.get(ConfigMap, { namespace: 'default', name: 'hook' })).data?.['a'], 'new');
  await cluster.client.get(ConfigMap, { namespace: 'default', name: 'added' });
});

test('what is shown of a release', { timeout: 60_000 }, async (t) => {
  const both = await programs(t);
  const chart = await both.chart('kit', CHART);
  await both.ours.install('web', chart, { set: 'extra.deep=1,name=map', labels: 'a=b' });
  const shown = async (...args: string[]): Promise<unknown> =>
    JSON.parse((await both.cluster.helm(...args, '-o', 'json')).stdout);
  const context = both.context();
  assert.deepEqual(JSON.parse((await both.cluster.helm('get', 'values', 'web', '-o', 'json')).stdout), {
    extra: { deep: 1 },
    name: 'map',
  });
  const all = await getValues(context, { name: 'web', all: true });
  assert.equal(
    writeYaml(all),
    (await both.cluster.helm('get', 'values', 'web', '--all')).stdout.replace('COMPUTED VALUES:\n', ''),
  );
  const metadata = (await shown('get', 'metadata', 'web')) as Record<string, unknown>;
  const ours = await getMetadata(context, { name: 'web' });
  assert.equal(ours.version, metadata['version']);
  assert.equal(ours.applyMethod, metadata['applyMethod']);
  assert.deepEqual(ours.labels, { a: 'b' });
  const { resources } = await status(context, { name: 'web' });
  const live = ((await shown('status', 'web')) as { info: { resources: Record<string, unknown> } }).info.resources;
  assert.deepEqual([...resources.keys()], Object.keys(live));
});

test('labels and conditions of a deadline', async (t) => {
  const both = await programs(t);
  const path = await both.chart('kit', {
    ...CHART,
    'templates/job.yaml':
      'apiVersion: batch/v1\nkind: Job\nmetadata: {name: slow, annotations: {helm.sh/hook: pre-upgrade}}\nspec: {template: {spec: {restartPolicy: Never, containers: [{name: a, image: b}]}}}\n',
  });
  assert.equal(await both.ours.install('web', path), '');
  const chart = await loadDirectory(path);
  const late = upgrade(both.context(), {
    name: 'web',
    chart,
    values: readValues('{}', 'v'),
    deadlineMilliseconds: 300,
  });
  await assert.rejects(late, {
    message: 'pre-upgrade hooks failed: the action took longer than its deadline of 300ms',
  });
  assert.match((await both.cluster.helm('history', 'web')).stdout, /^2\s.*failed.*deadline/m);
});

test('a rollback without a revision goes back to one that worked', { timeout: 60_000 }, async (t) => {
  const both = await programs(t);
  const map =
    'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ .Values.name }}}\ndata: {color: {{ .Values.color }}}\n';
  const path = await both.chart('map', {
    'Chart.yaml': 'apiVersion: v2\nname: map\nversion: 1.0.0\n',
    'values.yaml': 'name: map\ncolor: blue\n',
    'templates/map.yaml': map,
  });
  assert.equal(await both.ours.install('web', path), '');
  for (const color of ['red', 'green']) {
    assert.match(await both.ours.upgrade('web', path, { set: `name=No_Name,color=${color}` }), /No_Name/);
  }
  const told: string[] = [];
  const context = (): ActionContext => ({
    ...both.context(),
    report: (event) => event.type === 'warning' && told.push(event.message),
  });
  const back = await rollback(context(), { name: 'web' });
  assert.equal(back.info.description, 'Rollback to 1');
  assert.deepEqual(told.splice(0), ['revision 2 was never successful: rolling back to 1, the last that was']);
  assert.equal((await rollback(context(), { name: 'web', lastSuccessful: true })).info.description, 'Rollback to 1');
  assert.equal((await rollback(context(), { name: 'web' })).info.description, 'Rollback to 4');
  assert.deepEqual(told, []);
  assert.match(await both.ours.install('new', path, { set: 'name=No_Name' }), /No_Name/);
  assert.match(await both.ours.upgrade('new', path, { set: 'name=No_Name,color=red' }), /No_Name|no deployed/);
  const never = rollback(context(), { name: 'new', lastSuccessful: true });
  await assert.rejects(never, { message: 'release has no revision that was ever successful' });
});
