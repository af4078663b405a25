/** The life of a Website by kubectl: its definition, its page, what can be asked and changed, and what goes with it. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { eventually, TestPlatform } from '@kindred-conformance/clients';
import { createGitSite, type GitSite } from './git-site.ts';
import { kubiaFrom, manifest } from './manifests.ts';
import { pageIsGone, pageShows } from './page.ts';

let platform: TestPlatform;
let site: GitSite;
const ok = (...args: string[]): Promise<string> => platform.kubectlOk(args);

/** Exit code 1 and what was said on standard error. */
async function fails(...args: string[]): Promise<string> {
  const { code, stderr } = await platform.kubectl(args);
  assert.equal(code, 1, stderr);
  return stderr;
}

async function apply(input: string): Promise<string> {
  return platform.kubectlOk(['apply', '-f', '-'], { input });
}

before(async () => {
  platform = await TestPlatform.start();
  site = await createGitSite(join(platform.directory, 'site'), '<!doctype html><title>Kubia</title>Hello from kubia');
  await ok('delete', 'website', 'kubia');
});
after(() => platform.stop());

test('a Website is applied, becomes ready and serves its page', async () => {
  assert.equal(await apply(await kubiaFrom(site.url)), 'website.extensions.example.com/kubia created\n');
  assert.equal(
    await ok('wait', '--for=condition=Ready', 'website/kubia', '--timeout=20s'),
    'website.extensions.example.com/kubia condition met\n',
  );
  await pageShows(await pageUrl(), 'Hello from kubia');
  assert.equal(await apply(await kubiaFrom(site.url)), 'website.extensions.example.com/kubia unchanged\n');
});

test('get shows it in every form', async () => {
  assert.match(await ok('get', 'websites'), /^NAME +REPO +READY +URL +AGE\nkubia +file:\S+ +True +http:\S+ +\d+s\n$/);
  assert.match(await ok('get', 'websites', '-o', 'wide'), /SYNCED\nkubia .* Following\n$/);
  assert.equal(await ok('get', 'website', 'kubia', '-o', 'name'), 'website.extensions.example.com/kubia\n');
  assert.equal(await ok('get', 'website', 'kubia', '-o', 'jsonpath={.spec.gitRepo}'), site.url);
  assert.equal(
    await ok('get', 'website', '-o', 'custom-columns=NAME:.metadata.name,REPO:.spec.gitRepo'),
    `NAME    REPO\nkubia   ${site.url}\n`,
  );
  const yaml = await ok('get', 'website', 'kubia', '-o', 'yaml');
  assert.match(yaml, /^apiVersion: extensions.example.com\/v1\nkind: Website\nmetadata:\n/);
  assert.match(yaml, /\n {2}uid: [0-9a-f-]{36}\nspec:\n {2}gitRepo: file:/);
  assert.doesNotMatch(yaml, /managedFields/);
  const all = await platform.kubectl(['get', 'all']);
  assert.equal(all.stderr, '');
  assert.deepEqual(
    [...all.stdout.matchAll(/^([a-z.]+)\/(\S+)/gm)].map(([, kind]) => kind),
    ['pod', 'service', 'service', 'deployment.apps', 'replicaset.apps'],
  );
});

test('describe shows it with its events', async () => {
  const text = await ok('describe', 'website', 'kubia');
  assert.match(text, /^Name: +kubia\nNamespace: +default\n/);
  assert.match(text, /^Spec:\n {2}Git Repo: +file:/m);
  assert.match(text, /Normal +Serving +\S+ +website-controller +The page is served/);
});

test('explain documents its fields', async () => {
  const text = await ok('explain', 'website.spec');
  assert.match(text, /^GROUP: +extensions.example.com\nKIND: +Website\nVERSION: +v1\n\nFIELD: spec <Object>\n/);
  assert.match(text, /^ {2}gitRepo\t<string> -required-$/m);
  assert.match(await ok('explain', 'website', '--recursive'), /^ {2}spec\t<Object> -required-\n {4}gitRepo\t<string>/m);
});

