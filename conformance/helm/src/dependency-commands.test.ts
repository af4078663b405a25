import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { chartArchive } from './fixtures/chart-archive.ts';
import { CommandComparison, type Step } from './fixtures/compare-commands.ts';
import { RegistryServer } from './fixtures/registry-server.ts';
import { RepositoryServer } from './fixtures/repository-server.ts';

const commands = (...lines: readonly string[]): Step[] => lines.map((line) => ({ words: line.split(' ') }));
const withoutTime = (text: string): string => text.replaceAll(/generated: ".*"/g, 'generated: T');

const ranges = (dependencies: string, version = '0.1.0', api = 'v2'): string =>
  `apiVersion: ${api}\nname: app\nversion: ${version}\ndependencies:\n${dependencies}`;

interface World {
  readonly both: CommandComparison;
  readonly server: RepositoryServer;
  readonly same: (...lines: readonly string[]) => Promise<void>;
  /** Names in charts/, and the lock without its time. */
  readonly sameResult: (chart: string, lock?: string) => Promise<void>;
}

async function start(t: TestContext, files: Readonly<Record<string, string | Uint8Array>>): Promise<World> {
  const server = await RepositoryServer.start();
  const registry = await RegistryServer.start();
  for (const version of ['1.0.0', '1.2.0', '1.3.0-rc.1', '2.0.0']) {
    server.put(`/db-${version}.tgz`, chartArchive('db', version));
  }
  server.put('/cache-0.4.2.tgz', chartArchive('cache', '0.4.2'));
  const entry = (name: string, version: string): string =>
    `  - {apiVersion: v2, name: ${name}, version: ${version}, urls: [${name}-${version}.tgz]}\n`;
  server.put(
    '/index.yaml',
    `apiVersion: v1\nentries:\n  db:\n${['1.0.0', '1.2.0', '1.3.0-rc.1', '2.0.0'].map((version) => entry('db', version)).join('')}  cache:\n${entry('cache', '0.4.2')}`,
  );
  const clean = (text: string): string =>
    text
      .replaceAll(server.url, 'URL')
      .replaceAll(registry.host, 'HOST')
      .replaceAll(/helm-manager-[0-9a-f]+/g, 'MANAGED')
      // Ours calls a warning one.
      .replace('level=INFO msg="warning: a valid', 'level=WARN msg="a valid');
  const filled = Object.fromEntries(
    Object.entries(files).map(([name, content]) => [
      name,
      typeof content === 'string' ? content.replaceAll('URL', server.url).replaceAll('HOST', registry.host) : content,
    ]),
  );
  const replace = { URL: server.url, HOST: registry.host };
  const both = await CommandComparison.start({
    files: filled,
    normalize: clean,
    replace: { HELM: replace, OURS: replace },
  });
  t.after(async () => {
    await both.close();
    await server.close();
    await registry.close();
  });
  return {
    both,
    server,
    same: async (...lines) => {
      const differences = await both.run(commands(...lines));
      assert.equal(differences.length, 0, JSON.stringify(differences, undefined, 1));
    },
    sameResult: async (chart, lock = 'Chart.lock') => {
      const [helm, ours] = await Promise.all(
        [both.helm, both.ours].map((home) => readdir(join(home.path, chart, 'charts'))),
      );
      assert.deepEqual(ours?.sort(), helm?.sort());
      assert.equal(
        withoutTime(await both.ours.read(join(chart, lock))),
        withoutTime(await both.helm.read(join(chart, lock))),
      );
    },
  };
}

