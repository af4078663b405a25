/** `helm diff`, on releases that the real helm has made: nothing is changed, secrets stay hidden, exit codes tell. */
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ConfigMap } from '@kindred/apis/core/v1';
import { runHelm } from '@kindred/helm/command';
import { systemClock, type Unstructured } from '@kindred/machinery';
import { httpCluster } from './http-cluster.ts';

const template = `apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}
data:
  color: {{ .Values.color }}
---
apiVersion: v1
kind: Secret
metadata:
  name: {{ .Release.Name }}
stringData:
  password: {{ .Values.color }}-s3cret
{{- if .Values.more }}
---
apiVersion: v1
kind: ServiceAccount
metadata:
  name: more
{{- end }}
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: hook
  annotations: {helm.sh/hook: pre-upgrade}
data: {hooked: {{ .Values.color }}}
`;

test('what an upgrade, a rollback, and revisions differ in', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'kindred-diff-'));
  t.after(() => rm(directory, { recursive: true }));
  await mkdir(join(directory, 'web', 'templates'), { recursive: true });
  await writeFile(join(directory, 'web', 'Chart.yaml'), 'apiVersion: v2\nname: web\nversion: 0.1.0\n');
  await writeFile(join(directory, 'web', 'values.yaml'), 'color: red\n');
  await writeFile(join(directory, 'web', 'templates', 'all.yaml'), template);
  const cluster = await httpCluster(t);
  const chart = join(directory, 'web');

  const diff = async (...words: string[]): Promise<{ code: number; output: string; errors: string }> => {
    const written = { output: '', errors: '' };
    const to = (name: 'output' | 'errors') => ({
      isTerminal: false,
      write: (text: string | Uint8Array) => {
        written[name] += typeof text === 'string' ? text : Buffer.from(text).toString('utf8');
      },
    });
    const input = { isTerminal: false, read: () => Promise.resolve(new Uint8Array()) };
    cluster.requests.length = 0;
    const code = await runHelm(['diff', ...words, '--kube-apiserver', cluster.url], {
      streams: { input, output: to('output'), errors: to('errors') },
      environment: { HOME: directory, KUBECONFIG: '/dev/null' },
      directory,
      program: 'helm',
      clock: systemClock,
      signal: new AbortController().signal,
    });
    const writes = cluster.requests.filter(({ method, path }) => method !== 'GET' && !path.includes('dryRun=All'));
    assert.deepEqual(writes, []);
    assert.doesNotMatch(written.output, /s3cret|czNjcmV0/);
    return { code, ...written };
  };

  const fresh = await diff('upgrade', 'r', chart, '--install', '-o', 'table', '--exit-code');
  assert.equal(fresh.code, 2, fresh.errors);
  assert.match(fresh.output, /^3 added, 0 changed, 0 removed, 0 unchanged$/m);
  const missing = await diff('upgrade', 'r', chart);
  assert.equal(missing.code, 1);
  assert.match(missing.errors, /^Error: /);

  assert.equal((await cluster.helm('install', 'r', chart)).code, 0);
  assert.deepEqual(await diff('upgrade', 'r', chart, '--exit-code'), { code: 0, output: '', errors: '' });
  const blue = await diff('upgrade', 'r', chart, '--set', 'color=blue,more=true', '--exit-code');
  assert.equal(blue.code, 2, blue.errors);
  assert.match(blue.output, /^changed: ConfigMap default\/r, v1 \(web\/templates\/all\.yaml\)$/m);
  assert.match(blue.output, /^-  color: red\n\+  color: blue$/m);
  assert.match(blue.output, /^\+  password: \(hidden, new value\)$/m);
  assert.match(blue.output, /^added: ServiceAccount default\/more, v1/m);
  assert.match(blue.output, /^changed: ConfigMap default\/hook, v1/m);
  const unhooked = await diff('upgrade', 'r', chart, '--set', 'color=blue', '--no-hooks');
  assert.doesNotMatch(unhooked.output, /hook/);
  assert.equal(unhooked.code, 0);

  await cluster.client.mergePatch(ConfigMap, { namespace: 'default', name: 'r' }, { data: { color: 'drift' } });
  const live = await diff('upgrade', 'r', chart, '--live', '--on-conflict', '.data=yield');
  assert.match(live.output, /^-  color: drift\n\+  color: red$/m, live.errors);
  assert.match(live.output, /^! \.data\.color is owned by "person" using v1 \(yield\)$/m);

  await cluster.helm('upgrade', 'r', chart, '--set', 'color=blue', '--force-conflicts');
  await cluster.helm('upgrade', 'r', chart, '--set', 'color=green');
  const rollback = await diff('rollback', 'r', '-o', 'json');
  const { objects, summary } = JSON.parse(rollback.output);
  assert.deepEqual(summary, { added: 0, changed: 3, removed: 0, unchanged: 0, conflicts: 0 });
  assert.deepEqual(objects[0].fields, [
    { path: '.stringData.password', before: '(hidden, old value)', after: '(hidden, new value)' },
  ]);
  assert.match((await diff('rollback', 'r', '1')).output, /^-  color: green\n\+  color: red$/m);
  assert.match((await diff('revision', 'r', '1', '2')).output, /^-  color: red\n\+  color: blue$/m);
  assert.match((await diff('revision', 'r', '1')).output, /^-  color: red\n\+  color: green$/m);
  assert.match((await diff('revision', 'r', '1', '9')).errors, /release: not found/);
  assert.match((await diff('revision', 'r', 'x')).errors, /could not convert revision to a number: x/);

  const definition = (size: object, color: string): string =>
    JSON.stringify({
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'widgets.example.com', labels: { color } },
      spec: {
        group: 'example.com',
        scope: 'Namespaced',
        names: { plural: 'widgets', singular: 'widget', kind: 'Widget' },
        versions: [
          {
            name: 'v1',
            served: true,
            storage: true,
            schema: { openAPIV3Schema: { type: 'object', properties: { size } } },
          },
        ],
      },
    });
  await mkdir(join(chart, 'crds'));
  await writeFile(join(chart, 'crds', 'widgets.yaml'), definition({ type: 'integer' }, 'red'));
  const absent = await diff('upgrade', 'r', chart, '--include-crds', '-o', 'table');
  assert.match(absent.output, /^added +CustomResourceDefinition +widgets\.example\.com$/m);
  await cluster.helm('install', 'defines', chart, '--set', 'color=red');
  const Widget = {
    group: 'example.com',
    version: 'v1',
    kind: 'Widget',
    plural: 'widgets',
    scope: 'Namespaced',
  } as const;
  const widget = {
    apiVersion: 'example.com/v1',
    kind: 'Widget',
    metadata: { name: 'a', namespace: 'default' },
    size: 1,
  };
  await cluster.client.create<Unstructured>(Widget, widget);
  await writeFile(join(chart, 'crds', 'widgets.yaml'), definition({ type: 'integer', minimum: 3 }, 'blue'));
  const defined = await diff('upgrade', 'r', chart, '--include-crds');
  assert.match(defined.output, /^-    color: red\n\+    color: blue$/m, defined.errors);
  assert.match(defined.output, /^! unsafe: spec\.versions\[v1\]\.schema\.size: minimum of 3 is new$/m);
  const data = JSON.parse((await diff('upgrade', 'r', chart, '--include-crds', '-o', 'json')).output);
  assert.equal(data.objects[0].problems.length, 1);

  await cluster.helm('install', 'q', chart, '-n', 'default', '--set', 'color=green');
  assert.match((await diff('release', 'r', 'q')).output, /^added: ConfigMap default\/q/m);
});
