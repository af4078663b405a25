/**
 * The book's own way, with its manifests unchanged: the definition by kubectl, then a controller in a pod that talks to the
 * API server through `kubectl proxy` in a second container. No extension runs here.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { eventually, TestPlatform } from '@kindred-conformance/clients';
import { createGitSite } from './git-site.ts';
import { kubiaFrom, manifest } from './manifests.ts';
import { pageIsGone, pageShows } from './page.ts';

let platform: TestPlatform;
let repository: string;
const ok = (...args: string[]): Promise<string> => platform.kubectlOk(args);

before(async () => {
  platform = await TestPlatform.start({ args: ['--extensions', 'none'] });
  repository = (await createGitSite(join(platform.directory, 'site'), 'Hello from the chapter')).url;
});
after(() => platform.stop());

/** The lines of the controller's log, without their times, and without what it says while the proxy isn't there yet. */
async function controllerLog(): Promise<string[]> {
  const log = await ok('logs', '-l', 'app=website-controller', '-c', 'main', '--tail=-1');
  return log
    .trimEnd()
    .split('\n')
    .map((line) => line.replace(/^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d /, ''))
    .filter((line) => !line.startsWith('Watch failed, will be tried again: connect ECONNREFUSED'));
}

test('the definition is applied and found', async () => {
  assert.equal(
    await ok('apply', '-f', manifest('website-crd')),
    'customresourcedefinition.apiextensions.k8s.io/websites.extensions.example.com created\n',
  );
  assert.match(await ok('get', 'crd'), /^NAME +CREATED AT\nwebsites\.extensions\.example\.com +20\S+Z\n$/);
  assert.match(
    await ok('api-resources', '--api-group=extensions.example.com'),
    /^websites +extensions.example.com\/v1 +true +Website$/m,
  );
  assert.equal((await platform.kubectl(['get', 'websites'])).stderr, 'No resources found in default namespace.\n');
  assert.match(await ok('explain', 'website.spec'), /^ {2}gitRepo\t<string>$/m);
});

test('the controller is deployed with its service account', async () => {
  assert.equal(
    await ok('create', 'serviceaccount', 'website-controller'),
    'serviceaccount/website-controller created\n',
  );
  assert.equal(
    await ok(
      'create',
      'clusterrolebinding',
      'website-controller',
      '--clusterrole=cluster-admin',
      '--serviceaccount=default:website-controller',
    ),
    'clusterrolebinding.rbac.authorization.k8s.io/website-controller created\n',
  );
  assert.equal(await ok('apply', '-f', manifest('website-controller')), 'deployment.apps/website-controller created\n');
  assert.match(
    await ok('rollout', 'status', 'deploy/website-controller', '--timeout=20s'),
    /successfully rolled out\n$/,
  );
  assert.match(await ok('get', 'pods', '-l', 'app=website-controller'), /^website-controller-\S+ +2\/2 +Running /m);
  assert.match(
    await ok('logs', '-l', 'app=website-controller', '-c', 'proxy'),
    /^Starting to serve on 127.0.0.1:8001$/m,
  );
});

test('a Website becomes a page, and the log tells how', async () => {
  assert.equal(
    await platform.kubectlOk(['apply', '-f', '-'], { input: await kubiaFrom(repository) }),
    'website.extensions.example.com/kubia created\n',
  );
  await ok('wait', '--for=create', 'deployment/kubia-website', '--timeout=20s');
  await ok('rollout', 'status', 'deploy/kubia-website', '--timeout=20s');
  assert.match(await ok('get', 'svc', 'kubia-website'), /^kubia-website +NodePort +\S+ +<none> +80:3\d{4}\/TCP /m);
  await pageShows(await pageUrl(), 'Hello from the chapter');
  assert.deepEqual(await controllerLog(), [
    'website-controller started.',
    `Received watch event: ADDED: kubia: ${repository}`,
    'Creating services with name kubia-website in namespace default',
    'response Status: 201 Created',
    'Creating deployments with name kubia-website in namespace default',
    'response Status: 201 Created',
  ]);
});

test('deleting the Website deletes what the controller made', async () => {
  const url = await pageUrl();
  assert.equal(
    await ok('delete', 'website', 'kubia'),
    'website.extensions.example.com "kubia" deleted from default namespace\n',
  );
  await eventually('the end of its parts', async () => {
    const left = await ok('get', 'svc,deploy,rs,pod', '-o', 'name');
    return /kubia/.test(left) ? undefined : true;
  });
  await pageIsGone(url);
  const log = await controllerLog();
  assert.deepEqual(log.slice(6), [
    `Received watch event: DELETED: kubia: ${repository}`,
    'Deleting services with name kubia-website in namespace default',
    'response Status: 200 OK',
    'Deleting deployments with name kubia-website in namespace default',
    'response Status: 200 OK',
  ]);
});

test('the manifest of the first edition works too, with a warning', async () => {
  const warning =
    'Warning: apps/v1beta1 Deployment is deprecated in v1.8+, unavailable in v1.16+; use apps/v1 Deployment\n';
  await ok('delete', 'deployment', 'website-controller');
  const { code, stdout, stderr } = await platform.kubectl(['apply', '-f', manifest('website-controller-v1beta1')]);
  assert.deepEqual(
    { code, stdout, stderr },
    { code: 0, stdout: 'deployment.apps/website-controller created\n', stderr: warning },
  );
  await ok('rollout', 'status', 'deploy/website-controller', '--timeout=20s');
  assert.equal(
    await ok('get', 'deploy', 'website-controller', '-o', 'jsonpath={.apiVersion} {.spec.selector.matchLabels}'),
    'apps/v1 {"app":"website-controller"}',
  );
  const deleted = await platform.kubectl(['delete', '-f', manifest('website-controller-v1beta1')]);
  assert.equal(deleted.stdout, 'deployment.apps "website-controller" deleted from default namespace\n');
});

test('the definition of the first edition defines the same kind, without a schema', async () => {
  await ok('delete', 'crd', 'websites.extensions.example.com', '--timeout=20s');
  const { stdout, stderr } = await platform.kubectl(['apply', '-f', manifest('website-crd-v1beta1')]);
  assert.equal(stdout, 'customresourcedefinition.apiextensions.k8s.io/websites.extensions.example.com created\n');
  assert.match(stderr, /^Warning: apiextensions.k8s.io\/v1beta1 CustomResourceDefinition is deprecated in v1.16\+/);
  await ok('wait', '--for=condition=Established', 'crd/websites.extensions.example.com', '--timeout=10s');
  const input = `${await kubiaFrom(repository)}\n  anything: goes\n`;
  await platform.kubectlOk(['apply', '-f', '-'], { input });
  assert.equal(await ok('get', 'website', 'kubia', '-o', 'jsonpath={.spec.anything}'), 'goes');
});

async function pageUrl(): Promise<string> {
  return `http://127.0.0.1:${await ok('get', 'svc', 'kubia-website', '-o', 'jsonpath={.spec.ports[0].nodePort}')}/`;
}
