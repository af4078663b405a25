/**
 * The extension as `kindred up` runs it: from the bundle, as a user with just its role; kubectl and helm see the rest. Releases
 * are objects of the API: made by the real helm, read, rolled back and deleted by the real kubectl.
 */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Lease } from '@kindred/apis/coordination/v1';
import { ConfigMap, Pod, Secret } from '@kindred/apis/core/v1';
import { Role, RoleBinding } from '@kindred/apis/rbac/v1';
import {
  type Client,
  connectionOf,
  createClient,
  createHttpTransport,
  loadKubeconfig,
  resourcePath,
  type Transport,
  watchEvents,
} from '@kindred/client';
import { Release, ReleaseRevision, ReleaseRollback, ReleaseTest } from '@kindred/helm/controller';
import { formatMicroTime, isStatusError } from '@kindred/machinery';
import { TestPlatform } from '@kindred-conformance/clients';
import { eventually, inline, webChart } from './fixtures/release-cluster.ts';

const SLOW_HOOK =
  '{{ if .Values.slow }}\napiVersion: batch/v1\nkind: Job\nmetadata:\n  name: {{ .Release.Name }}-slow\n  annotations: {helm.sh/hook: pre-rollback}\nspec:\n  template:\n    spec:\n      restartPolicy: Never\n      containers: [{name: a, image: a}]\n{{ end }}\n';
const TEST_HOOK =
  'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}-test\n  annotations: {helm.sh/hook: test}\n';

let platform: TestPlatform;
let transport: Transport;
let admin: Client;
let chart: string;

before(async () => {
  platform = await TestPlatform.start({ args: ['--extensions', 'helm', '--store', 'memory', '--runtime', 'none'] });
  transport = createHttpTransport(connectionOf(await loadKubeconfig({ path: platform.kubeconfig, env: {} })));
  admin = createClient(transport, { userAgent: 'person' });
  chart = join(platform.directory, 'web-1.0.0.tgz');
  const hooks = {
    'templates/slow.yaml': SLOW_HOOK,
    'templates/test.yaml': TEST_HOOK,
    'templates/NOTES.txt': 'Hello\n',
  };
  await writeFile(chart, webChart('1.0.0', hooks));
});
after(async () => {
  await transport.close();
  await platform.stop();
});

async function helm(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await platform.helm(args);
  assert.equal(code, 0, `helm ${args.join(' ')}:\n${stderr}${stdout}`);
  return stdout;
}

const kubectl = (...args: string[]): Promise<string> => platform.kubectlOk(args);

async function refused(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await platform.kubectl(args);
  assert.equal(code, 1, stdout);
  return stderr.trim();
}

test('kubectl applies a HelmRelease, waits for it, and helm lists the release', async () => {
  const manifest = {
    apiVersion: 'helm.kindred.dev/v1',
    kind: 'HelmRelease',
    metadata: { name: 'web', namespace: 'default' },
    spec: { chart: inline(webChart()), values: { color: 'blue' } },
  };
  const file = join(platform.directory, 'release.json');
  await writeFile(file, JSON.stringify(manifest));
  await kubectl('apply', '--filename', file);
  await kubectl('wait', '--for=condition=Ready', '--timeout=30s', 'helmreleases.helm.kindred.dev/web');
  assert.equal(await kubectl('get', 'configmap', 'web-config', '--output', 'jsonpath={.data.color}'), 'blue');
  const columns = await kubectl('get', 'helmreleases.helm.kindred.dev');
  assert.match(columns, /^NAME +READY +REVISION +VERSION +STATUS +AGE\nweb +True +1 +1\.0\.0 +Helm install succeeded/);
  assert.match(await helm('list'), /^web\s+default\s+1\s.*deployed\s+web-1\.0\.0\s+7/m);
  const wrong = { ...manifest, spec: { ...manifest.spec, values: { color: 7 } } };
  await writeFile(file, JSON.stringify(wrong));
  const refusal = 'The HelmRelease "web" is invalid: spec.values.color: Invalid value: 7: got number, want string\n';
  for (const flags of [[], ['--dry-run=server'], ['--server-side']]) {
    const { code, stdout, stderr } = await platform.kubectl(['apply', '--filename', file, ...flags]);
    assert.deepEqual([code, stdout, stderr], [1, '', refusal], flags.join(' '));
  }
  await kubectl('delete', 'helmreleases.helm.kindred.dev/web', '--timeout=30s');
  assert.equal((await helm('list', '--short')).trim(), '');
});