test('updates, builds and lists dependencies of repositories as helm does', async (t) => {
  const { both, same, sameResult } = await start(t, {
    'app/Chart.yaml': ranges(
      `- {name: db, version: ^1, repository: "URL", condition: db.enabled, tags: [a, b], import-values: [x, {child: a.b, parent: c}]}
- {name: cache, version: ">=0.4 <1", repository: "@stable", alias: memory}
- {name: db, version: 2.x, repository: "alias:stable", alias: other}
`,
    ),
    'old/Chart.yaml': 'apiVersion: v1\nname: old\nversion: 0.1.0\n',
    'old/requirements.yaml': 'dependencies:\n- {name: db, version: 1.0.0, repository: "URL"}\n',
    'none/Chart.yaml': 'apiVersion: v2\nname: none\nversion: 0.1.0\n',
    'app/charts/zebra-1.0.0.tgz': chartArchive('zebra', '1.0.0'),
    'app/charts/own/Chart.yaml': 'apiVersion: v2\nname: own\nversion: 1.0.0\n',
  });
  await same(
    'dependency list app',
    'dep ls none',
    'dep list nowhere',
    'dep update none',
    'dep build none',
    'dep update nowhere',
    'dep update app/Chart.yaml',
    'repo add stable URL',
    'dep update app',
    'dep list app',
    'dep list app --max-col-width 8',
    'dep update app --skip-refresh',
    'dep build app',
    'dep update old',
    'dep list old',
  );
  await sameResult('app');
  await sameResult('old', 'requirements.lock');
  for (const home of [both.helm, both.ours]) await rm(join(home.path, 'app/charts'), { recursive: true });
  await same('dep list app', 'dep build app --skip-refresh', 'dep list app');
  await sameResult('app');
});

test('accepts the lock of the other program, and none that does not belong', async (t) => {
  const { both, same } = await start(t, {
    'app/Chart.yaml': ranges('- {name: db, version: ^1, repository: "URL"}\n'),
    'old/Chart.yaml': 'apiVersion: v1\nname: old\nversion: 0.1.0\n',
    'old/requirements.yaml': 'dependencies:\n- {name: db, version: 1.0.0, repository: "URL"}\n',
    'old/requirements.lock':
      'dependencies:\n- {name: db, version: 1.0.0, repository: "URL"}\ndigest: sha256:00\ngenerated: "2020-01-01T00:00:00Z"\n',
  });
  await both.run(commands('repo add stable URL', 'dep update app'));
  const [helm, ours] = [await both.helm.read('app/Chart.lock'), await both.ours.read('app/Chart.lock')];
  await both.helm.write({ 'app/Chart.lock': ours });
  await both.ours.write({ 'app/Chart.lock': helm });
  await same('dep build app');
  const changed = (await both.ours.read('app/Chart.yaml')).replace('^1', '^1.1');
  for (const home of [both.helm, both.ours]) await home.write({ 'app/Chart.yaml': changed });
  await same('dep build app', 'dep build old');
});

test('says what helm says of dependencies that can not be had', async (t) => {
  const bad: Readonly<Record<string, string>> = {
    range: '- {name: db, version: ^9, repository: "URL"}\n- {name: cache, version: ">1", repository: "URL"}\n',
    name: '- {name: nothing, version: ^1, repository: "URL"}\n',
    alias: '- {name: db, version: ^1, repository: "@nobody"}\n',
    word: '- {name: db, version: ^1, repository: stable}\n',
    constraint: '- {name: db, version: "not a range", repository: "URL"}\n',
    local: '- {name: db, version: ^1, repository: "file://../nowhere"}\n',
    own: '- {name: db, version: ^1}\n',
    unreachable: '- {name: db, version: ^1, repository: "http://127.0.0.1:1"}\n',
  };
  const charts = Object.entries(bad).map(([name, text]) => [`${name}/Chart.yaml`, ranges(text)]);
  const { both, same, server } = await start(t, {
    ...Object.fromEntries(charts),
    'gone/Chart.yaml': ranges('- {name: cache, version: ^0.4, repository: "URL"}\n'),
    'gone/charts/cache-0.4.1.tgz': chartArchive('cache', '0.4.1'),
  });
  await same('repo add stable URL', ...Object.keys(bad).map((name) => `dep update ${name}`));
  server.files.delete('/cache-0.4.2.tgz');
  await same('dep update gone');
  for (const home of [both.helm, both.ours]) {
    assert.deepEqual(await readdir(join(home.path, 'gone/charts')), ['cache-0.4.1.tgz']);
  }
});

