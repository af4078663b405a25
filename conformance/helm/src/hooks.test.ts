/**
 * Hooks, tests and failures, by the real helm and by ours in clusters of their own: the same requests for hooks in the same
 * order, the same errors, the same records.
 */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { Job } from '@kindred/apis/batch/v1';
import type { HttpCluster } from './http-cluster.ts';
import { runJobs } from './job-runner.ts';
import { type Program, programs } from './release-programs.ts';
import { stateOf } from './release-state.ts';

const hook = (name: string, annotations: Readonly<Record<string, string>>, kind = 'Job'): string => {
  const lines = Object.entries(annotations).map(([key, value]) => `    helm.sh/${key}: ${JSON.stringify(value)}\n`);
  const pod = 'restartPolicy: Never\n      containers: [{name: main, image: x}]\n';
  const spec = kind === 'Job' ? `spec:\n  template:\n    spec:\n      ${pod}` : `spec:\n      ${pod}`;
  const apiVersion = kind === 'Job' ? 'batch/v1' : 'v1';
  return `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata:\n  name: ${name}\n  annotations:\n${lines.join('')}${spec}`;
};

const BASE = {
  'Chart.yaml': 'apiVersion: v2\nname: hooked\nversion: 1.0.0\n',
  'values.yaml': 'color: blue\nbad: ""\n',
  'templates/map.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: map}\ndata: {color: {{ .Values.color }}}\n',
};

/** Runs the same with both; gives what they did. */
async function compare(
  t: TestContext,
  files: Readonly<Record<string, string>>,
  steps: readonly ((program: Program, chart: string) => Promise<string>)[],
): Promise<readonly string[]> {
  const done = await Promise.all(
    (['helm', 'ours'] as const).map(async (name) => {
      const both = await programs(t);
      await runJobs(t, both.cluster.client);
      const chart = await both.chart('hooked', { ...BASE, ...files });
      const log: unknown[] = [];
      const errors: string[] = [];
      for (const step of steps) {
        const error = await step(both[name], chart);
        errors.push(error);
        log.push({ error, requests: hookRequests(both.cluster), state: await stateOf(both, {}) });
      }
      return { log, errors };
    }),
  );
  const [helm, ours] = done;
  assert.deepEqual(ours?.log, helm?.log);
  return helm?.errors ?? [];
}

/** Writes of jobs and pods, in order. */
function hookRequests(cluster: HttpCluster): string[] {
  return cluster.requests
    .splice(0)
    .filter(({ method, path }) => method !== 'GET' && /\/(?:jobs|pods)\b/.test(path))
    .map(({ method, path }) => `${method} ${path.split('?', 1)[0]}`);
}

test('hooks run by weight and name, and are deleted by policy', { timeout: 60_000 }, async (t) => {
  const files = {
    'templates/a.yaml': hook('zzz', { hook: 'pre-install,pre-upgrade', 'hook-weight': '-10' }),
    'templates/b.yaml': hook('bbb', {
      hook: 'pre-install',
      'hook-weight': '5',
      'hook-delete-policy': 'hook-succeeded',
    }),
    'templates/c.yaml': hook('aaa', { hook: 'pre-install', 'hook-weight': '5' }),
    'templates/d.yaml': hook('ccc', { hook: 'pre-install', 'hook-weight': 'x' }, 'Pod'),
    'templates/e.yaml': hook('post', {
      hook: 'post-install, post-upgrade',
      'hook-delete-policy': 'before-hook-creation, hook-succeeded',
    }),
    'templates/f.yaml': hook('gone', { hook: 'pre-delete,post-delete' }),
    'templates/g.yaml': hook('back', { hook: 'pre-rollback,post-rollback', 'hook-weight': '+3' }),
  };
  await compare(t, files, [
    (by, chart) => by.install('web', chart),
    (by, chart) => by.upgrade('web', chart, { set: 'color=red' }),
    (by) => by.rollback('web', 1),
    (by) => by.uninstall('web'),
  ]);
});

for (const event of ['pre-install', 'post-install'] as const) {
  test(`a ${event} hook that fails ends the install`, { timeout: 60_000 }, async (t) => {
    const files = {
      'templates/first.yaml': hook('first', {
        hook: event,
        'hook-weight': '-1',
        'hook-delete-policy': 'hook-succeeded',
      }),
      'templates/bad.yaml': hook('bad', { hook: event, 'hook-delete-policy': 'hook-failed' }),
      'templates/never.yaml': hook('never', { hook: event, 'hook-weight': '1' }),
    };
    const [error] = await compare(t, files, [(by, chart) => by.install('web', chart), (by) => by.uninstall('web')]);
    assert.match(error ?? '', new RegExp(`^failed ${event}: resource Job/default/bad not ready`));
  });
}

