/** Everything about objects that needs no pod: create, apply, diff, replace, rights, tokens, and what the cluster says of itself. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { TestPlatform } from '@kindred-conformance/clients';
import { startAdmissionWebhook } from './admission-webhook.ts';

let platform: TestPlatform;
const ok = (...args: string[]): Promise<string> => platform.kubectlOk(args);

before(async () => {
  platform = await TestPlatform.start({ args: ['--extensions', 'none', '--runtime', 'none'] });
});
after(() => platform.stop());

async function fails(...args: string[]): Promise<string> {
  const { code, stderr } = await platform.kubectl(args);
  assert.equal(code, 1, stderr);
  return stderr;
}

async function configMap(data: Record<string, string>): Promise<string> {
  const path = join(platform.directory, 'config.yaml');
  const lines = Object.entries(data).map(([key, value]) => `  ${key}: "${value}"\n`);
  await writeFile(path, `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\ndata:\n${lines.join('')}`);
  return path;
}

const created: readonly (readonly [string, string])[] = [
  ['configmap cm --from-literal=a=b', 'configmap/cm created'],
  ['secret generic sec --from-literal=p=q', 'secret/sec created'],
  ['secret docker-registry reg --docker-server=s --docker-username=u --docker-password=p', 'secret/reg created'],
  ['serviceaccount bot', 'serviceaccount/bot created'],
  ['role reader --verb=get,list --resource=pods', 'role.rbac.authorization.k8s.io/reader created'],
  ['clusterrole nodes --verb=get --resource=nodes', 'clusterrole.rbac.authorization.k8s.io/nodes created'],
  [
    'rolebinding reader --role=reader --serviceaccount=default:bot',
    'rolebinding.rbac.authorization.k8s.io/reader created',
  ],
  [
    'clusterrolebinding nodes --clusterrole=nodes --serviceaccount=default:bot',
    'clusterrolebinding.rbac.authorization.k8s.io/nodes created',
  ],
  ['service clusterip db --tcp=5432', 'service/db created'],
  ['job once --image=busybox', 'job.batch/once created'],
  ['cronjob often --image=busybox --schedule=0/5,*,*,*,*', 'cronjob.batch/often created'],
  ['ingress web --rule=example.com/*=web:80', 'ingress.networking.k8s.io/web created'],
  ['poddisruptionbudget web --selector=app=web --min-available=1', 'poddisruptionbudget.policy/web created'],
  ['priorityclass high --value=1000', 'priorityclass.scheduling.k8s.io/high created'],
  ['quota small --hard=pods=10', 'resourcequota/small created'],
  ['namespace team', 'namespace/team created'],
];

for (const [command, answer] of created) {
  test(`create ${command.split(' ').slice(0, 2).join(' ')}`, async () => {
    const args = command.split(' ').map((arg) => (arg.startsWith('--schedule') ? arg.replaceAll(',', ' ') : arg));
    assert.equal(await ok('create', ...args), `${answer}\n`);
    const again = await fails('create', ...args);
    assert.match(again, /already exists/);
  });
}

test('secrets keep what they hold from being shown', async () => {
  const text = await ok('describe', 'secret', 'sec');
  assert.match(text, /^p: +1 bytes$/m);
  assert.equal(await ok('get', 'secret', 'sec', '-o', 'jsonpath={.data.p}'), 'cQ==');
  assert.match(await ok('get', 'secret', 'reg'), /^reg +kubernetes.io\/dockerconfigjson +1 +/m);
});

test('apply, diff, change, prune by absence, replace', async () => {
  const file = await configMap({ a: '1', b: '2' });
  assert.equal(await ok('apply', '-f', file), 'configmap/settings created\n');
  assert.equal(await ok('apply', '-f', file), 'configmap/settings unchanged\n');
  assert.equal(await ok('diff', '-f', file), '');
  await configMap({ a: '3' });
  const diff = await platform.kubectl(['diff', '-f', file]);
  assert.equal(diff.code, 1);
  assert.match(diff.stdout, /^- {2}a: "1"\n- {2}b: "2"\n\+ {2}a: "3"$/m);
  assert.equal(await ok('apply', '-f', file, '--dry-run=server'), 'configmap/settings configured (server dry run)\n');
  assert.equal(await ok('apply', '-f', file), 'configmap/settings configured\n');
  assert.equal(await ok('get', 'cm', 'settings', '-o', 'jsonpath={.data}'), '{"a":"3"}');
  await configMap({ c: '4' });
  assert.equal(await ok('replace', '-f', file), 'configmap/settings replaced\n');
  assert.equal(
    await ok('replace', '--force', '-f', file),
    'configmap "settings" deleted from default namespace\nconfigmap/settings replaced\n',
  );
  assert.match(await fails('create', '-f', file), /\(AlreadyExists\).*configmaps "settings" already exists/);
  assert.equal(await ok('delete', '-f', file), 'configmap "settings" deleted from default namespace\n');
  assert.match(await fails('delete', '-f', file), /\(NotFound\).*configmaps "settings" not found/);
});

test('server-side apply keeps track of who owns what', async () => {
  const file = await configMap({ a: '1', b: '2' });
  assert.equal(await ok('apply', '--server-side', '-f', file), 'configmap/settings serverside-applied\n');
  await configMap({ a: '5' });
  const conflict = await fails('apply', '--server-side', '--field-manager=other', '-f', file);
  assert.match(conflict, /Apply failed with 1 conflict.*: conflict with "kubectl": \.data\.a/);
  await ok('apply', '--server-side', '--field-manager=other', '--force-conflicts', '-f', file);
  await ok('apply', '--server-side', '-f', file);
  assert.equal(await ok('get', 'cm', 'settings', '-o', 'jsonpath={.data}'), '{"a":"5"}');
  const managers = 'jsonpath={.metadata.managedFields[*].manager}';
  const found = await ok('get', 'cm', 'settings', '-o', managers, '--show-managed-fields');
  assert.deepEqual(found.split(' ').toSorted(), ['kubectl', 'other']);
});

test('mistakes are refused with object and field', async () => {
  const apply = (input: string): ReturnType<TestPlatform['kubectl']> =>
    platform.kubectl(['apply', '-f', '-'], { input });
  const badName = await apply('{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"Not_DNS"}}');
  assert.match(
    badName.stderr,
    /The ConfigMap "Not_DNS" is invalid: metadata.name: Invalid value: "Not_DNS": a lowercase RFC 1123 subdomain/,
  );
  const badField = await apply('{"apiVersion":"v1","kind":"Service","metadata":{"name":"s"},"spec":{"prots":[]}}');
  assert.match(badField.stderr, /strict decoding error: unknown field "spec.prots"/);
  const badKind = await apply('{"apiVersion":"v1","kind":"Nothing","metadata":{"name":"s"}}');
  assert.match(badKind.stderr, /no matches for kind "Nothing" in version "v1"/);
  const port = '{"apiVersion":"v1","kind":"Service","metadata":{"name":"s"},"spec":{"ports":[{"port":0}]}}';
  assert.match(
    (await apply(port)).stderr,
    /spec.ports\[0\].port: Invalid value: 0: must be between 1 and 65535, inclusive/,
  );
  assert.match(await fails('create', '-n', 'nowhere', 'configmap', 'x'), /namespaces "nowhere" not found/);
  assert.match(await fails('get', 'nothings'), /the server doesn't have a resource type "nothings"/);
  assert.match(await fails('delete', 'namespace', 'default'), /\(Forbidden\): namespaces "default" is forbidden/);
});

test('admission webhooks refuse, warn and change, and kubectl tells it', async (t) => {
  const webhook = await startAdmissionWebhook();
  t.after(() => webhook.close());
  const configurations = ['Validating', 'Mutating'].map((type) => ({
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: `${type}WebhookConfiguration`,
    metadata: { name: 'hooks' },
    webhooks: [
      {
        name: 'hook.example.com',
        clientConfig: webhook.clientConfig(type === 'Mutating' ? '/mutate' : '/validate'),
        rules: [{ operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['secrets'] }],
        objectSelector: { matchExpressions: [{ key: 'hooked', operator: 'Exists' }] },
        sideEffects: 'None',
        admissionReviewVersions: ['v1'],
      },
    ],
  }));
  const hooks = join(platform.directory, 'hooks.json');
  await writeFile(hooks, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: configurations }));
  await ok('apply', '--filename', hooks);
  const file = join(platform.directory, 'hooked.yaml');
  const secret = (label: string): Promise<void> =>
    writeFile(file, `apiVersion: v1\nkind: Secret\nmetadata: {name: hooked, labels: {hooked: "", ${label}}}\n`);
  await secret('denied: today');
  const text = 'admission webhook "hook.example.com" denied the request: not today\n';
  const at = `error when creating ${JSON.stringify(file)}: `;
  assert.equal(await fails('apply', '--filename', file), `Error from server (Forbidden): ${at}${text}`);
  assert.equal(await fails('create', '--filename', file), `Error from server (Forbidden): ${at}${text}`);
  assert.equal(await fails('apply', '--server-side', '--filename', file), `Error from server (Forbidden): ${text}`);
  await secret('odd: "1"');
  const { code, stdout, stderr } = await platform.kubectl(['create', '--filename', file]);
  assert.deepEqual([code, stdout, stderr], [0, 'secret/hooked created\n', 'Warning: that is odd\n']);
  assert.equal(await ok('get', 'secret', 'hooked', '--output', 'jsonpath={.metadata.annotations.seen}'), 'yes');
  await webhook.close();
  const failure = await fails('create', '--filename', file, '--dry-run=server');
  assert.match(
    failure,
    /^Error from server \(InternalError\): error when creating .*: Internal error occurred: failed calling webhook "hook.example.com": failed to call webhook: Post "https:\/\/127.0.0.1:\d+\/mutate\?timeout=10s": dial tcp 127.0.0.1:\d+: connect: connection refused\n$/,
  );
  await ok('delete', '--filename', hooks);
  assert.match(await fails('create', '--filename', file), /already exists/);
});

test('rights can be asked for, one’s own and others’', async () => {
  assert.match(
    await ok('auth', 'whoami'),
    /^Username +kubernetes-admin\nGroups +\[system:masters system:authenticated\]$/m,
  );
  assert.equal(await ok('auth', 'can-i', 'delete', 'nodes'), 'yes\n');
  const bot = ['--as', 'system:serviceaccount:default:bot'];
  assert.equal(await ok('auth', 'can-i', 'list', 'pods', ...bot), 'yes\n');
  const no = await platform.kubectl(['auth', 'can-i', 'delete', 'pods', ...bot]);
  assert.deepEqual([no.code, no.stdout], [1, 'no\n']);
  assert.match(await ok('auth', 'can-i', '--list', ...bot), /^pods +\[\] +\[\] +\[get list\]$/m);
  assert.match(
    await fails('get', 'secrets', ...bot),
    /\(Forbidden\): secrets is forbidden: User "system:serviceaccount:default:bot" cannot list resource "secrets" in API group "" in the namespace "default"/,
  );
});

test('a token signs its service account in', async () => {
  const token = (await ok('create', 'token', 'bot')).trim();
  const config = join(platform.directory, 'empty-kubeconfig');
  await writeFile(config, 'apiVersion: v1\nkind: Config\n');
  const server = /https:\/\/127\.0\.0\.1:\d+/.exec(platform.output)?.[0] ?? '';
  const flags = ['--kubeconfig', config, '--server', server, '--insecure-skip-tls-verify', '--token', token];
  const answer = await platform.kubectl([...flags, 'auth', 'whoami', '-o', 'jsonpath={.status.userInfo.username}']);
  assert.equal(answer.stdout, 'system:serviceaccount:default:bot');
  const refused = await platform.kubectl([...flags.slice(0, -1), `${token}x`, 'get', 'pods']);
  assert.match(refused.stderr, /You must be logged in to the server/);
});

test('the cluster tells what it has', async () => {
  assert.match(await ok('version'), /^Client Version: v1\.35\.2\n.*\nServer Version: v1\./);
  assert.match(await ok('cluster-info'), /Kubernetes control plane.* is running at .*https:\/\/127\.0\.0\.1/);
  assert.match(await ok('api-versions'), /^apps\/v1$/m);
  const resources = await platform.kubectl(['api-resources']);
  assert.match(resources.stdout, /^deployments +deploy +apps\/v1 +true +Deployment$/m);
  assert.match(resources.stdout, /^deployments +extensions\/v1beta1 +true +Deployment$/m);
  assert.equal(await ok('get', '--raw', '/readyz'), 'ok');
  assert.match(await fails('top', 'pods'), /Metrics API not available/);
  assert.match(await ok('explain', 'deployment.spec.strategy'), /^ {2}rollingUpdate\t<RollingUpdateDeployment>$/m);
  assert.match(await fails('explain', 'pod.nothing'), /field "nothing" does not exist/);
});

test('short names mean one kind, and `get all` shows each object once, with no warning', async () => {
  await ok('create', 'deployment', 'idle', '--image=pause', '--replicas=0');
  for (const name of ['deploy', 'rs', 'ds', 'netpol', 'ing'])
    assert.equal((await platform.kubectl(['get', name])).stderr.includes('Warning'), false, name);
  const { stdout, stderr } = await platform.kubectl(['get', 'all']);
  assert.equal(stderr, '');
  // Its replica set is `idle-` and a hash.
  assert.equal(stdout.match(/^deployment\S*\/idle /gm)?.length, 1);
});

test('a namespace goes with all that is in it, at once after it was made and later', async () => {
  await ok('create', 'namespace', 'short');
  assert.equal(await ok('delete', 'namespace', 'short', '--timeout=15s'), 'namespace "short" deleted\n');
  await ok('create', '-n', 'team', 'configmap', 'x');
  await ok('create', '-n', 'team', 'deployment', 'x', '--image=pause');
  assert.equal(await ok('delete', 'namespace', 'team', '--timeout=15s'), 'namespace "team" deleted\n');
  assert.match(await fails('get', 'namespace', 'team'), /\(NotFound\)/);
});

async function apply(name: string, value: object): ReturnType<TestPlatform['kubectl']> {
  const path = join(platform.directory, `${name}.json`);
  await writeFile(path, JSON.stringify(value));
  return platform.kubectl(['apply', '-f', path]);
}

function definitionWithRule(rule: string): object {
  const spec = {
    type: 'object',
    properties: {
      size: { type: 'integer', 'x-kubernetes-validations': [{ rule: 'self >= oldSelf', message: 'may only grow' }] },
      max: { type: 'integer' },
      hosts: { type: 'array', items: { type: 'string' } },
    },
    'x-kubernetes-validations': [{ rule, messageExpression: "'at most ' + string(self.max)", fieldPath: '.size' }],
  };
  const schema = { openAPIV3Schema: { type: 'object', properties: { spec } } };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'boxes.example.com' },
    spec: {
      group: 'example.com',
      scope: 'Namespaced',
      names: { plural: 'boxes', singular: 'box', kind: 'Box' },
      versions: [{ name: 'v1', served: true, storage: true, schema }],
    },
  };
}

test('rules of a definition are judged with it, and hold for its objects', async () => {
  const misspelt = await apply('boxes', definitionWithRule('self.sise <= self.max'));
  assert.equal(misspelt.code, 1);
  assert.match(
    misspelt.stderr,
    /spec\.validation\.openAPIV3Schema\.properties\[spec\]\.x-kubernetes-validations\[0\]\.rule: Invalid value/,
  );
  assert.match(misspelt.stderr, /compilation failed: ERROR: <input>:1:5: undefined field 'sise'/);
  const endless = await apply('boxes', definitionWithRule('self.hosts.all(a, self.hosts.all(b, a == b))'));
  assert.match(endless.stderr, /rule: Forbidden: estimated rule cost exceeds budget by factor of more than 100x/);

  const defined = await apply('boxes', definitionWithRule('!has(self.max) || self.size <= self.max'));
  assert.deepEqual(defined, {
    code: 0,
    stdout: 'customresourcedefinition.apiextensions.k8s.io/boxes.example.com created\n',
    stderr: '',
  });
  await ok('wait', '--for=condition=Established', 'crd/boxes.example.com', '--timeout=10s');
  const box = (spec: object) => ({
    apiVersion: 'example.com/v1',
    kind: 'Box',
    metadata: { name: 'b', namespace: 'default' },
    spec,
  });
  const tooLarge = await apply('box', box({ size: 3, max: 2 }));
  assert.equal(tooLarge.stderr, 'The Box "b" is invalid: spec.size: Invalid value: at most 2\n');
  assert.equal((await apply('box', box({ size: 2, max: 2 }))).stdout, 'box.example.com/b created\n');
  const smaller = await apply('box', box({ size: 1, max: 2 }));
  assert.equal(smaller.stderr, 'The Box "b" is invalid: spec.size: Invalid value: 1: may only grow\n');
  assert.equal((await apply('box', box({ size: 5, max: 6 }))).stdout, 'box.example.com/b configured\n');

  // A rule that comes later is held against what changes; what was there before is warned of.
  assert.equal((await apply('boxes', definitionWithRule('self.size < 3'))).code, 0);
  const labelled = await platform.kubectl(['label', 'box', 'b', 'a=b']);
  assert.deepEqual(labelled, {
    code: 0,
    stdout: 'box.example.com/b labeled\n',
    stderr: 'Warning: spec.size: Invalid value: at most 6\n',
  });
  assert.match(
    (await apply('box', box({ size: 6, max: 6 }))).stderr,
    /^The Box "b" is invalid: spec\.size: Invalid value: at most 6$/m,
  );
});