test('its parts are a Deployment, a Service and a pod with two containers', async () => {
  assert.match(await ok('get', 'deploy', 'kubia-website'), /^kubia-website +1\/1 +1 +1 /m);
  assert.match(
    await ok('get', 'svc', 'kubia-website'),
    /^kubia-website +NodePort +(10|127)\.\S+ +<none> +80:\d+\/TCP /m,
  );
  assert.match(await ok('get', 'pods'), /^kubia-website-[0-9a-z]+-[0-9a-z]{5} +2\/2 +Running +0 /m);
  const pod = await ok('describe', 'pod', '-l', 'extensions.example.com/website=kubia');
  assert.match(pod, /^Controlled By: +ReplicaSet\/kubia-website-/m);
  assert.match(pod, /Normal +Scheduled .*Successfully assigned default\/kubia-website-/);
});

test('logs of its containers can be read', async () => {
  assert.match(await ok('logs', 'deploy/kubia-website', '-c', 'git-sync'), /^synced file:/m);
  const main = await ok('logs', 'deploy/kubia-website', '-c', 'main', '--tail=1');
  assert.match(main, /^\S+ - - \[.*\] "GET \S+ HTTP\/1\.1" 200 .*\n$/);
  const both = await ok('logs', '-l', 'extensions.example.com/website=kubia', '--all-containers', '--prefix');
  assert.match(both, /^\[pod\/kubia-website-\S+\/git-sync\] synced/m);
});

test('edit changes it; a mistake is refused by name and nothing is lost', async () => {
  const label = await editor('label', "text.replace('metadata:', 'metadata:\\n  labels:\\n    edited: \"yes\"')");
  assert.equal(await edit(label), 'website.extensions.example.com/kubia edited\n');
  assert.equal(await ok('get', 'website', 'kubia', '-o', 'jsonpath={.metadata.labels.edited}'), 'yes');
  assert.equal(await edit(await editor('nothing', 'text')), 'Edit cancelled, no changes made.\n');
  const unknown = await editor('unknown', "text.replace('spec:', 'spec:\\n  branch: main')");
  const { code, stderr } = await editWith(unknown);
  assert.equal(code, 1);
  assert.match(stderr, /strict decoding error: unknown field "spec.branch"/);
});

test('patches: merge and JSON apply, strategic merge is not for custom resources', async () => {
  const patched = 'website.extensions.example.com/kubia patched\n';
  const merge = '{"metadata":{"annotations":{"a":"1"}}}';
  assert.equal(await ok('patch', 'website', 'kubia', '--type=merge', '-p', merge), patched);
  const operations = '[{"op":"replace","path":"/metadata/annotations/a","value":"2"}]';
  assert.equal(await ok('patch', 'website', 'kubia', '--type=json', '-p', operations), patched);
  assert.equal(await ok('get', 'website', 'kubia', '-o', 'jsonpath={.metadata.annotations.a}'), '2');
  assert.match(
    await fails('patch', 'website', 'kubia', '-p', merge),
    /accepted media types include: application\/json-patch\+json, application\/merge-patch\+json, application\/apply-patch\+yaml/,
  );
  assert.match(
    await fails('patch', 'website', 'kubia', '--type=merge', '-p', '{"spec":{"gitRepo":5}}'),
    /spec.gitRepo: Invalid value: "integer": spec.gitRepo in body must be of type string: "integer"/,
  );
});

test('label and annotate', async () => {
  assert.equal(await ok('label', 'website', 'kubia', 'tier=web'), 'website.extensions.example.com/kubia labeled\n');
  assert.match(await fails('label', 'website', 'kubia', 'tier=db'), /'tier' already has a value \(web\)/);
  assert.match(await ok('get', 'websites', '-l', 'tier=web', '--show-labels'), /edited=yes,tier=web\n$/);
  assert.equal(await ok('label', 'website', 'kubia', 'tier-'), 'website.extensions.example.com/kubia unlabeled\n');
  assert.equal(await ok('annotate', 'website', 'kubia', 'n=m'), 'website.extensions.example.com/kubia annotated\n');
});

test('a watch shows what happens', async () => {
  await using watch = await platform.startKubectl(['get', 'websites', '-w', '--output-watch-events']);
  await watch.prints(/^ADDED +kubia /m);
  await ok('annotate', 'website', 'kubia', 'watched=yes');
  await watch.prints(/^MODIFIED +kubia /m);
});

test('a Website of a repository that is not there says so, and recovers', async () => {
  const url = `file://${platform.directory}/later`;
  await apply((await kubiaFrom(url)).replace('name: kubia', 'name: late'));
  await ok(
    'wait',
    '--for=jsonpath={.status.conditions[?(@.type=="Synced")].status}=False',
    'website/late',
    '--timeout=20s',
  );
  const events = await ok('events', '--for', 'website/late');
  assert.match(events, /Warning .*late.*repository/);
  await createGitSite(join(platform.directory, 'later'), 'Better late');
  await ok('wait', '--for=condition=Ready', 'website/late', '--timeout=28s');
  await ok('delete', 'website', 'late');
});

