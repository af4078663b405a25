/** Plugins in both programs: installed, listed, run, signed, removed. */
import assert from 'node:assert/strict';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { encodeGoJson, readYamlDocuments } from '@kindred/helm';
import { runCommand } from '@kindred-conformance/clients';
import { generateKey } from 'openpgp';
import { CommandComparison, type Step } from './fixtures/compare-commands.ts';
import { HelmHome } from './fixtures/helm-home.ts';
import { RegistryServer } from './fixtures/registry-server.ts';

const script = `#!/bin/sh
echo "args: $@"
echo "name: $HELM_PLUGIN_NAME namespace: $HELM_NAMESPACE context: $HELM_KUBECONTEXT debug: $HELM_DEBUG"
echo "to stderr" >&2
exit 3
`;

const v1 = (name: string, type: string, extra: string): string =>
  `apiVersion: v1\ntype: ${type}\nname: ${name}\nversion: 0.2.0\nruntime: subprocess\n${extra}`;
const RUN = 'runtimeConfig:\n  platformCommand:\n  - command: ${HELM_PLUGIN_DIR}/run.sh\n';

/** Gets files of the directory that the plugin is linked to; says what it was asked. */
const GET = `#!/bin/sh
for each in "$@"; do echo "[$each]" >&2; url=$each; done
env | grep -E '^HELM_(PLUGIN_|NAMESPACE|DEBUG)' | sort >&2
case $url in *broken*) echo half; exit 7;; esac
cat "$HELM_PLUGIN_DIR/../../../\${url#*://host/}"
`;

const files = {
  'old/plugin.yaml':
    'name: old\nversion: 0.1.0\nusage: use it\ndescription: of helm 3\ncommand: "$HELM_PLUGIN_DIR/run.sh first $HELM_PLUGIN_NAME"\nhooks:\n  install: "echo installed $HELM_PLUGIN_NAME"\n  delete: "echo deleted"\n',
  'old/run.sh': script,
  'quiet/plugin.yaml': v1(
    'quiet',
    'cli/v1',
    `config: {shortHelp: help, ignoreFlags: true}\n${RUN}    args: [fixed, "two words"]\n`,
  ),
  'quiet/run.sh': script,
  'ok/plugin.yaml': v1(
    'ok',
    'cli/v1',
    'runtimeConfig:\n  platformCommand:\n  - {os: nowhere, command: "false"}\n  - {command: "true"}\n  platformHooks: {install: [{command: echo, args: [from, hook]}]}\n',
  ),
  'post/plugin.yaml': v1('post', 'postrenderer/v1', RUN),
  'post/run.sh':
    '#!/bin/sh\n[ "$1" = fail ] && { echo broken >&2; exit 1; }\n[ "$1" = empty ] && exit 0\nsed "s/a: 1/a: $1/"\n',
  'nothing/plugin.yaml': v1('nothing', 'cli/v1', 'runtimeConfig:\n  platformCommand:\n  - {os: nowhere, command: x}\n'),
  'versionless/plugin.yaml': 'apiVersion: v1\nname: versionless\n',
  'no-plugin/readme': 'x',
  'getter/plugin.yaml': v1(
    'getter',
    'getter/v1',
    `config: {protocols: [one, other]}
runtimeConfig:
  protocolCommands:
  - {protocols: [one], platformCommand: [{command: get.sh fixed, args: ["$HELM_PLUGIN_NAME"]}]}
`,
  ),
  'getter/get.sh': GET,
  'downloader/plugin.yaml': `name: downloader
version: 0.1.0
downloaders:
- {protocols: [two, three], command: "get.sh $HELM_PLUGIN_NAME"}
- {protocols: [missing], command: missing.sh}
`,
  'downloader/get.sh': GET,
  'values.yaml': 'a: 2\n',
  'repo/readme': 'charts',
  'umbrella/Chart.yaml':
    'apiVersion: v2\nname: umbrella\nversion: 1.0.0\ndependencies:\n- {name: web, version: ^1, repository: "one://host/repo"}\n',
  'web/Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\n',
  'web/templates/a.yaml': 'kind: A\nmetadata: {name: a}\na: 1\n',
  'web/templates/hook.yaml': 'kind: H\nmetadata: {name: h, annotations: {helm.sh/hook: pre-install}}\na: 1\n',
};