test('packs dependencies of the file system, and downloads those of registries', async (t) => {
  const { same, sameResult } = await start(t, {
    'app/Chart.yaml': ranges(
      `- {name: lib, version: ">=1", repository: "file://../lib"}
- {name: web, version: ~1.0, repository: "oci://HOST/charts"}
- {name: plain, version: 1.2.3, repository: "oci://HOST/charts"}
`,
    ),
    'lib/Chart.yaml': 'apiVersion: v2\nname: lib\nversion: 1.5.0\ntype: library\n',
    'lib/templates/_a.tpl': '{{ define "a" }}{{ end }}',
    'web-1.0.1.tgz': chartArchive('web', '1.0.1'),
    'web-1.1.0.tgz': chartArchive('web', '1.1.0'),
    'plain-1.2.3.tgz': chartArchive('plain', '1.2.3'),
  });
  await same('dep update app --plain-http');
  await same('push web-1.0.1.tgz oci://HOST/charts --plain-http');
  await same(
    'push web-1.1.0.tgz oci://HOST/charts --plain-http',
    'push plain-1.2.3.tgz oci://HOST/charts --plain-http',
  );
  await same('dep update app --plain-http', 'dep list app', 'dep build app --plain-http');
  await sameResult('app');
});

test('gives the state of dependencies that helm gives', async (t) => {
  const names = ['fine', 'unpacked', 'missing', 'wrong', 'many', 'named', 'two', 'bad[', 'odd'];
  const list = names.map((name) => `- {name: "${name}", version: ^1, repository: "https://example.org"}\n`).join('');
  const { same } = await start(t, {
    'app/Chart.yaml': ranges(list),
    'app/charts/fine-1.0.0.tgz': chartArchive('fine', '1.0.0'),
    'app/charts/unpacked/Chart.yaml': 'apiVersion: v2\nname: unpacked\nversion: 1.0.0\n',
    'app/charts/wrong-2.0.0.tgz': chartArchive('wrong', '2.0.0'),
    'app/charts/many-1.0.0.tgz': chartArchive('many', '1.0.0'),
    'app/charts/many-1.1.0.tgz': chartArchive('many', '1.1.0'),
    'app/charts/named-1.0.0.tgz': chartArchive('renamed', '1.0.0'),
    'app/charts/two-1.0.0.tgz': chartArchive('two', '1.0.0'),
    'app/charts/two-more-1.0.0.tgz': chartArchive('two-more', '1.0.0'),
    'app/charts/odd/Chart.yaml': 'apiVersion: v2\nname: odd\nversion: 3.0.0\n',
    'app.tgz': chartArchive('app', '1.0.0', {
      chartYaml: `dependencies:\n${list}`,
      files: { 'charts/odd/Chart.yaml': 'apiVersion: v2\nname: odd\nversion: 1.0.0\n' },
    }),
  });
  await same('dep list app', 'dep list app.tgz', 'dep list ./app/');
});

test('refuses archives that were changed after they were locked by digest', async (t) => {
  const { both, server } = await start(t, {
    'app/Chart.yaml': ranges('- {name: cache, version: ^0.4, repository: "@stable"}\n'),
  });
  const ours = both.ours;
  const run = async (line: string): Promise<string> => {
    const { code, stderr } = await ours.ours(line.replace('URL', server.url).split(' '));
    return code === 0 ? 'ok' : stderr;
  };
  const inner = { 'charts/inner/Chart.yaml': 'apiVersion: v2\nname: inner\nversion: 3.0.0\n' };
  server.put('/cache-0.4.2.tgz', chartArchive('cache', '0.4.2', { files: inner }));
  assert.equal(await run('repo add stable URL'), 'ok');
  assert.equal(await run('dep update app --digests'), 'ok');
  const lock = await ours.read('app/Chart.lock');
  assert.match(
    lock,
    /^archives:\n- charts:\n {2}- inner 3\.0\.0\n {2}digest: sha256:[0-9a-f]{64}\n {2}file: cache-0\.4\.2\.tgz\n/,
  );
  assert.equal(await run('dep build app'), 'ok');
  // The real helm passes over what it doesn't know.
  assert.equal((await ours.helm('dep build app'.split(' '))).code, 0);
  server.put('/cache-0.4.2.tgz', chartArchive('cache', '0.4.2'));
  await rm(join(ours.path, 'cache/content'), { recursive: true });
  assert.match(
    await run('dep build app'),
    /^Error: cache-0\.4\.2\.tgz was changed after it was locked: Chart\.lock says sha256/,
  );
  assert.equal(await ours.read('app/Chart.lock'), lock);
  assert.equal(await run('dep update app'), 'ok');
  assert.match(await ours.read('app/Chart.lock'), /^archives:\n- charts: \[\]\n/);
  assert.equal((await ours.ours(['dep', 'tree', 'app'])).stdout, `app 0.1.0\n└── cache 0.4.2 (^0.4) @stable\n`);
});

