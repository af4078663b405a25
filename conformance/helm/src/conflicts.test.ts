/** Fields of a release that others own: found before anything is written, decided field by field. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Deployment } from '@kindred/apis/apps/v1';
import { HorizontalPodAutoscaler } from '@kindred/apis/autoscaling/v2';
import { ConfigMap } from '@kindred/apis/core/v1';
import type { Client } from '@kindred/client';
import {
  buildResources,
  type Cluster,
  createActionContext,
  createKindMapper,
  createResources,
  install,
  loadChartFiles,
  nodeProviders,
  parseConflictPolicy,
  planConflicts,
  readValues,
  rollback,
  secretDriver,
  updateResources,
  upgrade,
} from '@kindred/helm';
import { systemClock } from '@kindred/machinery';
import { ownCommand } from './fixtures/own-command.ts';
import { httpCluster } from './http-cluster.ts';

const manifest = (color: string, image: string): string => `
apiVersion: v1
kind: ConfigMap
metadata: {name: web}
data: {color: ${color}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: "${image}"}]}
`;

test('all conflicts at once, fields left to their owners, fields taken over', async (t) => {
  const { client, recorded, requests } = await httpCluster(t);
  const mapper = createKindMapper(recorded);
  const cluster: Cluster = { client: recorded, mapper, namespace: 'default', clock: systemClock };
  const at = { namespace: 'default', name: 'web' };
  const mode = { serverSide: true };
  const originals = await buildResources(cluster, manifest('red', 'web:1'));
  await createResources(cluster, originals, mode);
  await client.mergePatch(ConfigMap, at, { data: { color: 'mine' } }, { fieldManager: 'hand' });
  // Owners come by time and then by name: this way round both say the same.
  const scale = { metadata: at, spec: { replicas: 7 } };
  await client.as('autoscaler').updateSubresource(Deployment, { ...at, subresource: 'scale' }, scale);
  const containers = [{ name: 'web', image: 'web:patched' }];
  await client.strategicPatch(
    Deployment,
    at,
    { spec: { template: { spec: { containers } } } },
    { fieldManager: 'fixer' },
  );

  const targets = await buildResources(cluster, manifest('blue', 'web:2'));
  requests.length = 0;
  await assert.rejects(planConflicts(cluster, targets, parseConflictPolicy(['fail'])), {
    message: [
      '3 fields belong to other managers:',
      'ConfigMap web in namespace default',
      '  .data.color: owned by "hand" using v1',
      'Deployment web in namespace default',
      '  .spec.replicas: owned by "autoscaler" with subresource "scale" using apps/v1',
      '  .spec.template.spec.containers[name="web"].image: owned by "fixer" using apps/v1',
    ].join('\n'),
  });
  assert.ok(requests.every(({ method, path }) => method === 'GET' || path.includes('dryRun=All')));

  const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' };
  await client.create(HorizontalPodAutoscaler, { metadata: at, spec: { scaleTargetRef, maxReplicas: 9 } });
  const plan = await planConflicts(cluster, targets, parseConflictPolicy(['force', '.data=yield']));
  await updateResources(cluster, originals, plan.targets, { ...mode, forced: plan.forced });
  assert.equal((await client.get(ConfigMap, at)).data?.['color'], 'mine');
  const { spec } = await client.get(Deployment, at);
  assert.equal(spec?.replicas, 7);
  assert.equal(spec?.template.spec?.containers[0]?.image, 'web:2');
  assert.deepEqual(
    plan.conflicts.flatMap(({ conflicts }) => conflicts.map(({ path, decision, live }) => [path, decision, live])),
    [
      ['.data.color', 'yield', 'mine'],
      ['.spec.replicas', 'yield', 7],
      ['.spec.template.spec.containers[name="web"].image', 'force', 'web:patched'],
    ],
  );
});

test('what client-side apply wrote is taken back', async (t) => {
  const { client } = await httpCluster(t);
  const cluster: Cluster = { client, mapper: createKindMapper(client), namespace: 'default', clock: systemClock };
  const originals = await buildResources(cluster, manifest('red', 'web:1'));
  await createResources(cluster, originals, { serverSide: false });
  const targets = await buildResources(cluster, manifest('blue', 'web:2'));
  const { forced } = await planConflicts(cluster, targets, parseConflictPolicy([]));
  assert.equal(forced.size, 2);
  await updateResources(cluster, originals, targets, { serverSide: true, forced });
  const at = { namespace: 'default', name: 'web' };
  assert.equal((await client.get(ConfigMap, at)).data?.['color'], 'blue');
});

const chartOf = (color: string) => {
  const files = {
    'Chart.yaml': 'apiVersion: v2\nname: web\nversion: 0.1.0\n',
    'templates/all.yaml': manifest(color, `web:${color}`),
  };
  return loadChartFiles(Object.entries(files).map(([name, text]) => ({ name, data: Buffer.from(text) })));
};

/** Acts as `actor`, and tells each conflict that was decided: the field, its owner, and what was decided. */
function tellingContext(client: Client, actor = client) {
  const told: string[] = [];
  const context = createActionContext({
    client: actor,
    namespace: 'default',
    driver: secretDriver({ client, namespace: 'default', clock: systemClock }),
    functions: nodeProviders(),
    identity: 'test',
    report: (event) => {
      if (event.type !== 'resource' || event.progress.type !== 'conflict') return;
      const { path, owner, decision } = event.progress;
      told.push(`${path} ${owner} ${decision}`);
    },
  });
  return { context, told };
}

