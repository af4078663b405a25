/**
 * Operations that end without a result: a process that is killed, a connection that dies, at every write that an operation
 * makes. Whatever was done until then, the next command brings the release to where it should be.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Job } from '@kindred/apis/batch/v1';
import { Lease } from '@kindred/apis/coordination/v1';
import { ConfigMap, Secret } from '@kindred/apis/core/v1';
import { createClient, type Transport } from '@kindred/client';
import {
  type ActionContext,
  applyPlan,
  createActionContext,
  decodePlan,
  encodePlan,
  GoMap,
  history,
  install,
  isReleaseError,
  loadChartFiles,
  makePlan,
  nodeProviders,
  type Release,
  rollback,
  secretDriver,
  uninstall,
  upgrade,
} from '@kindred/helm';
import { type Clock, systemClock } from '@kindred/machinery';
import { clientBinary, eventually } from '@kindred-conformance/clients';
import { type HttpCluster, httpCluster } from './http-cluster.ts';

const namespace = 'default';

const SOURCES: Readonly<Record<string, string>> = {
  'Chart.yaml': 'apiVersion: v2\nname: shop\nversion: 1.0.0\n',
  'templates/first.yaml':
    'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: first}\ndata: {color: {{ .Values.color }}}\n',
  'templates/second.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: second-{{ .Values.color }}}\n',
  'templates/before.yaml':
    'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: before\n  annotations: {helm.sh/hook: "pre-install,pre-upgrade,pre-rollback"}\n',
  'templates/passing.yaml':
    'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: passing\n  annotations: {helm.sh/hook: "pre-install,pre-upgrade", helm.sh/hook-delete-policy: hook-succeeded}\n',
  'templates/after.yaml':
    'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: after\n  annotations: {helm.sh/hook: "post-install,post-upgrade,post-rollback"}\n',
};

function chartOf(sources: Readonly<Record<string, string>> = SOURCES) {
  return loadChartFiles(
    Object.entries(sources).map(([name, text]) => ({ name, data: new TextEncoder().encode(text) })),
  );
}

/** A person who looks at another clock. */
function contextOf(transport: Transport, identity: string, later = 0): ActionContext {
  const clock: Clock = {
    now: () => systemClock.now() + later,
    after: (time, callback) => systemClock.after(time, callback),
  };
  const client = createClient(transport, { userAgent: 'helm', fieldManager: 'helm' });
  const driver = secretDriver({ client, namespace, clock });
  return createActionContext({ client, driver, namespace, functions: nodeProviders(), identity, clock });
}

/** A connection that lets so many writes through, and nothing at all after them. */
function dyingTransport(transport: Transport, writes: number): Transport {
  let left = writes;
  return {
    request(request) {
      if (request.method !== 'GET' && left-- <= 0) left = -1;
      return left < 0 ? Promise.reject(new Error('the connection is gone')) : transport.request(request);
    },
    close: () => transport.close(),
  };
}

type Operation = (context: ActionContext) => Promise<Release | undefined>;

const colored = (
  color: string,
): { readonly name: string; readonly chart: ReturnType<typeof chartOf>; readonly values: GoMap } => ({
  name: 'web',
  chart: chartOf(),
  values: new GoMap([['color', color]]),
});

const OPERATIONS: readonly {
  readonly name: string;
  readonly prepare: readonly Operation[];
  readonly run: Operation;
  readonly color: string;
}[] = [
  { name: 'install', prepare: [], run: (context) => install(context, colored('red')), color: 'red' },
  {
    name: 'upgrade',
    prepare: [(context) => install(context, colored('blue'))],
    run: (context) => upgrade(context, colored('red')),
    color: 'red',
  },
  {
    name: 'rollback',
    prepare: [(context) => install(context, colored('red')), (context) => upgrade(context, colored('blue'))],
    run: (context) => rollback(context, { name: 'web', revision: 1 }),
    color: 'red',
  },
];

