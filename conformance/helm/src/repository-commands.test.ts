import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { chartArchive } from './fixtures/chart-archive.ts';
import { CommandComparison, type Step } from './fixtures/compare-commands.ts';
import type { HelmHome } from './fixtures/helm-home.ts';
import { RepositoryServer } from './fixtures/repository-server.ts';

const charts = {
  'demo-1.0.0.tgz': chartArchive('demo', '1.0.0', {
    chartYaml: 'description: A demo\nappVersion: "2.5"\nkeywords: [web, http]\n',
  }),
  'demo-0.9.0.tgz': chartArchive('demo', '0.9.0', { chartYaml: 'description: A demo, before\n' }),
  'demo-1.1.0-beta.1.tgz': chartArchive('demo', '1.1.0-beta.1', { chartYaml: 'description: A demo to come\n' }),
  'db-2.3.4.tgz': chartArchive('db', '2.3.4', {
    chartYaml: `description: "A database <fast> & 'good', with a description that is longer than the column of a table may be"
home: https://example.org
icon: https://example.org/icon.png
maintainers: [{name: Ann, email: ann@example.org}]
annotations: {b: "2", a: "1"}
dependencies: [{name: demo, version: ">=1", repository: "https://example.org/charts", condition: demo.enabled, tags: [x]}]
deprecated: true
kubeVersion: ">=1.20.0-0"
`,
  }),
};

let server: RepositoryServer;
let both: CommandComparison;

before(async () => {
  server = await RepositoryServer.start();
  both = await CommandComparison.start({
    files: Object.fromEntries(Object.entries(charts).map(([name, bytes]) => [`packed/${name}`, bytes])),
    normalize: (text) => text.replaceAll(server.url, 'URL').replaceAll(/(index\.yaml|\.tgz)\d+:/g, '$1:'),
  });
});

after(async () => {
  await both.close();
  await server.close();
});

const commands = (...lines: readonly string[]): Step[] =>
  lines.map((line) => ({
    words:
      line
        .replaceAll('URL', server.url)
        .match(/'[^']*'|\S+/g)
        ?.map((word) => word.replace(/^'(.*)'$/, '$1')) ?? [],
  }));

async function expectSame(steps: readonly Step[]): Promise<void> {
  const differences = await both.run(steps);
  assert.equal(differences.length, 0, JSON.stringify(differences, undefined, 1));
}

