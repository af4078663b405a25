/** HelmReleases against the real API server in process; the real helm reads what the controller wrote, and writes itself. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { Deployment } from '@kindred/apis/apps/v1';
import { HorizontalPodAutoscaler } from '@kindred/apis/autoscaling/v2';
import { ConfigMap, Pod } from '@kindred/apis/core/v1';
import { HelmRelease } from '@kindred/helm/controller';
import { isStatusError } from '@kindred/machinery';
import { CustomResourceDefinitionV1 } from '@kindred/schema';
import {
  condition,
  eventually,
  inline,
  isAt,
  notReadyFor,
  type ReleaseCluster,
  releaseCluster,
  webChart,
} from './fixtures/release-cluster.ts';

const at = (name: string) => ({ namespace: 'default', name });

async function jsonOf(
  result: Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }>,
) {
  const { code, stdout, stderr } = await result;
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout);
}

test('a HelmRelease is installed, upgraded, kept, and uninstalled; helm sees all of it', async (t) => {
  const cluster = await releaseCluster(t);
  await cluster.release('web', {
    chart: inline(webChart()),
    values: { color: 'blue' },
    driftDetection: { mode: 'enabled' },
  });
  const installed = await cluster.until('web', isAt(1));
  assert.match(
    condition(installed, 'Ready')?.message ?? '',
    /^Helm install succeeded for release default\/web\.v1 with chart web@1\.0\.0$/,
  );
  assert.deepEqual(await cluster.data('web-config'), { color: 'blue', size: '1' });
  const [listed] = await jsonOf(cluster.helm('list', '--namespace', 'default', '--output', 'json'));
  assert.equal(`${listed.name} ${listed.revision} ${listed.status} ${listed.chart}`, 'web 1 deployed web-1.0.0');

  await cluster.change('web', { values: { color: 'green' } });
  await cluster.until('web', isAt(2));
  assert.equal((await cluster.data('web-config'))?.['color'], 'green');
  const history = await jsonOf(cluster.helm('history', 'web', '--namespace', 'default', '--output', 'json'));
  assert.deepEqual(
    history.map((each: { status: string }) => each.status),
    ['superseded', 'deployed'],
  );

  // Somebody changes an object: it is put right, and no revision is made for it.
  await cluster.client.mergePatch(ConfigMap, at('web-config'), { data: { color: 'black' } });
  await eventually(
    () => cluster.data('web-config'),
    (data) => data?.['color'] === 'green',
  );
  await cluster.client.delete(ConfigMap, at('web-config'));
  await eventually(
    () => cluster.data('web-config'),
    (data) => data?.['color'] === 'green',
  );
  await eventually(
    () => cluster.events('web'),
    (reasons) => reasons.includes('DriftCorrected'),
  );

  // At rest nothing is written.
  await cluster.atRest();
  cluster.requests.length = 0;
  await cluster.client.mergePatch(HelmRelease, at('web'), { metadata: { labels: { touched: 'yes' } } });
  await cluster.atRest();
  assert.deepEqual(
    cluster.requests.filter(({ method }) => method !== 'GET').map(({ method, path }) => `${method} ${path}`),
    [],
  );

  await cluster.client.delete(HelmRelease, at('web'));
  await eventually(
    () => cluster.data('web-config'),
    (data) => data === undefined,
  );
  await assert.rejects(
    eventually(
      async () => cluster.client.get(HelmRelease, at('web')),
      () => false,
    ),
    (error) => isStatusError(error, 'NotFound'),
  );
  assert.deepEqual(await jsonOf(cluster.helm('list', '--namespace', 'default', '--output', 'json')), []);
  assert.deepEqual(cluster.errors, []);
});

test('a revision made by helm is noticed: adopted, or reverted where that is wanted', async (t) => {
  const cluster = await releaseCluster(t);
  for (const externalChanges of ['adopt', 'revert'] as const) {
    await cluster.release(externalChanges, { chart: inline(webChart()), values: { color: 'one' }, externalChanges });
    await cluster.until(externalChanges, isAt(1));
    await cluster.change(externalChanges, { values: { color: 'two' } });
    await cluster.until(externalChanges, isAt(2));
    const { code, stderr } = await cluster.helm('rollback', externalChanges, '1', '--namespace', 'default');
    assert.equal(code, 0, stderr);
  }
  const adopted = await cluster.until('adopt', isAt(3));
  assert.equal(condition(adopted, 'ReleasedExternally')?.status, 'True');
  assert.equal((await cluster.data('adopt-config'))?.['color'], 'one');
  await cluster.until('revert', isAt(4));
  assert.equal((await cluster.data('revert-config'))?.['color'], 'two');
  // A change of the object makes the adopted release ours again.
  await cluster.change('adopt', { values: { color: 'three' } });
  const own = await cluster.until('adopt', isAt(4));
  assert.equal(condition(own, 'ReleasedExternally'), undefined);
  assert.deepEqual(cluster.errors, []);
});

test('a failed upgrade is rolled back, tried as often as allowed, and given up; a change starts again', async (t) => {
  const cluster = await releaseCluster(t);
  const upgrade = { remediation: { retries: 1 } };
  await cluster.release('web', { chart: inline(webChart()), values: { color: 'good' }, upgrade });
  await cluster.until('web', isAt(1));
  await cluster.change('web', { values: { color: 'bad', broken: true } });
  const failed = await cluster.until('web', (seen) => condition(seen, 'Stalled')?.status === 'True');
  assert.equal(condition(failed, 'Ready')?.reason, 'RetriesExceeded');
  assert.match(condition(failed, 'Ready')?.message ?? '', /nosuchfield/);
  assert.deepEqual(
    failed.status?.history?.map(({ version, action, status }) => `${version} ${action} ${status}`),
    ['5 rollback deployed', '4 upgrade failed', '3 rollback superseded', '2 upgrade failed', '1 install superseded'],
  );
  assert.equal((await cluster.data('web-config'))?.['color'], 'good');
  await cluster.atRest();
  await cluster.change('web', { values: { color: 'better', broken: false } });
  await cluster.until('web', isAt(6));
  assert.equal((await cluster.data('web-config'))?.['color'], 'better');
  assert.ok((await cluster.events('web')).includes('RollbackSucceeded'));
  assert.deepEqual(cluster.errors, []);
});

test('a failed install is uninstalled before it is tried again, and told when no attempt is left', async (t) => {
  const cluster = await releaseCluster(t);
  await cluster.release('web', {
    chart: inline(webChart()),
    values: { broken: true },
    install: { remediation: { retries: 1, remediateLastFailure: true } },
  });
  const failed = await cluster.until('web', (seen) => condition(seen, 'Stalled')?.status === 'True');
  assert.equal(failed.status?.failures, 2);
  assert.equal(failed.status?.history, undefined);
  assert.deepEqual(await jsonOf(cluster.helm('list', '--namespace', 'default', '--output', 'json')), []);
  assert.equal(await cluster.data('web-config'), undefined, 'nothing of it stays');
});

test('a strict release refuses keys that the chart does not have', async (t) => {
  const cluster = await releaseCluster(t);
  await cluster.release('web', { chart: inline(webChart()), strictValues: true, values: { colour: 'blue' } });
  const refused = await cluster.until('web', notReadyFor('InstallFailed'));
  const message = condition(refused, 'Ready')?.message ?? '';
  assert.match(message, /values that the chart web doesn't have: the chart has color, you wrote colour/);
  assert.equal(refused.status?.history, undefined);
  await cluster.change('web', { values: { colour: null, color: 'blue' } });
  await cluster.until('web', isAt(1));
});

test('releases wait for those that they depend on, and a circle is told', async (t) => {
  const cluster = await releaseCluster(t);
  await cluster.release('front', { chart: inline(webChart()), dependsOn: [{ name: 'back' }] });
  const waiting = await cluster.until('front', notReadyFor('DependencyNotReady'));
  assert.match(condition(waiting, 'Ready')?.message ?? '', /default\/back is not there/);
  assert.equal(await cluster.data('front-config'), undefined);
  await cluster.release('back', { chart: inline(webChart()) });
  await cluster.until('front', isAt(1));
  await cluster.release('a', { chart: inline(webChart()), dependsOn: [{ name: 'b' }] });
  await cluster.release('b', { chart: inline(webChart()), dependsOn: [{ name: 'a' }] });
  const circle = await cluster.until('a', notReadyFor('DependencyCycle'));
  assert.match(condition(circle, 'Ready')?.message ?? '', /default\/a -> default\/b -> default\/a/);
  assert.equal(await cluster.data('a-config'), undefined);
});

test('what is ignored may drift; in mode warn everything is told and nothing is changed', async (t) => {
  const cluster = await releaseCluster(t);
  const chart = inline(webChart());
  const ignore = [{ paths: ['/data/size'], target: { kind: 'ConfigMap' } }];
  await cluster.release('web', { chart, driftDetection: { mode: 'enabled', ignore } });
  await cluster.release('told', { chart, driftDetection: { mode: 'warn' } });
  await cluster.until('web', isAt(1));
  await cluster.until('told', isAt(1));
  await cluster.atRest();
  for (const name of ['web', 'told']) {
    await cluster.client.mergePatch(ConfigMap, at(`${name}-config`), { data: { size: '2', color: 'black' } });
  }
  await eventually(
    () => cluster.data('web-config'),
    (data) => data?.['color'] === 'red',
  );
  await cluster.atRest();
  assert.deepEqual(await cluster.data('web-config'), { color: 'red', size: '2' });
  const told = await cluster.until('told', (seen) => condition(seen, 'Drifted') !== undefined);
  assert.deepEqual(told.status?.driftedObjects, ['ConfigMap/default/told-config: /data/color, /data/size']);
  assert.deepEqual(await cluster.data('told-config'), { color: 'black', size: '2' });
  const optOut = { metadata: { annotations: { 'helm.kindred.dev/drift-detection': 'disabled' } } };
  await cluster.client.mergePatch(ConfigMap, at('web-config'), { ...optOut, data: { color: 'black' } });
  await cluster.atRest();
  assert.equal((await cluster.data('web-config'))?.['color'], 'black');
  assert.deepEqual(cluster.errors, []);
});

const testPod = `apiVersion: v1
kind: Pod
metadata:
  name: {{ .Release.Name }}-test
  annotations: {helm.sh/hook: test}
spec:
  restartPolicy: Never
  containers: [{name: test, image: busybox, env: [{name: COLOR, value: {{ .Values.color }}}]}]
`;

/** Plays the node while something else goes on: each test pod ends as its color says. */
async function whileTestsEnd(cluster: ReleaseCluster, work: () => Promise<void>): Promise<void> {
  let isOver = false;
  const node = (async () => {
    while (!isOver) {
      const { items } = await cluster.client.list(Pod, { namespace: 'default' });
      for (const pod of items.filter(({ status }) => status?.phase !== 'Succeeded' && status?.phase !== 'Failed')) {
        const phase = pod.spec?.containers[0]?.env?.[0]?.value === 'bad' ? 'Failed' : 'Succeeded';
        await cluster.client.mergePatch(Pod, pod.metadata, { status: { phase } }, { subresource: 'status' });
      }
      await setTimeout(20);
    }
  })();
  try {
    await work();
  } finally {
    isOver = true;
    await node;
  }
}