for (const { name, prepare, run, color } of OPERATIONS) {
  test(`${name}: killed at any write, the same command completes it`, { timeout: 60_000 }, async (t) => {
    for (let writes = 0; ; writes++) {
      const cluster = await httpCluster(t);
      for (const step of prepare) await step(contextOf(cluster.transport, 'a'));
      const killed = await outcome(run(contextOf(dyingTransport(cluster.transport, writes), 'killed')));
      const isHeld = killed.error !== undefined && (await leases(cluster)) > 0;
      if (isHeld) await refusesMeanwhile(cluster, run);
      const isComplete = killed.error === undefined;
      if (!isComplete) await run(contextOf(cluster.transport, 'b', 31_000));
      await assertDeployed(cluster, color, `${name} killed after ${writes} writes`);
      if (isComplete && (await leases(cluster)) === 0) {
        assert.ok(writes > 5, 'the operation was interrupted at least once');
        return;
      }
    }
  });
}

test('apply: killed at every second write, the same plan is completed by the same command', {
  timeout: 60_000,
}, async (t) => {
  for (let writes = 0; ; writes += 2) {
    const cluster = await httpCluster(t);
    await install(contextOf(cluster.transport, 'a'), colored('blue'));
    const plan = decodePlan(encodePlan(await makePlan(contextOf(cluster.transport, 'a'), colored('red'))));
    const killed = await outcome(applyPlan(contextOf(dyingTransport(cluster.transport, writes), 'killed'), plan));
    const isComplete = killed.error === undefined;
    if (!isComplete) {
      const again = await outcome(applyPlan(contextOf(cluster.transport, 'b', 31_000), plan));
      // When only the lease was left to be given back, the plan is done already.
      if (again.error !== undefined) assert.match(String(again.error), /is at revision 2 \(deployed\) now/);
    }
    await assertDeployed(cluster, 'red', `killed after ${writes} writes`);
    if (isComplete && (await leases(cluster)) === 0) return;
  }
});

test('what was generated before an upgrade was killed is what its record and the cluster end with', async (t) => {
  const tokenOf = (text: string | undefined): string => /token: (\w{12})/.exec(text ?? '')?.[1] ?? '';
  const random = '{{ if ne .Values.color "blue" }}token: {{ randAlphaNum 12 }}{{ end }}';
  const first = `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: first}\ndata:\n  color: {{ .Values.color }}\n  ${random}\n`;
  const wanted = (color: string) => {
    return { ...colored(color), chart: chartOf({ ...SOURCES, 'templates/first.yaml': first }), stableGenerators: true };
  };
  for (const writes of [2, 3, 4, 6, 9]) {
    const cluster = await httpCluster(t);
    await install(contextOf(cluster.transport, 'a'), wanted('blue'));
    await outcome(upgrade(contextOf(dyingTransport(cluster.transport, writes), 'killed'), wanted('red')));
    const secrets = (await cluster.client.list(Secret, { namespace })).items;
    const kept = secrets.find(({ metadata }) => metadata.name.startsWith('sh.kindred.generators'));
    assert.notEqual(kept, undefined, `${writes}: they are written right after the lease`);
    const before = Buffer.from(kept?.data?.['generators'] ?? '', 'base64').toString();
    const release = await upgrade(contextOf(cluster.transport, 'b', 31_000), wanted('red'));
    const token = tokenOf(release.manifest);
    assert.equal(token.length, 12);
    assert.ok(before.includes(token), `killed after ${writes} writes`);
    const live = await cluster.client.get(ConfigMap, { namespace, name: 'first' });
    assert.equal(live.data?.['token'], token);
  }
});