test('deleting it removes Service, Deployment, ReplicaSet and pod', async () => {
  const url = await pageUrl();
  assert.equal(
    await ok('delete', 'website', 'kubia'),
    'website.extensions.example.com "kubia" deleted from default namespace\n',
  );
  await eventually('the end of its parts', async () => {
    const left = await ok('get', 'svc,deploy,rs,pod', '-o', 'name');
    return left === 'service/kubernetes\n' ? true : undefined;
  });
  await pageIsGone(url);
  assert.equal((await platform.kubectl(['get', 'websites'])).stderr, 'No resources found in default namespace.\n');
});

test('the definition of the book replaces that of the extension, in both versions, and is served', async () => {
  const { stdout, stderr } = await platform.kubectl(['apply', '-f', manifest('website-crd')]);
  assert.equal(stdout, 'customresourcedefinition.apiextensions.k8s.io/websites.extensions.example.com configured\n');
  assert.match(stderr, /missing the kubectl.kubernetes.io\/last-applied-configuration annotation/);
  assert.match(await ok('get', 'crd'), /^websites\.extensions\.example\.com +20\S+Z$/m);
  const old = await platform.kubectl(['apply', '-f', manifest('website-crd-v1beta1')]);
  assert.equal(old.code, 0);
  assert.equal(
    old.stderr,
    'Warning: apiextensions.k8s.io/v1beta1 CustomResourceDefinition is deprecated in v1.16+, unavailable in v1.22+; use apiextensions.k8s.io/v1 CustomResourceDefinition\n',
  );
  await apply(await kubiaFrom(site.url));
  assert.match(await ok('get', 'websites'), /^NAME +AGE\nkubia +\d+s\n$/);
  await pageShows(await pageUrl(), 'Hello from kubia');
});

test('a namespace with a Website in it goes away', async () => {
  await ok('create', 'namespace', 'team');
  await platform.kubectlOk(['apply', '-n', 'team', '-f', '-'], { input: await kubiaFrom(site.url) });
  await ok('create', '-n', 'team', 'deployment', 'web', '--image=nginx:alpine');
  assert.equal(await ok('delete', 'namespace', 'team', '--timeout=20s'), 'namespace "team" deleted\n');
  assert.match(await fails('get', 'namespace', 'team'), /\(NotFound\): namespaces "team" not found/);
});

test('deleting the definition deletes its Websites', async () => {
  const name = 'websites.extensions.example.com';
  assert.equal(
    await ok('delete', 'crd', name, '--timeout=20s'),
    `customresourcedefinition.apiextensions.k8s.io "${name}" deleted\n`,
  );
  await eventually('the end of its parts', async () => {
    const left = await ok('get', 'svc,deploy,rs,pod', '-o', 'name');
    return left === 'service/kubernetes\n' ? true : undefined;
  });
  await fails('get', 'websites');
});

async function pageUrl(): Promise<string> {
  const port = await eventually('the node port', async () => {
    const { stdout } = await platform.kubectl([
      'get',
      'svc',
      'kubia-website',
      '-o',
      'jsonpath={.spec.ports[0].nodePort}',
    ]);
    return stdout === '' ? undefined : stdout;
  });
  return `http://127.0.0.1:${port}/`;
}

/** A program that edits a file: `expression` makes the new text out of `text`. */
async function editor(name: string, expression: string): Promise<string> {
  const path = join(platform.directory, `edit-${name}.mjs`);
  const program = `import { readFileSync, writeFileSync } from 'node:fs';
const file = process.argv[2];
const text = readFileSync(file, 'utf8');
writeFileSync(file, ${expression});
`;
  await writeFile(path, program);
  return `${process.execPath} ${path}`;
}

function editWith(command: string): ReturnType<TestPlatform['kubectl']> {
  return platform.kubectl(['edit', 'website', 'kubia'], { environment: { KUBE_EDITOR: command } });
}

async function edit(command: string): Promise<string> {
  const { code, stdout, stderr } = await editWith(command);
  assert.equal(code, 0, stderr);
  return stdout === '' ? stderr : stdout;
}