async function start(t: TestContext, more: Readonly<Record<string, string | Uint8Array>> = {}) {
  const both = await CommandComparison.start({
    files: { ...files, ...more },
    // What a broken plugin is logged with is the same at each command.
    normalize: (text) =>
      text
        .replace(/^level=WARN msg="failed to load plugin.*\n/gm, '')
        .replace(/^level=DEBUG .*\n/gm, '')
        // Helm prints all that it knows of the plugin.
        .replace(/plugin &\{.*\} failed to invoke/g, 'plugin failed to invoke')
        .replace(/plugin "\w+" failed to invoke/g, 'plugin failed to invoke'),
  });
  t.after(() => both.close());
  for (const home of [both.helm, both.ours]) {
    for (const name of ['old', 'quiet', 'post']) await chmod(join(home.path, name, 'run.sh'), 0o755);
  }
  const same = async (...lines: readonly string[]): Promise<void> => {
    const steps: Step[] = lines.map((line) => ({ words: line.split(' ') }));
    const differences = await both.run(steps);
    assert.equal(differences.length, 0, JSON.stringify(differences, undefined, 1));
  };
  return { both, same };
}

test('installs, runs and removes plugins as helm does', async (t) => {
  const { same } = await start(t);
  await same(
    'plugin list',
    'plugin install',
    'plugin install nowhere',
    'plugin install old',
    'plugin install ./quiet',
    'plugin add ok',
    'plugin install post',
    'plugin install nothing',
    'plugin install old',
    'plugin list',
    'plugin ls --type postrenderer/v1',
    'old',
    'old a --flag -x value',
    'old a -n space --kube-context there b',
    '-n space old a',
    'quiet a b',
    'ok a',
    'plugin update old',
    'plugin uninstall nowhere',
    'plugin uninstall',
    'plugin rm old quiet',
    'plugin list',
    'plugin install versionless',
    'plugin list',
  );
});

test('lets plugins change manifests as helm does', async (t) => {
  const { same, both } = await start(t);
  await same('plugin install post', 'template x web --post-renderer nowhere');
  // Helm keeps the text of what the plugin leaves alone; ours writes it anew.
  for (const more of [[], ['--no-hooks']]) {
    const words = ['template', 'x', 'web', '--post-renderer', 'post', '--post-renderer-args', '7', ...more];
    const [theirs, own] = [await both.helm.helm(words), await both.ours.ours(words)];
    const objects = (text: string): string[] => readYamlDocuments(text).map((each) => encodeGoJson(each));
    assert.deepEqual(objects(own.stdout), objects(theirs.stdout));
  }
  for (const args of ['fail', 'empty']) {
    const words = ['template', 'x', 'web', '--post-renderer', 'post', '--post-renderer-args', args];
    const [theirs, own] = [await both.helm.helm(words), await both.ours.ours(words)];
    assert.deepEqual([theirs.code, own.code], [1, 1], args);
    assert.match(own.stderr, args === 'fail' ? /exited with error/ : /produced empty output/);
  }
});

test('gets charts, indexes and values by plugins as helm does', async (t) => {
  const { both, same } = await start(t);
  for (const home of [both.helm, both.ours]) {
    for (const name of ['getter', 'downloader']) await chmod(join(home.path, name, 'get.sh'), 0o755);
  }
  await same(
    'plugin install getter',
    'plugin install downloader',
    'plugin list',
    'template x web -f one://host/values.yaml',
    'template x web -f two://host/values.yaml -n space',
    'template x web -f one://host/broken',
    'template x web -f other://host/values.yaml',
    'template x web -f missing://host/values.yaml',
    'template x web -f nobody://host/values.yaml',
    'template x web --set-file b=three://host/values.yaml',
    'package web -d repo',
    'repo index repo',
    'repo add r one://host/repo --username user --password word --cert-file c --key-file k',
    'repo add s two://host/repo --username user --password word --pass-credentials',
    'repo add q nobody://host/repo',
    'repo remove r',
    'repo update',
    'template x s/web',
    'pull s/web --prov',
    'show chart two://host/repo/web-1.0.0.tgz --username u --password p',
    'pull one://host/repo/web-1.0.0.tgz',
    'pull one://host/broken',
    'pull nobody://host/x.tgz',
    'pull one://host',
    'pull web --repo nobody://host',
    'pull web --repo one://host/repo --untar -d out',
    'repo remove s',
    'dependency update umbrella',
    'dependency list umbrella',
    'repo add r one://host/repo',
    'dependency build umbrella',
  );
});

test('reads plugin.yaml as strictly as helm does', async (t) => {
  const texts = [
    v1('x', 'getter/v1', ''),
    v1('x', 'getter/v1', 'config: {protocols: ["", a]}\n'),
    v1('x', 'other/v1', ''),
    v1('x', 'cli/v1', '').replace('subprocess', 'other'),
    v1('x', 'cli/v1', '').replace('0.2.0', '0.1'),
    v1('x', 'cli/v1', '').replace('0.2.0', 'v1.0.0'),
    v1('x y', 'cli/v1', ''),
    'apiVersion: v1\nname: x\nversion: 1.0.0\nruntime: subprocess\n',
    'apiVersion: v1\nname: x\nversion: 1.0.0\ntype: cli/v1\n',
    'apiVersion: v1\nname: x\nruntime: subprocess\ntype: cli/v1\n',
    'apiVersion: v2\nname: x\n',
    'name: x\n',
    'name: x y\n',
    'name: x\nversion: z\n',
    'name: x\nversion: 0.1.0\ncommand: a\nplatformCommand: [{command: b}]\n',
    'name: x\nversion: 0.1.0\nhooks: {install: a}\nplatformHooks: {install: [{command: b}]}\n',
    'name: x\nversion: 0.1.0\ndownloaders: [{protocols: [a]}]\n',
    'name: x\nversion: 0.1.0\ndownloaders: [{command: a}]\n',
    'name: x\nversion: 0.1.0\ndownloaders: [{command: a, protocols: [""]}]\n',
  ];
  const { same } = await start(t, Object.fromEntries(texts.map((text, at) => [`bad${at}/plugin.yaml`, text])));
  await same(...texts.map((_text, at) => `plugin package bad${at} --sign=false`));
});

test('packs, signs and verifies plugins, each what the other made', async (t) => {
  const key = await generateKey({ type: 'ecc', userIDs: [{ name: 'Jane' }], format: 'object' });
  const { both, same } = await start(t, { 'secret.gpg': key.privateKey.write(), 'public.gpg': key.publicKey.write() });
  await same(
    'plugin package nowhere',
    'plugin package versionless --sign=false',
    'plugin package old',
    'plugin package old --key Nobody --keyring secret.gpg',
    'plugin package old --sign=false',
    'plugin package quiet --key Jane --keyring secret.gpg -d signed',
    'plugin verify old-0.1.0.tgz',
    'plugin verify old',
    'plugin verify nowhere.tgz',
    'plugin install old-0.1.0.tgz',
    'plugin install old-0.1.0.tgz --verify=false',
    'plugin list',
    'old x',
    'plugin uninstall old',
  );
  const move = (from: string, to: string): Promise<unknown> => runCommand('mv', [from, to]);
  const [theirs, own] = [join(both.helm.path, 'signed'), join(both.ours.path, 'signed')];
  await move(theirs, join(both.ours.path, 'other'));
  await move(own, join(both.helm.path, 'other'));
  const digest = /sha256:[0-9a-f]{64}/g;
  for (const line of ['plugin verify other/quiet-0.2.0.tgz', 'plugin install other/quiet-0.2.0.tgz']) {
    const words = [...line.split(' '), '--keyring', 'public.gpg'];
    const said = [await both.helm.helm(words), await both.ours.ours(words)];
    const [left, right] = said.map(({ code, stdout, stderr }) => [code, stdout.replace(digest, ''), stderr]);
    assert.deepEqual(right, left);
  }
  await same('plugin list', 'quiet x');
});

const isInstalled = async (program: string): Promise<boolean> =>
  (await runCommand('sh', ['-c', 'command -v "$0"', program])).code === 0;

/** A repository of each kind: makes one of a directory, commits, tags. */
const REPOSITORIES = {
  git: {
    commands: (path: string) => [
      ['git', 'init', '--quiet', path],
      ['git', '-C', path, 'add', '.'],
    ],
    commit: (path: string, message: string) => [
      ['git', '-C', path, '-c', 'user.name=a', '-c', 'user.email=a@b', 'commit', '--quiet', '-am', message],
      ['git', '-C', path, 'tag', message],
    ],
    source: (path: string) => `file://${path}`,
  },
  hg: {
    commands: (path: string) => [
      ['hg', 'init', path],
      ['hg', '-R', path, '--cwd', path, 'add', '--quiet'],
    ],
    commit: (path: string, message: string) => [
      ['hg', '-R', path, 'commit', '-u', 'a', '-m', message],
      ['hg', '-R', path, 'tag', '-u', 'a', message],
    ],
    source: (path: string) => `file://${path}`,
  },
} as const;

for (const kind of ['git', 'hg'] as const) {
  test(`installs plugins from ${kind} repositories, and brings them up to date`, async (t) => {
    if (!(await isInstalled(kind))) return t.skip(`${kind} is not installed`);
    const { both } = await start(t);
    const repository = join(both.ours.path, 'ok');
    const { commands, commit, source } = REPOSITORIES[kind];
    const run = async (lines: readonly (readonly string[])[]): Promise<void> => {
      for (const [program = '', ...args] of lines) {
        const { code, stderr } = await runCommand(program, args);
        assert.equal(code, 0, stderr);
      }
    };
    const version = async (to: string): Promise<void> => {
      await both.ours.write({ 'ok/plugin.yaml': files['ok/plugin.yaml'].replace('0.2.0', to) });
      await run(commit(repository, `v${to}`));
    };
    await run(commands(repository));
    for (const each of ['0.3.0', '1.0.0']) await version(each);
    const ours = (line: string) => both.ours.ours(line.split(' '));
    const installed = async (): Promise<string | undefined> =>
      /^ok\s+(\S+)/m.exec((await ours('plugin list')).stdout)?.[1];
    assert.match((await ours(`plugin install ${source(repository)}`)).stderr, /does not support verification/);
    const from = `plugin install ${source(repository)} --verify=false`;
    const range = await ours(`${from} --version ^0.3`);
    assert.equal(range.code, 0, range.stderr);
    assert.match(range.stdout, /from hook\nInstalled plugin: ok\n$/);
    assert.equal(await installed(), '0.3.0');
    if (kind === 'git') {
      await ours('plugin uninstall ok');
      assert.match((await ours(`${from} --version ^7`)).stderr, /requested version "\^7" does not exist for plugin/);
      assert.equal((await ours(`${from} --version v0.3.0`)).code, 0);
      assert.equal(await installed(), '0.3.0');
      await ours('plugin uninstall ok');
      assert.equal((await ours(from)).code, 0);
      assert.equal(await installed(), '1.0.0');
    }
    await version('1.1.0');
    const updated = await ours('plugin update ok');
    assert.deepEqual([updated.code, updated.stdout], [0, 'Updated plugin: ok\n'], updated.stderr);
    assert.equal(await installed(), '1.1.0');
    if (kind === 'hg') return;
    await writeFile(join(both.ours.path, 'data/plugins/ok/plugin.yaml'), `${files['ok/plugin.yaml']}\n# mine\n`);
    assert.match((await ours('plugin update ok')).stderr, /got error \(plugin repo was modified\)/);
  });
}

test('names the program of version control that is missing', async (t) => {
  if (await isInstalled('bzr')) return t.skip('bzr is installed');
  const { both } = await start(t);
  const { code, stderr } = await both.ours.ours(['plugin', 'install', 'bzr://127.0.0.1:1/x', '--verify=false']);
  assert.deepEqual([code, stderr], [1, 'Error: bzr is not installed\n']);
});

test('installs plugins from registries as helm does', async (t) => {
  const key = await generateKey({ type: 'ecc', userIDs: [{ name: 'Jane' }], format: 'object' });
  const registry = await RegistryServer.start();
  t.after(() => registry.close());
  const { both } = await start(t, { 'secret.gpg': key.privateKey.write(), 'public.gpg': key.publicKey.write() });
  const { helm, ours } = both;
  await helm.helm(['plugin', 'package', 'ok', '--key', 'Jane', '--keyring', 'secret.gpg']);
  const part = async (name: string, mediaType = 'application/vnd.oci.image.layer.v1.tar') => {
    const blob = registry.putBlob(await readFile(join(helm.path, name)));
    return { mediaType, ...blob, annotations: { 'org.opencontainers.image.title': name } };
  };
  const [archive, provenance] = [await part('ok-0.2.0.tgz'), await part('ok-0.2.0.tgz.prov')];
  const put = (tag: string, layers: readonly object[], more: object = {}, repository = 'plugins/ok'): void => {
    const config = { mediaType: 'application/vnd.oci.empty.v1+json', ...registry.putBlob(Buffer.from('{}')) };
    const type = 'application/vnd.oci.image.manifest.v1+json';
    const artifactType = 'application/vnd.helm.plugin.v1+json';
    const manifest = { schemaVersion: 2, mediaType: type, artifactType, config, layers, ...more };
    registry.putManifest(repository, tag, Buffer.from(JSON.stringify(manifest)), type);
  };
  put('0.2.0', [archive, provenance]);
  put('unsigned', [archive]);
  put('other', [archive], { artifactType: 'application/vnd.other' });
  put('untyped', [archive], { artifactType: undefined });
  put('empty', []);
  put('1', [archive], {}, 'plugins/renamed');
  // Helm pulls once for each of archive and provenance, and says so each time.
  const once = (text: string): string => [...new Set(text.replaceAll(registry.host, 'HOST').split('\n'))].join('\n');
  const home = (text: string, path: string): string => text.replaceAll(path, 'HOME').replace(/time=\S+ /g, '');
  for (const line of [
    'plugin install oci://HOST/plugins/ok:0.2.0 --plain-http',
    'plugin install oci://HOST/plugins/ok:0.2.0 --plain-http --keyring public.gpg',
    'plugin list',
    'plugin install oci://HOST/plugins/ok:0.2.0 --plain-http --verify=false',
    'plugin uninstall ok',
    'plugin install oci://HOST/plugins/ok:0.2.0 --plain-http --verify=false',
    'ok',
    'plugin list',
    'plugin update ok',
    'plugin uninstall ok',
    'plugin install oci://HOST/plugins/ok:unsigned --plain-http --keyring public.gpg',
    'plugin install oci://HOST/plugins/ok:unsigned --plain-http --verify=false',
    'plugin list',
    'plugin uninstall ok',
    'plugin install oci://HOST/plugins/ok:other --plain-http --verify=false',
    'plugin install oci://HOST/plugins/ok:other --plain-http',
    'plugin install oci://HOST/plugins/ok:untyped --plain-http --verify=false',
    'plugin install oci://HOST/plugins/ok:empty --plain-http --verify=false',
    'plugin install oci://HOST/plugins/renamed:1 --plain-http --verify=false',
    'plugin install oci://HOST/plugins/nothing:1 --plain-http --verify=false',
    'plugin list',
  ]) {
    const words = line.replace('HOST', registry.host).split(' ');
    const [theirs, own] = [await helm.helm(words), await ours.ours(words)];
    const said = ({ code, stdout, stderr }: typeof own, path: string): unknown => [
      code,
      once(home(stdout, path)),
      once(home(stderr, path)),
    ];
    assert.deepEqual(said(own, ours.path), said(theirs, helm.path), line);
  }
});

test('leaves out the commands of plugins where HELM_NO_PLUGINS says so', async (t) => {
  for (const program of ['helm', 'ours'] as const) {
    const home = await HelmHome.make({ HELM_NO_PLUGINS: '1' });
    t.after(() => home.close());
    await home.write({ 'data/plugins/ok/plugin.yaml': files['ok/plugin.yaml'] });
    const { code, stderr } = await home[program](['ok']);
    assert.deepEqual([code, stderr.split('\n')[0]], [1, 'Error: unknown command "ok" for "helm"'], program);
    assert.match((await home[program](['plugin', 'list'])).stdout, /^ok\s/m, program);
  }
});

test('refuses plugins whose module is missing as helm does', async (t) => {
  const module = v1('wasm', 'cli/v1', '').replace('subprocess', 'extism/v1');
  const { same } = await start(t, { 'wasm/plugin.yaml': module });
  await same('plugin package wasm --sign=false', 'plugin install wasm', 'wasm');
});