test('uninstall: killed at any write, the same command completes it', { timeout: 60_000 }, async (t) => {
  const hook =
    'metadata:\n  name: {{ "gone" }}\n  annotations: {helm.sh/hook: "pre-delete,post-delete", helm.sh/hook-delete-policy: hook-succeeded}\n';
  const chart = chartOf({ ...SOURCES, 'templates/gone.yaml': `apiVersion: v1\nkind: ConfigMap\n${hook}` });
  const remove: Operation = async (context) => (await uninstall(context, { name: 'web' }))?.release;
  for (let writes = 0; ; writes++) {
    const cluster = await httpCluster(t);
    await install(contextOf(cluster.transport, 'a'), { ...colored('blue'), chart });
    await upgrade(contextOf(cluster.transport, 'a'), { ...colored('red'), chart });
    const killed = await outcome(remove(contextOf(dyingTransport(cluster.transport, writes), 'killed')));
    const isComplete = killed.error === undefined;
    if (!isComplete) {
      const again = await outcome(remove(contextOf(cluster.transport, 'b', 31_000)));
      // When nothing but the last record is gone, the next command finds no release.
      if (again.error !== undefined) assert.match(String(again.error), /release: not found/);
    }
    const maps = (await cluster.client.list(ConfigMap, { namespace })).items.map(({ metadata }) => metadata.name);
    assert.deepEqual(maps.sort(), ['after', 'before'], `killed after ${writes} writes: only objects of hooks are left`);
    assert.deepEqual((await cluster.client.list(Secret, { namespace })).items, []);
    if (isComplete && (await leases(cluster)) === 0) return;
  }
});

test('an operation that is stopped ends as a failed release, and lets the next one in at once', async (t) => {
  const cluster = await httpCluster(t);
  const stop = new AbortController();
  const chart = chartOf({ ...SOURCES, 'templates/job.yaml': JOB_HOOK });
  const context = { ...contextOf(cluster.transport, 'a'), signal: stop.signal };
  const stopped = install(context, { ...colored('red'), chart });
  stopped.catch(() => undefined);
  await eventually('the job', async () => (await cluster.client.list(Job, { namespace })).items[0]);
  const meanwhile = upgrade(contextOf(cluster.transport, 'b'), colored('blue'));
  await assert.rejects(meanwhile, { message: 'another operation (install/upgrade/rollback) is in progress' });
  stop.abort(new Error('context canceled'));
  await assert.rejects(stopped, { message: 'failed pre-install: context canceled' });
  assert.equal(await leases(cluster), 0);
  const [release] = await history(contextOf(cluster.transport, 'b'), { name: 'web' });
  assert.equal(release?.info.description, 'Release "web" failed: failed pre-install: context canceled');
  await upgrade(contextOf(cluster.transport, 'b'), colored('blue'));
});

test('of two that start at the same time one wins', async (t) => {
  const cluster = await httpCluster(t);
  await install(contextOf(cluster.transport, 'a'), colored('blue'));
  const both = await Promise.all(
    ['b', 'c'].map((identity) => outcome(upgrade(contextOf(cluster.transport, identity), colored('red')))),
  );
  const errors = both.flatMap(({ error }) => (error === undefined ? [] : [String(error)]));
  assert.ok(errors.length <= 1, errors.join());
  for (const error of errors) assert.match(error, /in progress|already exists/);
  const revisions = await history(contextOf(cluster.transport, 'a'), { name: 'web' });
  assert.deepEqual(
    revisions.map(({ info }) => info.status).filter((status) => status === 'deployed'),
    ['deployed'],
  );
});

/** While the lease of the one that was killed may still be renewed, nobody else works on the release. */
async function refusesMeanwhile(cluster: HttpCluster, run: Operation): Promise<void> {
  const { error } = await outcome(run(contextOf(cluster.transport, 'b')));
  assert.ok(isReleaseError(error), String(error));
  // Helm's words for an upgrade or rollback, and for an install.
  assert.match(
    error.message,
    /another operation \(install\/upgrade\/rollback\) is in progress|name that is still in use/,
  );
}

async function outcome(work: Promise<unknown>): Promise<{ readonly error?: Error }> {
  return work.then(
    () => ({}),
    (error: unknown) => ({
      error: error instanceof Error ? error : new Error('no error was thrown', { cause: error }),
    }),
  );
}

async function leases({ client }: HttpCluster): Promise<number> {
  return (await client.list(Lease, { namespace })).items.length;
}