const shop = { namespace: 'default', name: 'shop' };
const api = { namespace: 'apps', name: 'api' };
const NAME = 'releases.releases.helm.kindred.dev';
const TYPE = { apiVersion: 'releases.helm.kindred.dev/v1' };

/** Cells of a table, without its header. */
function rowsOf(table: string, separator: RegExp): string[][] {
  const [, ...lines] = table.trimEnd().split('\n');
  return lines.map((line) => line.split(separator).map((cell) => cell.trim()));
}

const patchTo = (revision: number): string[] => [
  'patch',
  'release',
  'shop',
  '--type=merge',
  `--patch={"spec":{"rollbackTo":{"revision":${revision}}}}`,
];

const rollBackTo = (revision: number, client = admin, options: { dryRun?: boolean } = {}) =>
  client.mergePatch(Release, shop, { spec: { rollbackTo: { revision } } }, options);

async function color(): Promise<string | undefined> {
  return (await admin.get(ConfigMap, { namespace: 'default', name: 'shop-config' })).data?.['color'];
}

/** The message of the refusal, with its reason. */
async function messageOf(request: Promise<unknown>): Promise<string> {
  try {
    await request;
    return 'nothing was refused';
  } catch (error) {
    if (!isStatusError(error)) throw error;
    return `${error.status.reason}: ${error.message}`;
  }
}

test('kubectl lists what helm lists, and shows what helm shows', async () => {
  await helm('install', 'shop', chart, '--labels', 'team=a');
  await helm('upgrade', 'shop', chart, '--set', 'color=blue');
  await helm('install', 'api', chart, '--namespace', 'apps', '--create-namespace');
  const listed = rowsOf(await helm('list', '--all-namespaces'), /\t/);
  const table = await kubectl('get', 'rel', '--all-namespaces');
  assert.match(table, /^NAMESPACE +NAME +REVISION +UPDATED +STATUS +CHART +APP VERSION\n/);
  const got = rowsOf(table, / {2,}/).map(([namespace = '', name = '', ...rest]) => [name, namespace, ...rest]);
  assert.deepEqual(got, listed);
  const revisions = rowsOf(await kubectl('get', 'releaserevisions', '--selector=name=shop'), / {2,}/);
  assert.deepEqual(
    revisions.map(([, , ...rest]) => rest),
    rowsOf(await helm('history', 'shop'), /\t/),
  );
  assert.match(await kubectl('describe', 'release', 'shop'), /Notes: +Hello/);
  const { spec, status, metadata } = await admin.get(Release, shop);
  assert.equal(status?.manifest?.trim(), (await helm('get', 'manifest', 'shop')).trim());
  assert.deepEqual(spec.values, { color: 'blue' });
  assert.equal(metadata.labels?.['team'], 'a');
  const first = await admin.get(ReleaseRevision, { namespace: 'default', name: 'shop.v1' });
  assert.equal(first.status?.status, 'superseded');
});

test('lists are selected and paged', async () => {
  const namesOf = async (options: Parameters<Client['list']>[2]): Promise<string[]> =>
    (await admin.list(Release, {}, options)).items.map(({ metadata }) => metadata.name);
  assert.deepEqual(await namesOf({ limit: 1 }), ['api', 'shop']);
  assert.deepEqual(await namesOf({ fieldSelector: 'status.status=failed' }), []);
  assert.deepEqual(await namesOf({ fieldSelector: 'spec.chart.name=web,metadata.name=shop' }), ['shop']);
  assert.deepEqual(await namesOf({ labelSelector: 'status=deployed,!team' }), ['api']);
  const page = await admin.listPage(Release, {}, { limit: 1 });
  assert.equal(page.items.length, 1);
  assert.match(await messageOf(admin.listPage(Release, {}, { limit: 1, continue: 'x' })), /^BadRequest: /);
});