test('without a policy: replicas of an autoscaler and what client-side apply wrote are decided, the rest is as with helm', async (t) => {
  const { client, recorded, requests } = await httpCluster(t);
  const { context, told } = tellingContext(client, recorded);
  const release = { name: 'web', values: readValues('', 'values') };
  const at = { namespace: 'default', name: 'web' };
  const scale = (replicas: number) =>
    client
      .as('scaler')
      .updateSubresource(Deployment, { ...at, subresource: 'scale' }, { metadata: at, spec: { replicas } });
  const replicas = async () => (await client.get(Deployment, at)).spec?.replicas;
  await install(context, { ...release, chart: chartOf('red') });
  assert.equal(requests.filter(({ path }) => path.includes('dryRun')).length, 0);

  await scale(7);
  const refusal = /conflict with "scaler" with subresource "scale" using apps\/v1: \.spec\.replicas$/;
  await assert.rejects(upgrade(context, { ...release, chart: chartOf('blue') }), { message: refusal });
  assert.deepEqual(told.splice(0), ['.spec.replicas "scaler" with subresource "scale" using apps/v1 fail']);

  const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' };
  await client.create(HorizontalPodAutoscaler, { metadata: at, spec: { scaleTargetRef, maxReplicas: 9 } });
  await client.as('helm').mergePatch(ConfigMap, at, { data: { color: 'of helm 3' } });
  const done = await upgrade(context, { ...release, chart: chartOf('green') });
  assert.match(done.manifest, /replicas: 2/);
  assert.equal((await client.get(Deployment, at)).spec?.template.spec?.containers[0]?.image, 'web:green');
  assert.equal((await client.get(ConfigMap, at)).data?.['color'], 'green');
  assert.equal(await replicas(), 7);
  assert.deepEqual(told.splice(0).toSorted(), [
    '.data.color "helm" using v1 force',
    '.spec.replicas "scaler" with subresource "scale" using apps/v1 yield',
  ]);

  await rollback(context, { name: 'web', revision: 1 });
  assert.equal(await replicas(), 7);
  await client.mergePatch(ConfigMap, at, { data: { color: 'mine' } }, { fieldManager: 'hand' });
  await assert.rejects(upgrade(context, { ...release, chart: chartOf('blue') }), {
    message:
      /^conflict occurred while applying object default\/web \/v1, Kind=ConfigMap: .*"hand" using v1: \.data\.color$/,
  });
  await upgrade(context, { ...release, chart: chartOf('blue'), forceConflicts: true });
  assert.equal(await replicas(), 2);
});

test('an upgrade with a policy: nothing happens when it fails, otherwise each field gets what was decided', async (t) => {
  const cluster = await httpCluster(t);
  const { client } = cluster;
  const { context, told } = tellingContext(client);
  const values = readValues('', 'values');
  await install(context, { name: 'web', chart: chartOf('red'), values });
  const at = { namespace: 'default', name: 'web' };
  const hand = { fieldManager: 'hand' };
  await client.mergePatch(ConfigMap, at, { data: { color: 'mine' } }, hand);
  await client.mergePatch(Deployment, at, { spec: { replicas: 5 } }, hand);

  const options = { name: 'web', chart: chartOf('blue'), values };
  await assert.rejects(upgrade(context, { ...options, onConflict: parseConflictPolicy(['fail']) }), {
    message: /^unable to continue with update: 2 fields belong to other managers:\n/,
  });
  const failed = await client.get(ConfigMap, at);
  assert.equal(failed.data?.['color'], 'mine');
  assert.equal((await context.storage.last('web')).revision, 1);

  const release = await upgrade(context, {
    ...options,
    onConflict: parseConflictPolicy(['force', '.spec.replicas=yield']),
  });
  assert.equal(release.info.status, 'deployed');
  assert.equal((await client.get(ConfigMap, at)).data?.['color'], 'blue');
  assert.equal((await client.get(Deployment, at)).spec?.replicas, 5);
  assert.deepEqual(told.toSorted(), ['.data.color "hand" using v1 force', '.spec.replicas "hand" using apps/v1 yield']);
  // The record has the whole wish: the next upgrade decides anew.
  assert.match(release.manifest, /replicas: 2/);
});

test('the command says what helps, and a rollback decides as well', async (t) => {
  const cluster = await httpCluster(t);
  const command = await ownCommand(t, cluster);
  await command.write('web/Chart.yaml', 'apiVersion: v2\nname: web\nversion: 0.1.0\n');
  const template =
    'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\ndata: {color: {{ .Values.color | default "red" }}}\n';
  const chart = (await command.write('web/templates/a.yaml', template)).replace('/templates/a.yaml', '');
  assert.equal((await command.run('install', 'web', chart)).errors, '');
  assert.equal((await command.run('upgrade', 'web', chart, '--set', 'color=blue')).errors, '');
  const at = { namespace: 'default', name: 'web' };
  await cluster.client.mergePatch(ConfigMap, at, { data: { color: 'mine' } }, { fieldManager: 'hand' });
  const upgrade = await command.run('upgrade', 'web', chart, '--set', 'color=green');
  assert.match(
    upgrade.errors,
    /^Error: UPGRADE FAILED: conflict occurred .*"hand" using v1: \.data\.color\n {2}hint: --on-conflict=yield /,
  );
  const refused = await command.run('rollback', 'web', '1');
  assert.match(refused.errors, /^Error: conflict occurred .*\.data\.color\n {2}hint: --on-conflict=yield leaves .*\n$/);
  const yielded = await command.run('rollback', 'web', '1', '--on-conflict', 'yield');
  assert.deepEqual([yielded.code, yielded.errors], [0, '']);
  assert.equal((await cluster.client.get(ConfigMap, at)).data?.['color'], 'mine');
  assert.equal((await command.run('rollback', 'web', '1', '--on-conflict=.data=force')).errors, '');
  assert.equal((await cluster.client.get(ConfigMap, at)).data?.['color'], 'red');
});