async function expectSameFile(name: string): Promise<void> {
  const clean = (text: string): string => text.replaceAll(/(created|generated)("?: ")[^"]*"/g, '$1$2T"');
  assert.equal(clean(await both.ours.read(name)), clean(await both.helm.read(name)));
}

test('makes the index of a directory as helm does', async () => {
  await expectSame(commands('repo index packed'));
  await expectSameFile('packed/index.yaml');
  await expectSame(commands('repo index packed --url https://example.org/charts --merge packed/index.yaml'));
  await expectSameFile('packed/index.yaml');
  await expectSame(commands('repo index packed --json'));
  await expectSameFile('packed/index.yaml');
  await expectSame(commands('repo index packed --merge packed/new.yaml', 'repo index nowhere', 'repo index'));
  await expectSameFile('packed/index.yaml');
});

test('says what helm says while there is no repository', async () => {
  await expectSame(
    commands(
      'repo list',
      'repo list -o json',
      'repo list -o yaml',
      'repo list -o xml',
      'repo update',
      'repo remove x',
      'repo remove',
      'search repo x',
      'pull x/y',
      'pull x',
      'pull',
      'pull URL/nothing.tgz',
      'pull --repo URL x',
      'repo add x',
      'repo add a/b URL',
      'repo add x ftp://example.org',
      'repo add x URL',
      'repo add x https://kubernetes-charts.storage.googleapis.com',
      'repo add x http://127.0.0.1:1',
      'pull http://127.0.0.1:1/x.tgz',
      'pull --repo http://127.0.0.1:1 x',
      'push x y',
      'push x.tgz oci://127.0.0.1:1',
      'push packed oci://127.0.0.1:1',
      'push packed/demo-1.0.0.tgz http://127.0.0.1:1',
      'pull oci://127.0.0.1:1/a/b',
      'pull oci://127.0.0.1:1/a/b --version 1.0.0 --plain-http',
      'registry logout x',
      'registry login http://127.0.0.1:1 -u a -p b --plain-http',
      'registry login 127.0.0.1:1/x -u a -p b --plain-http',
      'registry login 127.0.0.1:1 -u a -p b --plain-http',
      'pull http://127.0.0.1:1/%zz',
      'pull http://127.0.0.1:1/',
      'pull http://[::1',
      'pull oci://x',
      'pull oci://x/Y',
      'pull oci://127.0.0.1:1/x:a:b',
      'pull oci://127.0.0.1:1/x --version nonsense',
      'pull /abs/nothing',
      'pull nothing/',
      'repo add x ://x',
    ),
  );
});

test('adds, lists, updates, searches and removes repositories as helm does', async () => {
  for (const [name, bytes] of Object.entries(charts)) server.put(`/${name}`, bytes);
  server.put('/index.yaml', await readFile(join(both.helm.path, 'packed/index.yaml')));
  await expectSame(
    commands(
      'repo add stable URL',
      'repo add stable URL',
      'repo add stable URL/',
      'repo add stable URL/ --force-update',
      'repo add other URL --pass-credentials --username u --password p',
      'repo list',
      'repo list --no-headers',
      'repo list -o json',
      'repo list -o yaml',
      'repo update stable',
      'repo update nope',
      'search repo',
      'search repo -l',
      'search repo --devel',
      'search repo demo --version <1',
      'search repo demo --version nonsense',
      'search repo -l --version >0.0.0-0 -o json',
      'search repo database -o yaml',
      'search repo DEMO --max-col-width 10',
      'search repo demo --max-col-width 0',
      'search repo http',
      "search repo 'd[eb]' -r",
      "search repo '(' -r",
      'search repo nothing',
      'search repo nothing -o json',
      'search repo nothing --fail-on-no-result',
      'pull stable/demo',
      'pull stable/demo --version ~0.9 --untar',
      'pull stable/demo --version ~0.9 --untar',
      'pull stable/demo --devel -d packed',
      'pull stable/nope',
      'pull stable/demo --version 9.x',
      'pull --repo URL db',
      'pull --repo URL db --version 9',
      'pull URL/db-2.3.4.tgz -d nowhere',
      '__completeNoDesc pull st',
      '__completeNoDesc pull stable/demo --version=',
      '__completeNoDesc upgrade web oci',
    ),
  );
  await expectSameFile('config/repositories.yaml');
  await expectSameFile('cache/repository/stable-index.yaml');
  // Helm writes the names in an order by chance.
  const names = async (home: HelmHome): Promise<string[]> =>
    (await home.read('cache/repository/stable-charts.txt')).split('\n').sort();
  assert.deepEqual(await names(both.ours), await names(both.helm));
  await expectSame(commands('repo remove other', 'repo remove other', 'repo remove stable', 'repo list'));
});

test('tells of a repository whose index is broken as helm does', async () => {
  const index = `apiVersion: v1
entries:
  good: [{apiVersion: v2, name: good, version: 1.0.0, urls: [good-1.0.0.tgz]}]
  bad: [null, {name: bad, version: not-a-version, urls: [x]}, {name: ../bad, version: 1.0.0, urls: [x]}]
  empty: [{name: empty, version: 1.0.0}]
`;
  server.put('/broken/index.yaml', index);
  server.put('/empty/index.yaml', '');
  server.put('/versionless/index.yaml', 'entries: {}\n');
  await expectSame(
    commands(
      'repo add broken URL/broken',
      'repo add empty URL/empty',
      'repo add versionless URL/versionless',
      'search repo -l',
      'pull broken/empty',
      'pull broken/good',
    ),
  );
  for (const home of [both.helm, both.ours]) {
    await writeFile(join(home.path, 'cache/repository/broken-index.yaml'), 'entries: {}\n');
  }
  await expectSame(commands('search repo good'));
});
