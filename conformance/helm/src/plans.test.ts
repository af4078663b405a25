/** `helm plan` and `helm apply`: what was planned is done exactly so, or refused because something has changed. */
import assert from 'node:assert/strict';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { ConfigMap, Secret, ServiceAccount } from '@kindred/apis/core/v1';
import { ownCommand } from './fixtures/own-command.ts';
import { httpCluster } from './http-cluster.ts';

const template = `apiVersion: v1
kind: ConfigMap
metadata: {name: {{ .Release.Name }}}
data: {color: {{ .Values.color }}}
---
apiVersion: v1
kind: Secret
metadata: {name: {{ .Release.Name }}}
stringData: {password: s3cret-{{ randAlphaNum 10 }}}
{{- if .Values.more }}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: more}
{{- end }}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: hook, annotations: {helm.sh/hook: "pre-install,pre-upgrade"}}
`;

test('a plan is done exactly as it was made, and refused when the release or its objects have changed', async (t) => {
  const cluster = await httpCluster(t);
  const { client, requests } = cluster;
  const command = await ownCommand(t, cluster);
  await command.write('web/Chart.yaml', 'apiVersion: v2\nname: web\nversion: 0.1.0\n');
  await command.write('web/values.yaml', 'color: red\n');
  await command.write('web/templates/all.yaml', template);
  const file = join(command.directory, 'r.plan');
  const at = { namespace: 'default', name: 'r' };
  const color = async () => (await client.get(ConfigMap, at)).data?.['color'];

  const plan = async (...words: string[]) => {
    requests.length = 0;
    const made = await command.run('plan', 'r', './web', '--out', 'r.plan', '--stable-generators', ...words);
    const writes = requests.filter(({ method, path }) => method !== 'GET' && !path.includes('dryRun=All'));
    assert.deepEqual(writes, []);
    assert.doesNotMatch(made.output, /s3cret|czNjcmV0/);
    return made;
  };
  const refused = async (problem: RegExp, ...words: string[]): Promise<void> => {
    requests.length = 0;
    const { code, errors } = await command.run('apply', 'r.plan', ...words);
    assert.equal(code, 1);
    assert.match(errors, problem);
    assert.deepEqual(
      requests.filter(({ method }) => method !== 'GET'),
      [],
    );
  };
  const applied = async (...words: string[]): Promise<void> => {
    const { code, errors } = await command.run('apply', 'r.plan', ...words);
    assert.equal(code, 0, errors);
  };

  const first = await plan('--exit-code');
  assert.equal(first.code, 2, first.errors);
  assert.match(
    first.output,
    /^install of default\/r to revision 1 with chart web-0\.1\.0\n\n1\. run hook {2}ConfigMap\/hook \(pre-install\)\n2\. create {4}Secret\/default\/r\n3\. create {4}ConfigMap\/default\/r\n\n/,
  );
  assert.match(first.output, /^\+ {2}color: red$/m);
  assert.equal((await stat(file)).mode & 0o777, 0o600);

  // The chart may change meanwhile: what was planned is what is done.
  await command.write('web/values.yaml', 'color: black\n');
  await applied();
  assert.equal(await color(), 'red');
  const password = (await client.get(Secret, at)).data?.['password'];
  assert.match((await cluster.helm('list')).stdout, /^r\s+default\s+1\s+.*deployed\s+web-0\.1\.0/m);
  await refused(
    /release has moved on: r was not installed when the plan was made and is at revision 1 \(deployed\) now/,
  );

  // Objects that were changed, deleted, created.
  // What others own is told, before it is refused.
  await client.mergePatch(ConfigMap, at, { data: { color: 'blue' } });
  const owned = await plan();
  assert.match(owned.output, /ConfigMap\/default\/r \(1 field, 1 field of others: refused without --on-conflict\)/);
  assert.doesNotMatch((await plan('--force-conflicts')).output, /refused/);
  const second = await plan('--set', 'more=true', '--on-conflict', 'force');
  assert.equal(second.code, 0, second.errors);
  assert.match(second.output, /update {4}ConfigMap\/default\/r \(1 field, 1 field of others\)/);
  assert.match(second.output, /leave {5}Secret\/default\/r\n/);
  await client.mergePatch(ConfigMap, at, { data: { color: 'pink' } });
  await client.delete(Secret, at);
  await client.create(ServiceAccount, {
    metadata: {
      namespace: 'default',
      name: 'more',
      labels: { 'app.kubernetes.io/managed-by': 'Helm' },
      annotations: { 'meta.helm.sh/release-name': 'r', 'meta.helm.sh/release-namespace': 'default' },
    },
  });
  await refused(
    /Error: APPLY FAILED: objects have changed since the plan was made:\n {2}ServiceAccount\/default\/more was created\n {2}Secret\/default\/r was deleted\n {2}ConfigMap\/default\/r was changed: \.data\.color\nmake a new plan/,
  );
  await refused(/objects have changed/, '--dry-run');
  await applied('--allow-drift');
  assert.equal(await color(), 'black');
  assert.equal((await client.get(Secret, at)).data?.['password'], password);

  // What goes is looked at too; a dry run changes nothing.
  assert.match((await plan('--reset-values')).output, /delete {4}ServiceAccount\/default\/more\n/);
  requests.length = 0;
  const dry = await command.run('apply', 'r.plan', '--dry-run');
  assert.match(dry.output, /^upgrade of default\/r from revision 2 to revision 3/);
  assert.deepEqual(
    requests.filter(({ method }) => method !== 'GET'),
    [],
  );
  await applied();
  await assert.rejects(client.get(ServiceAccount, { namespace: 'default', name: 'more' }));

  const text = await readFile(file, 'utf8');
  await writeFile(file, text.replace('"historyMax": 10', '"historyMax": 1'));
  await refused(/r\.plan can't be applied: its digest says that it was changed after it was made/);
  await writeFile(file, '{}');
  await refused(/r\.plan can't be applied: it is no plan of a release/);

  // A namespace that isn't there yet.
  const elsewhere = await command.run(
    'plan',
    'r',
    './web',
    '-n',
    'fresh',
    '--create-namespace',
    '--out',
    'r.plan',
    '-o',
    'json',
  );
  assert.equal(elsewhere.code, 0, elsewhere.errors);
  const { steps } = JSON.parse(elsewhere.output);
  assert.deepEqual(steps[0], { action: 'create', object: 'Namespace/fresh', detail: '' });
  await refused(/the plan is for namespace fresh, not for default/, '-n', 'default');
  await applied();
  assert.equal((await client.get(ConfigMap, { namespace: 'fresh', name: 'r' })).data?.['color'], 'black');
});

const definition = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: crontabs.example.org}
spec:
  group: example.org
  scope: Namespaced
  names: {kind: CronTab, plural: crontabs}
  versions:
  - name: v1
    served: true
    storage: true
    schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
`;

test('a chart with definitions and objects of them can be planned before either is there', async (t) => {
  const cluster = await httpCluster(t);
  const command = await ownCommand(t, cluster);
  await command.write('web/Chart.yaml', 'apiVersion: v2\nname: web\nversion: 0.1.0\n');
  await command.write('web/crds/crontab.yaml', definition);
  await command.write(
    'web/templates/tab.yaml',
    '{{ if .Capabilities.APIVersions.Has "example.org/v1/CronTab" }}\napiVersion: example.org/v1\nkind: CronTab\nmetadata: {name: tab}\n{{ end }}',
  );
  const planned = await command.run('plan', 'r', './web', '--out', 'r.plan');
  assert.equal(planned.code, 0, planned.errors);
  assert.match(
    planned.output,
    /1\. create {2}CustomResourceDefinition\/crontabs\.example\.org \(definition\)\n2\. create {2}CronTab\/default\/tab\n/,
  );
  const applied = await command.run('apply', 'r.plan');
  assert.equal(applied.code, 0, applied.errors);
  assert.match((await cluster.helm('get', 'manifest', 'r')).stdout, /kind: CronTab/);
});