test('a watch sees an upgrade by helm; a patch rolls it back, and helm knows', async () => {
  await using watch = await platform.startKubectl(['get', 'releases', '--watch', '--output-watch-events']);
  await watch.prints(/^ADDED +shop +2/m);
  await helm('upgrade', 'shop', chart, '--set', 'color=green');
  await watch.prints(/^MODIFIED +shop +3 .* deployed/m);
  const { uid } = (await admin.get(Release, shop)).metadata;
  assert.equal((await rollBackTo(1, admin, { dryRun: true })).status?.revision, 4);
  assert.equal(await color(), 'green');
  assert.match(await kubectl(...patchTo(1)), /patched/);
  assert.equal(await color(), 'red');
  await watch.prints(/^MODIFIED +shop +4 .* deployed/m);
  assert.match(await helm('history', 'shop'), /^4\s.*deployed.*Rollback to 1\s*$/m);
  const { spec, metadata } = await admin.get(Release, shop);
  assert.deepEqual([spec.rollbackTo, metadata.uid], [undefined, uid]);
});

test('what a release is not there for is refused', async () => {
  assert.equal(
    await refused(...patchTo(9)),
    'The Release "shop" is invalid: spec.rollbackTo.revision: Invalid value: 9: release has no 9 version',
  );
  const labels = admin.mergePatch(Release, shop, { metadata: { labels: { a: 'b' } } });
  assert.match(await messageOf(labels), /^Invalid: .* metadata\.labels: Forbidden: only rollbackTo can be set/);
  assert.match(await messageOf(admin.create(Release, { metadata: shop, spec: {} })), /^MethodNotAllowed: /);
  const nope = admin.get(Release, { ...shop, name: 'nope' });
  assert.equal(await messageOf(nope), `NotFound: ${NAME} "nope" not found`);
});

test('programs post a body with options, and run tests', async () => {
  const spec = { revision: 2, description: 'as asked' };
  const body = { ...TYPE, kind: ReleaseRollback.kind, spec };
  const rolledBack = await admin.createSubresource<ReleaseRollback>(
    Release,
    { ...shop, subresource: 'rollback' },
    body,
  );
  assert.deepEqual(rolledBack.status, { revision: 5, status: 'deployed', description: 'as asked' });
  assert.equal(await color(), 'blue');
  const tests = { ...TYPE, kind: ReleaseTest.kind, spec: {} };
  const tested = await admin.createSubresource<ReleaseTest>(Release, { ...shop, subresource: 'test' }, tests);
  assert.deepEqual(
    tested.status?.tests?.map(({ name, phase }) => [name, phase]),
    [['shop-test', 'Succeeded']],
  );
});

test('a release that somebody else holds is left alone', async () => {
  const lease = { namespace: 'default', name: 'sh.helm.release.v1.shop' };
  const renewTime = formatMicroTime(Date.now());
  await admin.create(Lease, {
    metadata: lease,
    spec: { holderIdentity: 'somebody', leaseDurationSeconds: 30, renewTime },
  });
  const text = 'another operation (install/upgrade/rollback) is in progress';
  const refusal = `Conflict: Operation cannot be fulfilled on ${NAME} "shop": ${text}`;
  assert.equal(await messageOf(rollBackTo(1)), refusal);
  assert.equal(await messageOf(admin.delete(Release, shop)), refusal);
  await admin.delete(Lease, lease);
});

test('what takes long is answered in time, and goes on', async () => {
  await helm('upgrade', 'shop', chart, '--set', 'slow=true');
  const warnings: string[] = [];
  const person = createClient(transport, { userAgent: 'person', onWarning: (text) => warnings.push(text) });
  const answer = await person.raw({
    method: 'PATCH',
    path: resourcePath(Release, shop),
    query: { timeout: '1s' },
    body: { spec: { rollbackTo: { revision: 6 } } },
    contentType: 'application/merge-patch+json',
  });
  assert.equal((answer as Release).status?.status, 'pending-rollback');
  assert.match(warnings.join(), /^the rollback is still under way, and goes on/);
  assert.match(await messageOf(rollBackTo(1)), /^Conflict: .* another operation .* is in progress/);
  const podsOfJob = () => admin.list(Pod, { namespace: 'default' }, { labelSelector: 'job-name=shop-slow' });
  const { items } = await eventually(podsOfJob, (pods) => pods.items.length > 0);
  const [pod] = items;
  assert.ok(pod);
  const succeeded = { status: { phase: 'Succeeded' } };
  await admin.mergePatch(Pod, { namespace: 'default', name: pod.metadata.name }, succeeded, { subresource: 'status' });
  await kubectl('wait', '--for=jsonpath={.status.status}=deployed', 'release/shop', '--timeout=20s');
  assert.equal((await admin.get(Release, shop)).status?.revision, 7);
});