async function assertDeployed(cluster: HttpCluster, color: string, what: string): Promise<void> {
  const { items } = await cluster.client.list(ConfigMap, { namespace });
  assert.deepEqual(
    items.map(({ metadata }) => metadata.name).sort(),
    ['after', 'before', 'first', `second-${color}`],
    what,
  );
  assert.equal(items.find(({ metadata }) => metadata.name === 'first')?.data?.['color'], color, what);
  const revisions = await history(contextOf(cluster.transport, 'c'), { name: 'web' });
  const statuses = revisions.map(({ info }) => info.status);
  assert.equal(statuses.at(-1), 'deployed', what);
  assert.ok(
    statuses.slice(0, -1).every((status) => status === 'superseded' || status === 'failed'),
    `${what}: ${statuses.join()}`,
  );
  const [secret] = (await cluster.client.list(Secret, { namespace })).items.slice(-1);
  assert.equal(secret?.metadata.annotations, undefined, `${what}: nothing of ours is left beside the record`);
}

test('an interrupted upgrade is given up for another one, and leaves no objects behind', async (t) => {
  const cluster = await httpCluster(t);
  await install(contextOf(cluster.transport, 'a'), colored('blue'));
  // Dies in the middle of the objects: `second-green` is there, the record is pending.
  await assert.rejects(upgrade(contextOf(dyingTransport(cluster.transport, 12), 'killed'), colored('green')));
  const names = (await cluster.client.list(ConfigMap, { namespace })).items.map(({ metadata }) => metadata.name);
  assert.ok(names.includes('second-green'));
  await upgrade(contextOf(cluster.transport, 'b', 31_000), colored('red'));
  await assertDeployed(cluster, 'red', 'another upgrade');
  const revisions = await history(contextOf(cluster.transport, 'c'), { name: 'web' });
  assert.deepEqual(
    revisions.map(({ info }) => info.description),
    ['Install complete', 'The upgrade was interrupted', 'Upgrade complete'],
  );
});

test('upgrade --install, given again, completes the install that was interrupted; generated passwords stay', async (t) => {
  const cluster = await httpCluster(t);
  const chart = chartOf({
    ...SOURCES,
    'templates/password.yaml':
      'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: password\n  labels: {kind: {{ if .Release.IsInstall }}fresh{{ else }}old{{ end }}}\ndata:\n  password: {{ randAlphaNum 12 }}\n',
  });
  await assert.rejects(
    install(contextOf(dyingTransport(cluster.transport, 6), 'killed'), { ...colored('red'), chart }),
  );
  const [pending] = await history(contextOf(cluster.transport, 'b', 31_000), { name: 'web' });
  // A dry run looks and leaves it.
  await upgrade(contextOf(cluster.transport, 'b', 31_000), { ...colored('red'), chart, dryRun: 'server' });
  const release = await upgrade(contextOf(cluster.transport, 'b', 31_000), { ...colored('red'), chart });
  assert.deepEqual([release.revision, release.info.status], [1, 'deployed']);
  assert.equal(release.manifest, pending?.manifest);
  const map = await cluster.client.get(ConfigMap, { namespace, name: 'password' });
  assert.equal(map.metadata.labels?.['kind'], 'fresh');
  assert.ok(release.manifest.includes(map.data?.['password'] ?? '?'));
});

test('what was interrupted is only marked when that is wanted, and can be uninstalled', async (t) => {
  const cluster = await httpCluster(t);
  await assert.rejects(install(contextOf(dyingTransport(cluster.transport, 4), 'killed'), colored('red')));
  const again = install(contextOf(cluster.transport, 'b', 31_000), { ...colored('red'), onInterrupted: 'fail' });
  await assert.rejects(again, { message: 'release name check failed: cannot reuse a name that is still in use' });
  const [release] = await history(contextOf(cluster.transport, 'c'), { name: 'web' });
  assert.equal(release?.info.status, 'failed');
  assert.equal(release.info.description, 'The install was interrupted');
  await uninstall(contextOf(cluster.transport, 'b'), { name: 'web' });
  assert.deepEqual((await cluster.client.list(Secret, { namespace })).items, []);
});