test('tests run after install and upgrade; when they fail the upgrade is rolled back', async (t) => {
  const cluster = await releaseCluster(t);
  await whileTestsEnd(cluster, () => testsAndRemedies(cluster));
  assert.deepEqual(cluster.errors, []);
});

async function testsAndRemedies(cluster: ReleaseCluster): Promise<void> {
  await cluster.release('web', {
    chart: inline(webChart('1.0.0', { 'templates/test.yaml': testPod })),
    values: { color: 'good' },
    test: { enable: true },
    upgrade: { remediation: { retries: 1, remediateLastFailure: true } },
  });
  const tested = await cluster.until(
    'web',
    (seen) => condition(seen, 'TestSuccess')?.status === 'True' && isAt(1)(seen),
  );
  assert.equal(condition(tested, 'Ready')?.reason, 'TestSucceeded');
  await cluster.change('web', { values: { color: 'bad' } });
  const failed = await cluster.until('web', (seen) => condition(seen, 'Stalled')?.status === 'True');
  assert.equal(condition(failed, 'TestSuccess')?.status, 'False');
  assert.equal(condition(failed, 'Remediated')?.status, 'True');
  assert.deepEqual(
    failed.status?.history?.map(({ version, action }) => `${version} ${action}`),
    ['5 rollback', '4 upgrade', '3 rollback', '2 upgrade', '1 install'],
  );
  assert.equal((await cluster.data('web-config'))?.['color'], 'good');
  await cluster.change('web', { values: { color: 'fine' } });
  await cluster.until('web', (seen) => condition(seen, 'TestSuccess')?.status === 'True' && isAt(6)(seen));
}