test('rights are those of whoever asks', async () => {
  const bind = (user: string, kind: 'ClusterRole' | 'Role', name: string) =>
    admin.create(RoleBinding, {
      metadata: { name: `${user}-${name}`, namespace: 'apps' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind, name },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: user }],
    });
  const [editor, viewer, reader] = ['jo', 'vi', 'ed'].map((name) => admin.impersonating(name));
  assert.ok(editor && viewer && reader);
  await bind('jo', 'ClusterRole', 'edit');
  await bind('vi', 'ClusterRole', 'view');
  assert.match(await kubectl('get', 'releases', '--as=jo', '--namespace=apps'), /^api +1 /m);
  const cannot =
    /^Forbidden: .*User "(jo|vi)" cannot (get|list) resource "releases" in API group "releases\.helm\.kindred\.dev"/;
  assert.match(await messageOf(editor.get(Release, shop)), cannot);
  assert.match(await messageOf(editor.list(Release)), cannot);
  assert.match(await messageOf(viewer.get(Release, api)), cannot);
  // Rights to releases alone show nothing of their Secrets, and change nothing of their objects.
  const rules = [{ apiGroups: ['releases.helm.kindred.dev'], resources: ['*'], verbs: ['*'] }];
  await admin.create(Role, { metadata: { name: 'releases', namespace: 'apps' }, rules });
  await bind('ed', 'Role', 'releases');
  assert.equal(
    await messageOf(reader.get(Release, api)),
    `Forbidden: ${NAME} "api" is forbidden: secrets is forbidden: User "ed" cannot list resource "secrets" in API group "" in the namespace "apps"`,
  );
  const secrets = [{ apiGroups: [''], resources: ['secrets'], verbs: ['*'] }];
  await admin.create(Role, { metadata: { name: 'secrets', namespace: 'apps' }, rules: secrets });
  await bind('ed', 'Role', 'secrets');
  assert.equal((await reader.get(Release, api)).status?.revision, 1);
  assert.match(await messageOf(reader.delete(Release, api)), /^Forbidden: .*"api" is forbidden: .*configmaps/);
  assert.ok(await admin.get(ConfigMap, { namespace: 'apps', name: 'api-config' }));
  await editor.delete(Release, api);
  assert.deepEqual((await admin.list(Secret, { namespace: 'apps' })).items, []);
});

test('a damaged record is shown as such, and nothing is done to its release', async () => {
  const record = { namespace: 'default', name: 'sh.helm.release.v1.shop.v7' };
  const release = Buffer.from('not a record').toString('base64');
  await admin.mergePatch(Secret, record, { data: { release } });
  assert.match(await kubectl('get', 'release', 'shop', '-o', 'wide'), /^shop +7 +- +unknown +MISSING .*is damaged/m);
  assert.match(
    await messageOf(rollBackTo(1)),
    /^Conflict: .*is damaged: .*; delete Secret default\/sh\.helm\.release\.v1\.shop\.v7/,
  );
  const { resourceVersion } = await admin.list(Release, { namespace: 'default' });
  const watch = await admin.openWatch(Release, { namespace: 'default' }, { resourceVersion, timeoutSeconds: 20 });
  await admin.delete(Secret, record);
  assert.equal((await admin.get(Release, shop)).status?.revision, 6);
  for await (const event of watchEvents<Release>(watch.body)) {
    assert.ok(event.type === 'MODIFIED');
    assert.equal(event.object.status?.revision, 6);
    assert.ok(Number(event.object.metadata.resourceVersion) > Number(resourceVersion));
    break;
  }
});

test('kubectl delete uninstalls', async () => {
  assert.match(await kubectl('delete', 'release', 'shop', '--timeout=20s'), /"shop" deleted/);
  assert.equal((await helm('list', '--short')).trim(), '');
  assert.deepEqual((await admin.list(Secret, { namespace: 'default' })).items, []);
});