test('helm can work on what was interrupted', { timeout: 30_000 }, async (t) => {
  const cluster = await httpCluster(t);
  await install(contextOf(cluster.transport, 'a'), colored('blue'));
  await assert.rejects(upgrade(contextOf(dyingTransport(cluster.transport, 14), 'killed'), colored('red')));
  const listed = await cluster.helm('history', 'web');
  assert.match(listed.stdout, /^2\s.*pending-upgrade/m);
  const rolledBack = await cluster.helm('rollback', 'web', '1');
  assert.equal(rolledBack.code, 0, rolledBack.stderr);
  const revisions = await history(contextOf(cluster.transport, 'c'), { name: 'web' });
  // Helm doesn't look back at what was pending.
  assert.deepEqual(
    revisions.map(({ info }) => info.status),
    ['superseded', 'pending-upgrade', 'deployed'],
  );
  const { items } = await cluster.client.list(ConfigMap, { namespace });
  assert.equal(items.find(({ metadata }) => metadata.name === 'first')?.data?.['color'], 'blue');
});

const JOB_HOOK =
  'apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: migrate\n  annotations: {helm.sh/hook: "pre-install,pre-upgrade"}\nspec:\n  template:\n    spec:\n      restartPolicy: Never\n      containers: [{name: main, image: x}]\n';

/** Starts a program and kills it, without a chance to tidy up, as soon as its job is there. */
async function killAtJob(
  t: TestContext,
  cluster: HttpCluster,
  program: string,
  args: readonly string[],
): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), 'kindred-helm-home-'));
  t.after(() => rm(home, { recursive: true, force: true }));
  const environment = { PATH: process.env['PATH'] ?? '', HOME: home };
  const child = spawn(program, [...args], { stdio: 'ignore', env: environment });
  const exited = once(child, 'exit');
  t.after(() => child.kill('SIGKILL'));
  const job = await eventually('the job', async () => {
    const { items } = await cluster.client.list(Job, { namespace });
    return items[0];
  });
  child.kill('SIGKILL');
  await exited;
  return job.metadata.uid;
}

async function completeJob({ client }: HttpCluster): Promise<void> {
  const conditions = [{ type: 'Complete', status: 'True' }];
  await client.mergePatch(Job, { namespace, name: 'migrate' }, { status: { conditions } }, { subresource: 'status' });
}

test('a process that is killed while a hook runs: the next one waits for the same hook', {
  timeout: 60_000,
}, async (t) => {
  const cluster = await httpCluster(t);
  const script = fileURLToPath(new URL('install.test.process.js', import.meta.url));
  const uid = await killAtJob(t, cluster, process.execPath, [script, cluster.url, JOB_HOOK, JSON.stringify(SOURCES)]);
  const chart = chartOf({ ...SOURCES, 'templates/job.yaml': JOB_HOOK });
  const request = { ...colored('red'), chart };
  await assert.rejects(install(contextOf(cluster.transport, 'b'), request), { message: /in use|in progress/ });
  const resumed = install(contextOf(cluster.transport, 'b', 31_000), request);
  await completeJob(cluster);
  const release = await resumed;
  assert.equal(release.info.status, 'deployed');
  assert.equal(release.hooks.find(({ name }) => name === 'migrate')?.lastRun.phase, 'Succeeded');
  const [job] = (await cluster.client.list(Job, { namespace })).items;
  assert.equal(job?.metadata.uid, uid, 'the job was not started again');
});

test('a pending revision of helm, which has no lease, is left alone for five minutes', {
  timeout: 60_000,
}, async (t) => {
  const cluster = await httpCluster(t);
  await install(contextOf(cluster.transport, 'a'), colored('blue'));
  const directory = await mkdtemp(join(tmpdir(), 'kindred-chart-'));
  t.after(() => rm(directory, { recursive: true }));
  await mkdir(join(directory, 'templates'));
  for (const [name, text] of Object.entries({ ...SOURCES, 'templates/job.yaml': JOB_HOOK })) {
    await writeFile(join(directory, name), text);
  }
  const args = ['--kube-apiserver', cluster.url, '-n', namespace, 'upgrade', 'web', directory, '--set', 'color=red'];
  await killAtJob(t, cluster, await clientBinary('helm'), args);
  const again = (later: number) => upgrade(contextOf(cluster.transport, 'b', later), colored('red'));
  await assert.rejects(again(200_000), (error) => isReleaseError(error, 'InProgress'));
  await again(301_000);
  await assertDeployed(cluster, 'red', 'after five minutes');
});