test('a revision that its maker left pending is taken over and brought to an end', async (t) => {
  const cluster = await releaseCluster(t);
  const slow = { 'templates/test.yaml': testPod.replace('hook: test', 'hook: pre-upgrade') };
  await cluster.release('web', { chart: inline(webChart()), values: { color: 'one' } });
  await cluster.until('web', isAt(1));
  // The controller is stopped while a hook runs, and another one starts.
  await cluster.change('web', { chart: inline(webChart('2.0.0', slow)) });
  await eventually(
    async () => (await cluster.client.list(Pod, { namespace: 'default' })).items.length,
    (count) => count === 1,
  );
  await cluster.manager.close();
  await cluster.startAgain();
  await whileTestsEnd(cluster, async () => {
    const done = await cluster.until('web', (seen) => isAt(2)(seen) || isAt(3)(seen));
    assert.equal(done.status?.history?.[0]?.chartVersion, '2.0.0');
  });
  assert.deepEqual(cluster.errors, []);
});

function crd(description: string): string {
  const spec = `{type: object, properties: {a: {type: string, description: ${description}}}}`;
  return `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: things.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {kind: Thing, plural: things, singular: thing, listKind: ThingList}
  versions:
  - {name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object, properties: {spec: ${spec}}}}}
`;
}