test('fetches an archive whose digest the index tells once, also for repositories that are not configured', async (t) => {
  const { both, server } = await start(t, {
    'app/Chart.yaml': ranges('- {name: cache, version: ^0.4, repository: "URL"}\n'),
  });
  const archive = chartArchive('cache', '0.4.2');
  const digest = createHash('sha256').update(archive).digest('hex');
  const index = (announced: string): string =>
    `apiVersion: v1\nentries:\n  cache:\n  - {apiVersion: v2, name: cache, version: 0.4.2, urls: [cache-0.4.2.tgz], digest: ${announced}}\n`;
  server.put('/index.yaml', index(digest));
  server.put('/cache-0.4.2.tgz', archive);
  const fetched = (): number => server.requests.filter(({ path }) => path === '/cache-0.4.2.tgz').length;
  for (const command of ['dep update app', 'dep update app', `repo add stable ${server.url}`, 'dep build app']) {
    const { code, stderr } = await both.ours.ours(command.split(' '));
    assert.equal(code, 0, stderr);
  }
  assert.equal(fetched(), 1);
  server.put('/index.yaml', index('0'.repeat(64)));
  const { code, stderr } = await both.ours.ours(['dep', 'update', 'app']);
  assert.equal(code, 1);
  assert.match(stderr, /digest/);
});

test('a dependency out of its range: told by default, an error when that is wanted, as in its tree', async (t) => {
  const { both } = await start(t, {
    'app/Chart.yaml': ranges('- {name: db, version: ^2, repository: "", condition: db.enabled}\n'),
    'app/values.yaml': 'db: {enabled: false}\n',
    'app/charts/db/Chart.yaml': 'apiVersion: v2\nname: db\nversion: 1.0.0\n',
    'app/charts/db/templates/a.yaml': 'kind: A\n',
  });
  const problem = 'app > db: version 1.0.0 is not in the range ^2';
  const helm = await both.helm.helm(['template', 'app']);
  const plain = await both.ours.ours(['template', 'app']);
  assert.equal(plain.stdout, helm.stdout, 'rendered, though it is switched off');
  assert.match(plain.stderr, new RegExp(`WARN msg="${problem.replaceAll('^', '\\^')}; it is rendered`));
  for (const command of [
    ['template', 'app'],
    ['lint', 'app'],
  ]) {
    const strict = await both.ours.ours([...command, '--strict-dependencies']);
    assert.equal(strict.code, 1);
    assert.ok((strict.stdout + strict.stderr).includes(problem), strict.stderr);
  }
  assert.ok((await both.ours.ours(['dep', 'tree', 'app'])).stderr.includes(problem));
});

test('refuses circles of local charts', async (t) => {
  const { both } = await start(t, {
    'a/Chart.yaml':
      'apiVersion: v2\nname: a\nversion: 1.0.0\ndependencies: [{name: b, version: 1.0.0, repository: "file://../b"}]\n',
    'b/Chart.yaml':
      'apiVersion: v2\nname: b\nversion: 1.0.0\ndependencies: [{name: a, version: 1.0.0, repository: "file://../a"}]\n',
  });
  const { code, stderr } = await both.ours.ours(['dep', 'update', 'a']);
  assert.equal(code, 1);
  assert.equal(stderr, 'Error: the chart depends on itself through file:// repositories: a -> b -> a\n');
  await assert.rejects(readdir(join(both.ours.path, 'a/charts')));
});

