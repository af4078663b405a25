/** Objects that say by annotations what must be ready before them; a chart without such annotations is written at once. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Deployment } from '@kindred/apis/apps/v1';
import { Job } from '@kindred/apis/batch/v1';
import { Secret } from '@kindred/apis/core/v1';
import { ownCommand } from './fixtures/own-command.ts';
import { eventually } from './fixtures/release-cluster.ts';
import { httpCluster } from './http-cluster.ts';

const pod = 'template: {metadata: {labels: {a: b}}, spec: {restartPolicy: Never, containers: [{name: c, image: i}]}}';
const deployment = (name: string, annotations: string): string => `apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}, annotations: {${annotations}}}
spec:
  replicas: {{ .Values.replicas }}
  selector: {matchLabels: {a: b}}
  ${pod.replace('restartPolicy: Never, ', '')}
`;

const objects = [
  deployment('app', 'werf.io/weight: "10", vault.external-dependency.werf.io/resource: secret/token'),
  `apiVersion: batch/v1\nkind: Job\nmetadata: {name: migrate}\nspec: {${pod}}\n`,
  deployment('db', 'helm.kindred.dev/weight: "-1"'),
  `apiVersion: v1
kind: ConfigMap
metadata: {name: last, annotations: {werf.io/deploy-dependency-app: "state=present,kind=Deployment,name=app"}}
data: {{ .Values.data | toJson }}
`,
].join('---\n');

test('objects are written in the order that their annotations ask for, on install and upgrade; circles are refused', async (t) => {
  const cluster = await httpCluster(t);
  const { client } = cluster;
  const command = await ownCommand(t, cluster);
  await command.write('web/Chart.yaml', 'apiVersion: v2\nname: web\nversion: 0.1.0\n');
  await command.write('web/values.yaml', 'replicas: 1\ndata: {}\n');
  await command.write('web/templates/all.yaml', objects);
  const at = (name: string) => ({ namespace: 'default', name });
  const listed = async (): Promise<string[]> => {
    const deployments = (await client.list(Deployment, at(''))).items;
    const jobs = (await client.list(Job, at(''))).items;
    return [...deployments, ...jobs].map(({ metadata }) => metadata.name).sort();
  };
  const ready = async (name: string): Promise<void> => {
    const { metadata, spec } = await client.get(Deployment, at(name));
    const replicas = spec?.replicas ?? 0;
    const progressing = { type: 'Progressing', status: 'True' as const, reason: 'NewReplicaSetAvailable' };
    const conditions = [{ type: 'Available', status: 'True' as const }, progressing];
    const counts = { replicas, readyReplicas: replicas, availableReplicas: replicas, updatedReplicas: replicas };
    const status = { observedGeneration: metadata.generation, ...counts, conditions };
    await client.mergePatch(Deployment, at(name), { status }, { subresource: 'status' });
  };

  const installing = command.run('install', 'r', './web', '--timeout', '30s');
  await eventually(listed, (names) => names.includes('db'));
  assert.deepEqual(await listed(), ['db']);
  await ready('db');
  await eventually(listed, (names) => names.includes('migrate'));
  assert.deepEqual(await listed(), ['db', 'migrate']);
  const complete = { conditions: [{ type: 'Complete', status: 'True' as const }], succeeded: 1 };
  await client.mergePatch(Job, at('migrate'), { status: complete }, { subresource: 'status' });
  await client.create(Secret, { metadata: at('token') });
  const { code, errors } = await installing;
  assert.equal(code, 0, errors);
  const written = cluster.requests
    .filter(({ method }) => method === 'PATCH')
    .map(({ path }) => path.replace(/.*\/|\?.*/g, ''));
  assert.deepEqual(written, ['db', 'migrate', 'app', 'last']);

  const planned = await command.run('plan', 'r', './web', '--set', 'replicas=2');
  const steps = planned.output.split('\n').filter((line) => /^\d/.test(line));
  assert.deepEqual(
    steps.map((line) => line.replace(/ +/g, ' ')),
    [
      '1. update Deployment/default/db (1 field)',
      '2. wait for Deployment/default/db (until ready, at most 5m0s)',
      '3. leave Job/default/migrate',
      '4. wait for Job/default/migrate (until ready, at most 5m0s)',
      '5. wait for secret/token (of others, until it is ready)',
      '6. update Deployment/default/app (1 field)',
      '7. leave ConfigMap/default/last',
    ],
  );

  // An upgrade waits in the same way; what isn't ready in time fails it, and nothing behind it is touched.
  const failed = await command.run('upgrade', 'r', './web', '--set', 'replicas=2,data.a=b', '--timeout', '300ms');
  assert.match(failed.errors, /resource Deployment\/default\/db not ready/);
  const app = await client.get(Deployment, at('app'));
  assert.equal(app.spec?.replicas, 1);

  await command.write(
    'web/templates/all.yaml',
    `${objects}---
apiVersion: v1
kind: ConfigMap
metadata: {name: one, annotations: {werf.io/deploy-dependency-x: "state=ready,name=two"}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: two, annotations: {werf.io/deploy-dependency-x: "state=ready,name=one"}}
`,
  );
  const circle = await command.run('upgrade', 'r', './web');
  assert.match(
    circle.errors,
    /objects wait for each other by their annotations: ConfigMap\/default\/one -> ConfigMap\/default\/two -> ConfigMap\/default\/one/,
  );
});