test('definitions of a chart follow the policy; an upgrade wins against who changed the same field', async (t) => {
  const cluster = await releaseCluster(t);
  const chart = (version: string, text: string) => inline(webChart(version, { 'crds/thing.yaml': crd(text) }));
  const described = async () =>
    JSON.stringify((await cluster.client.get(CustomResourceDefinitionV1, { name: 'things.example.com' })).spec);
  await cluster.release('web', { chart: chart('1.0.0', 'one'), values: { color: 'red' } });
  await cluster.until('web', isAt(1));
  assert.match(await described(), /"one"/);
  await cluster.client.mergePatch(ConfigMap, at('web-config'), { data: { color: 'black' } });
  await cluster.change('web', { chart: chart('2.0.0', 'two'), values: { color: 'blue' } });
  await cluster.until('web', isAt(2));
  assert.match(await described(), /"one"/, 'skipped, as helm does');
  assert.equal((await cluster.data('web-config'))?.['color'], 'blue');
  await cluster.change('web', { chart: chart('3.0.0', 'three'), upgrade: { crds: 'CreateReplace' } });
  await cluster.until('web', isAt(3));
  assert.match(await described(), /"three"/);
  assert.deepEqual(cluster.errors, []);
});

test('with plan, nothing is made before somebody approves what would change', async (t) => {
  const cluster = await releaseCluster(t);
  const secret =
    'apiVersion: v1\nkind: Secret\nmetadata:\n  name: {{ .Release.Name }}-key\nstringData: {key: "{{ .Values.color }}-s3cret"}\n';
  const chart = inline(webChart('1.0.0', { 'templates/secret.yaml': secret }));
  await cluster.release('web', { chart, plan: true, values: { color: 'red' } });
  const approve = async (digest: string | undefined) => {
    const annotations = { 'helm.kindred.dev/approve': digest };
    await cluster.client.mergePatch(HelmRelease, at('web'), { metadata: { annotations } });
  };
  const first = await cluster.until('web', notReadyFor('ApprovalNeeded'));
  assert.equal(first.status?.plan?.summary, 'the install would add 2, change 0 and remove 0 objects');
  assert.equal(await cluster.data('web-config'), undefined);
  await approve('something else');
  await cluster.atRest();
  assert.equal(await cluster.data('web-config'), undefined);
  await approve(first.status?.plan?.digest);
  const installed = await cluster.until('web', isAt(1));
  assert.equal(installed.status?.plan, undefined);

  await cluster.change('web', { values: { color: 'blue' } });
  const second = await cluster.until('web', notReadyFor('ApprovalNeeded'));
  assert.deepEqual(second.status?.plan?.changes, [
    'changed Secret default/web-key',
    'changed ConfigMap default/web-config',
  ]);
  const { diff = '', steps = '' } = (await cluster.data('web-plan')) ?? {};
  assert.match(
    steps,
    /^upgrade of default\/web from revision 1 to revision 2 with chart web-1\.0\.0\n\n1\. update +Secret/,
  );
  assert.match(diff, /-\s+color: red\n\+\s+color: blue/);
  assert.doesNotMatch(diff, /s3cret/);
  // What is approved is this change, not the next one.
  await cluster.change('web', { values: { color: 'green' } });
  await approve(second.status?.plan?.digest);
  const third = await cluster.until(
    'web',
    (seen) => seen.status?.plan?.digest !== second.status?.plan?.digest && notReadyFor('ApprovalNeeded')(seen),
  );
  assert.equal((await cluster.data('web-config'))?.['color'], 'red');
  await approve(third.status?.plan?.digest);
  await cluster.until('web', isAt(2));
  assert.equal((await cluster.data('web-config'))?.['color'], 'green');

  // Another name waits for approval too, and the release of before is still known then.
  await cluster.change('web', { values: { color: 'white' }, releaseName: 'site' });
  const fourth = await cluster.until(
    'web',
    (seen) => seen.status?.plan?.digest !== third.status?.plan?.digest && notReadyFor('ApprovalNeeded')(seen),
  );
  assert.equal((await cluster.data('web-config'))?.['color'], 'green');
  await approve(fourth.status?.plan?.digest);
  await cluster.until('web', (seen) => isAt(1)(seen) && seen.status?.history?.[0]?.name === 'site');
  assert.equal((await cluster.data('site-config'))?.['color'], 'white');
  assert.equal(await cluster.data('web-config'), undefined);
  assert.deepEqual(cluster.errors, []);
});