test('an upgrade whose hook fails stays as it was, or goes back', { timeout: 60_000 }, async (t) => {
  const files = { 'templates/bad.yaml': hook('{{ .Values.bad }}job', { hook: 'pre-upgrade,post-rollback' }) };
  const errors = await compare(t, files, [
    (by, chart) => by.install('web', chart),
    (by, chart) => by.upgrade('web', chart, { set: 'bad=bad,color=red' }),
    (by, chart) => by.upgrade('web', chart, { set: 'bad=bad,color=red', rollbackOnFailure: true }),
    (by, chart) => by.upgrade('web', chart, { set: 'color=green' }),
  ]);
  assert.match(errors[2] ?? '', /^release web failed, and has been rolled back due to rollback-on-failure being set: /);
  assert.equal(errors[3], '');
});

test('an install with rollback-on-failure that fails is uninstalled', { timeout: 60_000 }, async (t) => {
  const files = {
    'templates/wrong.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: wrong}\ndata: {a: {b: c}}\n',
  };
  const [error] = await compare(t, files, [(by, chart) => by.install('web', chart, { rollbackOnFailure: true })]);
  assert.match(error ?? '', /^release web failed, and has been uninstalled due to rollback-on-failure being set: /);
});

test('objects that were waited for in vain fail an upgrade', { timeout: 60_000 }, async (t) => {
  const claim =
    '{{ if ne .Values.color "blue" }}\napiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: claim}\nspec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}\n{{ end }}\n';
  const errors = await compare(t, { 'templates/claim.yaml': claim }, [
    (by, chart) => by.install('web', chart, { wait: 'watcher', timeout: '5s' }),
    (by, chart) => by.upgrade('web', chart, { set: 'color=red', wait: 'watcher', timeout: '1s', cleanupOnFail: true }),
    (by, chart) => by.upgrade('web', chart, { set: 'color=red', timeout: '1s', rollbackOnFailure: true }),
  ]);
  assert.match(errors[1] ?? '', /PersistentVolumeClaim\/default\/claim not ready[^]*context deadline exceeded$/);
});

test('tests of a release', { timeout: 60_000 }, async (t) => {
  const files = {
    'templates/tests/good.yaml': hook('good', { hook: 'test' }, 'Pod'),
    'templates/tests/other.yaml': hook('other', { hook: 'test-success', 'hook-delete-policy': 'hook-succeeded' }),
    'templates/tests/bad.yaml': hook('{{ .Values.bad }}pod', { hook: 'test', 'hook-weight': '1' }, 'Pod'),
  };
  const errors = await compare(t, files, [
    (by, chart) => by.install('web', chart),
    (by) => by.test('web'),
    (by, chart) => by.upgrade('web', chart, { set: 'bad=bad' }),
    (by) => by.test('web', { filter: ['!name=good', '!name=other'] }),
    (by) => by.test('web', { filter: ['name=good'] }),
  ]);
  assert.equal(errors[1], '');
  assert.match(errors[3] ?? '', /badpod/);
  assert.equal(errors[4], '');
});

test("what hooks leave can be found by the release's name, also after it is gone", { timeout: 60_000 }, async (t) => {
  const both = await programs(t);
  await runJobs(t, both.cluster.client);
  const annotations = { hook: 'pre-install,pre-upgrade' };
  const chart = await both.chart('hooked', { ...BASE, 'templates/job.yaml': hook('migrate', annotations) });
  const found = async (release: string): Promise<string[]> => {
    const labelSelector = `helm.kindred.dev/hook-of=${release}`;
    const { items } = await both.cluster.client.list(Job, { namespace: 'default' }, { labelSelector });
    return items.map(({ metadata }) => metadata.name);
  };
  assert.equal(await both.ours.install('web', chart), '');
  assert.deepEqual(await found('web'), ['migrate']);
  assert.deepEqual(await found('other'), []);
  assert.equal(await both.helm.upgrade('web', chart), '');
  assert.deepEqual(await found('web'), [], 'the real helm makes it anew, without');
  assert.equal(await both.ours.upgrade('web', chart), '');
  assert.equal(await both.helm.uninstall('web'), '');
  assert.deepEqual(await found('web'), ['migrate']);
});
