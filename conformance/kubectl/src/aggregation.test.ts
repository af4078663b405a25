/** A server of others behind the aggregator, as the real kubectl sees it: while it works, and when it has died. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { TestPlatform } from '@kindred-conformance/clients';
import { startWardleServer, type WardleServer } from './wardle-server.ts';

/** As books have it, which are older than the fields that it lacks. */
const oldApiService = `
apiVersion: apiregistration.k8s.io/v1beta1
kind: APIService
metadata:
  name: v1alpha1.extensions.example.com
spec:
  group: extensions.example.com # API group
  version: v1alpha1
  priority: 150
  service:
    name: website-api
    namespace: default
`;

const service = `
apiVersion: v1
kind: Service
metadata: { name: website-api, namespace: default }
spec: { type: ExternalName, externalName: localhost }
`;

const apiService = 'apiservice/v1alpha1.extensions.example.com';
let platform: TestPlatform;
let wardle: WardleServer;

before(async () => {
  [platform, wardle] = await Promise.all([
    TestPlatform.start({ args: ['--extensions', 'none', '--runtime', 'none'] }),
    startWardleServer(),
  ]);
});
after(async () => {
  await wardle.close();
  await platform.stop();
});

test('an APIService of a book is taken as it is, and says what it waits for', async () => {
  const { code, stdout, stderr } = await platform.kubectl(['apply', '-f', '-'], { input: oldApiService });
  assert.equal(code, 0, stderr);
  assert.match(stdout, /v1alpha1\.extensions\.example\.com created/);
  assert.match(stderr, /Warning: apiregistration\.k8s\.io\/v1beta1 APIService is deprecated/);
  await platform.kubectlOk(['wait', apiService, '--for=jsonpath={.status.conditions[0].reason}=ServiceNotFound']);
  const lines = (await platform.kubectlOk(['get', 'apiservices'])).split('\n');
  assert.match(lines[0] ?? '', /^NAME +SERVICE +AVAILABLE +AGE$/);
  assert.ok(lines.some((line) => /^v1\.apps +Local +True +\d+/.test(line)));
  const ours = /^v1alpha1\.extensions\.example\.com +default\/website-api +False \(ServiceNotFound\) +\d+s$/;
  assert.ok(lines.some((line) => ours.test(line)));
});

test('its resources are like those of the cluster', async () => {
  await platform.kubectlOk(['apply', '-f', '-'], { input: service });
  const { port, caBundle } = wardle;
  const patch = JSON.stringify({ spec: { caBundle, service: { port } } });
  await platform.kubectlOk(['patch', apiService, '--type=merge', '-p', patch]);
  await platform.kubectlOk(['wait', apiService, '--for=condition=Available', '--timeout=20s']);
  assert.match(
    await platform.kubectlOk(['api-resources', '--api-group=extensions.example.com']),
    /^flunders +fl +extensions\.example\.com\/v1alpha1 +true +Flunder$/m,
  );
  const flunder = (color: string): string =>
    JSON.stringify({
      apiVersion: 'extensions.example.com/v1alpha1',
      kind: 'Flunder',
      metadata: { name: color },
      spec: { color },
    });
  await platform.kubectlOk(['create', '-f', '-'], { input: flunder('red') });
  await using watch = await platform.startKubectl(['get', 'fl', '--watch']);
  await watch.prints(/^red +red$/m);
  await platform.kubectlOk(['apply', '-f', '-'], { input: flunder('blue') });
  await watch.prints(/^blue +blue$/m);
  assert.match(await platform.kubectlOk(['get', 'flunder', 'red', '-o', 'yaml']), /^ {2}color: red$/m);
  assert.match(await platform.kubectlOk(['explain', 'flunder.spec']), /color\t<string>\n +What it looks like\./);
  assert.match(await platform.kubectlOk(['delete', 'fl', 'red', '--wait=false']), /"red" deleted/);
  assert.ok(wardle.users.includes('kubernetes-admin'));
});

test('rights are looked at before anything is passed on', async () => {
  const before = wardle.users.length;
  const { code, stderr } = await platform.kubectl(['get', 'fl', 'blue', '--as=jane']);
  assert.equal(code, 1);
  assert.match(stderr, /flunders\.extensions\.example\.com "blue" is forbidden: User "jane" cannot get resource/);
  assert.ok(!wardle.users.slice(before).includes('jane'));
});

test('when it dies, watches end, its resources say so, and all else goes on', async () => {
  const watch = await platform.startKubectl(['get', 'fl', '--watch']);
  await watch.prints(/^blue +blue$/m);
  await wardle.close();
  await watch.exited();
  const refused = await platform.kubectl(['get', 'fl']);
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /Error from server \(ServiceUnavailable\): .*(connection refused|FailedDiscoveryCheck)/);
  // A change of the Service leads to a look at its server before half a minute is over.
  await platform.kubectlOk(['label', 'service', 'website-api', 'looked=at']);
  await platform.kubectlOk(['wait', apiService, '--for=condition=Available=False', '--timeout=20s']);
  assert.match(await platform.kubectlOk(['api-resources']), /^deployments +deploy +apps\/v1 /m);
  await platform.kubectlOk(['create', 'namespace', 'short']);
  await platform.kubectlOk(['delete', 'namespace', 'short', '--timeout=20s']);
  assert.match(
    await platform.kubectlOk(['get', 'configmaps', '--all-namespaces']),
    /extension-apiserver-authentication/,
  );
});