const deployment = `apiVersion: apps/v1
kind: Deployment
metadata: {name: {{ .Release.Name }}}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: "nginx:{{ .Values.color }}"}]}
`;

test('what an autoscaler scales is neither drift nor a conflict; without it, it is put right', async (t) => {
  const cluster = await releaseCluster(t);
  const unwaited = { disableWait: true };
  await cluster.release('web', {
    chart: inline(webChart('1.0.0', { 'templates/deployment.yaml': deployment })),
    driftDetection: { mode: 'enabled' },
    install: unwaited,
    upgrade: unwaited,
  });
  await cluster.until('web', isAt(1));
  const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' };
  await cluster.client.create(HorizontalPodAutoscaler, {
    metadata: at('scaler'),
    spec: { scaleTargetRef, minReplicas: 1, maxReplicas: 9 },
  });
  const scaler = { fieldManager: 'kube-controller-manager' };
  await cluster.client.mergePatch(Deployment, at('web'), { spec: { replicas: 5 } }, scaler);
  const replicas = async () => (await cluster.client.get(Deployment, at('web'))).spec?.replicas;
  await cluster.atRest();
  assert.equal(await replicas(), 5);
  await cluster.change('web', { values: { color: 'blue' } });
  await cluster.until('web', isAt(2));
  await cluster.atRest();
  assert.equal(await replicas(), 5);
  await cluster.client.delete(HorizontalPodAutoscaler, at('scaler'));
  await cluster.client.mergePatch(Deployment, at('web'), { spec: { replicas: 6 } }, scaler);
  await eventually(replicas, (count) => count === 2);
  assert.deepEqual(cluster.errors, []);
});
