/** Deployments, pods and Services by kubectl: run, expose, scale, roll out and back, read logs, delete in every way. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { isJsonObject } from '@kindred/machinery';
import { eventually, TestPlatform } from '@kindred-conformance/clients';
import { pageShows } from './page.ts';

let platform: TestPlatform;
const ok = (...args: string[]): Promise<string> => platform.kubectlOk(args);

before(async () => {
  platform = await TestPlatform.start({ args: ['--extensions', 'none'] });
});
after(() => platform.stop());

async function fails(...args: string[]): Promise<string> {
  const { code, stderr } = await platform.kubectl(args);
  assert.equal(code, 1, stderr);
  return stderr;
}

async function rolledOut(name: string): Promise<void> {
  assert.match(await ok('rollout', 'status', name, '--timeout=25s'), /successfully rolled out\n$/);
}

test('a Deployment is created, exposed and answers', async () => {
  assert.equal(
    await ok('create', 'deployment', 'web', '--image=nginx:alpine', '--replicas=2'),
    'deployment.apps/web created\n',
  );
  await rolledOut('deploy/web');
  assert.match(
    await ok('get', 'deploy', 'web', '-o', 'wide'),
    /^web +2\/2 +2 +2 +\d+s +nginx +nginx:alpine +app=web$/m,
  );
  assert.equal(await ok('expose', 'deployment', 'web', '--port=80', '--type=NodePort'), 'service/web exposed\n');
  const port = await ok('get', 'svc', 'web', '-o', 'jsonpath={.spec.ports[0].nodePort}');
  await pageShows(`http://127.0.0.1:${port}/`, 'It works');
  const slices = await ok(
    'get',
    'endpointslices',
    '-l',
    'kubernetes.io/service-name=web',
    '-o',
    'jsonpath={.items[*].endpoints[*].conditions.ready}',
  );
  assert.equal(slices, 'true true');
  const endpoints = await platform.kubectl(['get', 'endpoints', 'web']);
  assert.match(endpoints.stdout, /^web +\d\S+:80,\d\S+:80 /m);
  assert.equal(
    endpoints.stderr,
    'Warning: v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice\n',
  );
  assert.match(await ok('describe', 'svc', 'web'), /^Endpoints: +\d\S+:80,\d\S+:80$/m);
});

test('its node tells what its containers use', async () => {
  const node = await ok('get', 'nodes', '-o', 'jsonpath={.items[0].metadata.name}');
  const summary: unknown = JSON.parse(await ok('get', '--raw', `/api/v1/nodes/${node}/proxy/stats/summary`));
  const figures = isJsonObject(summary) && Array.isArray(summary['pods']) ? JSON.stringify(summary['pods']) : '';
  assert.match(figures, /"name":"web-[^}]*},"containers":\[{"name":"nginx",.*?"workingSetBytes":[1-9]/);
});

test('it is scaled, given another image, rolled back and restarted', async () => {
  assert.equal(await ok('scale', 'deploy/web', '--replicas=1'), 'deployment.apps/web scaled\n');
  await ok('wait', '--for=jsonpath={.status.replicas}=1', 'deploy/web', '--timeout=20s');
  assert.equal(await ok('set', 'image', 'deploy/web', 'nginx=nginx:1.27'), 'deployment.apps/web image updated\n');
  await rolledOut('deploy/web');
  assert.equal(
    await ok('rollout', 'history', 'deploy/web'),
    'deployment.apps/web \nREVISION  CHANGE-CAUSE\n1         <none>\n2         <none>\n\n',
  );
  assert.match(await ok('rollout', 'history', 'deploy/web', '--revision=1'), /Image:\tnginx:alpine/);
  assert.equal(await ok('rollout', 'undo', 'deploy/web'), 'deployment.apps/web rolled back\n');
  await rolledOut('deploy/web');
  assert.equal(
    await ok('get', 'deploy', 'web', '-o', 'jsonpath={.spec.template.spec.containers[0].image}'),
    'nginx:alpine',
  );
  assert.equal(await ok('rollout', 'restart', 'deploy/web'), 'deployment.apps/web restarted\n');
  await rolledOut('deploy/web');
  assert.match(await ok('rollout', 'history', 'deploy/web'), /\n2 +<none>\n3 +<none>\n4 +<none>\n/);
  assert.equal(await ok('rollout', 'pause', 'deploy/web'), 'deployment.apps/web paused\n');
  assert.equal(await ok('rollout', 'resume', 'deploy/web'), 'deployment.apps/web resumed\n');
  assert.match(
    await ok('describe', 'deploy', 'web'),
    /^Replicas: +1 desired \| 1 updated \| 1 total \| 1 available \| 0 unavailable$/m,
  );
});

test('strategic merge, merge and JSON patches change one container', async () => {
  const env = '{"spec":{"template":{"spec":{"containers":[{"name":"nginx","env":[{"name":"A","value":"1"}]}]}}}}';
  assert.equal(await ok('patch', 'deploy', 'web', '-p', env), 'deployment.apps/web patched\n');
  const image = 'jsonpath={.spec.template.spec.containers[0].image} {.spec.template.spec.containers[0].env[0].value}';
  assert.equal(await ok('get', 'deploy', 'web', '-o', image), 'nginx:alpine 1');
  // A change of the status meanwhile would count as one.
  await rolledOut('deploy/web');
  assert.equal(await ok('patch', 'deploy', 'web', '-p', env), 'deployment.apps/web patched (no change)\n');
  const operation = '[{"op":"replace","path":"/spec/template/spec/containers/0/env/0/value","value":"2"}]';
  assert.equal(await ok('patch', 'deploy', 'web', '--type=json', '-p', operation), 'deployment.apps/web patched\n');
  assert.equal(await ok('get', 'deploy', 'web', '-o', image), 'nginx:alpine 2');
  assert.equal(await ok('set', 'env', 'deploy/web', 'A-'), 'deployment.apps/web env updated\n');
  await rolledOut('deploy/web');
});

test('a pod is run to its end, and its log read', async () => {
  const script = 'for i in 1 2 3; do echo line $i; done; echo to stderr >&2';
  assert.equal(
    await ok('run', 'once', '--image=busybox', '--restart=Never', '--', 'sh', '-c', script),
    'pod/once created\n',
  );
  await ok('wait', '--for=jsonpath={.status.phase}=Succeeded', 'pod/once', '--timeout=20s');
  assert.match(await ok('get', 'pod', 'once'), /^once +0\/1 +Completed +0 /m);
  assert.match(await ok('logs', 'once'), /^line 1\nline 2\nline 3\n/m);
  assert.equal((await ok('logs', 'once', '--tail=1')).split('\n').length, 2);
  assert.match(await ok('logs', 'once', '--timestamps'), /^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z line 1$/m);
  assert.equal(await ok('logs', 'once', '--since-time=2999-01-01T00:00:00Z'), '');
  assert.match(await fails('logs', 'once', '-c', 'other'), /container other is not valid for pod once/);
  assert.match(await fails('logs', 'nobody'), /pods "nobody" not found/);
  assert.match(
    await fails('logs', 'once', '--previous'),
    /previous terminated container "once" in pod "once" not found/,
  );
});

test('a log is followed until the program ends', async () => {
  await ok('run', 'slow', '--image=busybox', '--restart=Never', '--', 'sh', '-c', 'echo begin; sleep 1; echo end');
  await ok('wait', '--for=condition=Ready', 'pod/slow', '--timeout=20s');
  await using log = await platform.startKubectl(['logs', '-f', 'slow', '--since=1h']);
  await log.prints(/^begin$/m);
  await log.prints(/^end$/m);
  assert.equal(await log.exited(), 0);
});

test('a failing program is started again, with the log of the earlier run at hand', async () => {
  await ok('run', 'crash', '--image=busybox', '--', 'sh', '-c', 'echo run; exit 3');
  const restarts = 'jsonpath={.status.containerStatuses[0].restartCount}';
  await eventually('a restart', async () =>
    Number(await ok('get', 'pod', 'crash', '-o', restarts)) > 0 ? true : undefined,
  );
  assert.equal(await ok('logs', 'crash', '--previous'), 'run\n');
  await eventually('the back-off', async () =>
    /CrashLoopBackOff/.test(await ok('get', 'pod', 'crash')) ? true : undefined,
  );
  const text = await ok('describe', 'pod', 'crash');
  assert.match(text, /Last State: +Terminated\n +Reason: +Error\n +Exit Code: +3/);
  assert.match(text, /Warning +BackOff .*Back-off restarting failed container crash in pod crash/);
});

test('an image that is nowhere is named in the status and in an event', async () => {
  await ok('run', 'lost', '--image=example.com/no/such:1');
  await eventually('the failure', async () =>
    /ErrImagePull|ImagePullBackOff/.test(await ok('get', 'pod', 'lost')) ? true : undefined,
  );
  assert.match(
    await ok('events', '--for', 'pod/lost', '--types=Warning'),
    /Failed to pull image "example.com\/no\/such:1"/,
  );
});

test('selectors, sorting and templates', async () => {
  assert.match(await ok('get', 'pods', '--field-selector=status.phase=Succeeded', '-o', 'name'), /^pod\/once$/m);
  const names = await ok('get', 'pods', '--sort-by=.metadata.name', '-o', 'jsonpath={.items[*].metadata.name}');
  assert.deepEqual(names.split(' '), names.split(' ').toSorted());
  assert.match(
    await ok('get', 'pods', '-l', 'app=web', '-o', 'go-template={{range .items}}{{.status.phase}}{{"\\n"}}{{end}}'),
    /^(Running\n)+$/,
  );
  assert.match(
    await ok('get', 'pods', '--all-namespaces', '-o', 'wide'),
    /^NAMESPACE +NAME +READY +STATUS +RESTARTS +AGE +IP +NODE +NOMINATED NODE +READINESS GATES\n/,
  );
  assert.equal(await ok('get', 'pods', '--chunk-size=1', '-o', 'name'), await ok('get', 'pods', '-o', 'name'));
});

test('a deletion leaves the dependents when asked to, or waits for them', async () => {
  assert.equal(
    await ok('delete', 'deployment', 'web', '--cascade=orphan'),
    'deployment.apps "web" deleted from default namespace\n',
  );
  const sets = (await ok('get', 'rs', '-l', 'app=web', '-o', 'name')).trim().split('\n');
  assert.ok(sets.length >= 3);
  assert.match(await ok('get', 'pods', '-l', 'app=web', '--no-headers'), /Running/);
  await ok('delete', 'rs', '-l', 'app=web', '--cascade=foreground', '--timeout=25s');
  assert.equal(await ok('get', 'pods', '-l', 'app=web', '-o', 'name'), '');
});

test('deleting pods waits until they are gone', async () => {
  const started = performance.now();
  assert.match(
    await ok('delete', 'pod', 'once', 'slow', 'lost', 'crash', '--wait'),
    /^pod "once" deleted from default namespace$/m,
  );
  assert.ok(performance.now() - started < 10_000);
  assert.equal((await platform.kubectl(['get', 'pods'])).stderr, 'No resources found in default namespace.\n');
  assert.match(await fails('delete', 'pod', 'once'), /\(NotFound\): pods "once" not found/);
  assert.equal(await ok('delete', 'pod', 'once', '--ignore-not-found'), '');
});