test('treats odd dependencies as helm does', async (t) => {
  const nested = ranges('- {name: deep, version: 1.0.0, repository: ""}\n', '1.0.0').replace(
    'name: app',
    'name: outer',
  );
  const { both, same, sameResult, server } = await start(t, {
    'slash/Chart.yaml': ranges(
      '- {name: db, version: 1.x, repository: "URL/"}\n- {name: db, version: 1.x, repository: "URL", alias: second}\n',
    ),
    'unversioned/Chart.yaml': ranges('- {name: db, repository: "URL"}\n'),
    'star/Chart.yaml': ranges('- {name: db, version: "*", repository: "URL"}\n'),
    'early/Chart.yaml': ranges('- {name: db, version: ">=1.3.0-0 <2", repository: "URL"}\n'),
    'exact/Chart.yaml': ranges('- {name: db, version: v1.2.0, repository: "URL"}\n'),
    'or/Chart.yaml': ranges('- {name: db, version: "~1.0 || ^2", repository: "URL"}\n'),
    'sub/Chart.yaml': ranges('- {name: part, version: 1.0.0, repository: "URL/sub"}\n'),
    'nested/Chart.yaml': ranges('- {name: outer, version: ">0", repository: "file://./parts/outer"}\n'),
    'nested/parts/outer/Chart.yaml': nested,
    'nested/parts/outer/charts/deep/Chart.yaml': 'apiVersion: v2\nname: deep\nversion: 1.0.0\n',
    'nested/parts/outer/values.yaml': 'a: 1\n',
    'own/Chart.yaml': ranges('- {name: mine, version: ^1}\n'),
    'own/charts/mine/Chart.yaml': 'apiVersion: v2\nname: mine\nversion: 1.4.0\n',
    'wrong/Chart.yaml': ranges('- {name: mine, version: ^2}\n'),
    'wrong/charts/mine/Chart.yaml': 'apiVersion: v2\nname: mine\nversion: 1.4.0\n',
    'bad/Chart.yaml': 'apiVersion: v2\nname: bad\nversion: 0.1.0\ndependencies:\n- null\n',
    'twice/Chart.yaml': ranges(
      '- {name: db, version: 1.x, repository: "URL"}\n- {name: db, version: 2.x, repository: "URL"}\n',
    ),
    'keep/Chart.yaml': ranges('- {name: db, version: 1.0.0, repository: "URL"}\n- {name: mine, version: ^1}\n'),
    'keep/charts/mine/Chart.yaml': 'apiVersion: v2\nname: mine\nversion: 1.4.0\n',
    'keep/charts/db-0.0.1.tgz': chartArchive('db', '0.0.1'),
    'keep/charts/other-1.0.0.tgz': chartArchive('other', '1.0.0'),
    'keep/charts/mine-9.9.9.tgz': chartArchive('mine', '9.9.9'),
  });
  server.put(
    '/sub/index.yaml',
    'apiVersion: v1\nentries:\n  part: [{apiVersion: v2, name: part, version: 1.0.0, urls: [../parts/part-1.0.0.tgz]}]\n',
  );
  server.put('/parts/part-1.0.0.tgz', chartArchive('part', '1.0.0'));
  const good = ['slash', 'star', 'early', 'exact', 'or', 'sub', 'nested', 'own'];
  await same('repo add stable URL');
  await same(...good.flatMap((name) => [`dep update ${name}`, `dep list ${name}`]));
  for (const name of good) await sameResult(name);
  await same('dep update unversioned', 'dep update wrong', 'dep update bad', 'dep update twice', 'dep update keep');
  assert.deepEqual(
    (await readdir(join(both.ours.path, 'keep/charts'))).sort(),
    (await readdir(join(both.helm.path, 'keep/charts'))).sort(),
  );
});
