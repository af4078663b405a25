/** Plugins that are WebAssembly modules, in both programs: what they are asked, what they may do, how they fail. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import type { Said } from './fixtures/helm-home.ts';
import { HelmHome } from './fixtures/helm-home.ts';
import { wasmPlugin } from './fixtures/wasm-plugin.ts';

type Settings = Readonly<Record<string, unknown>>;

const metadata = (type: string, runtimeConfig: Settings): string =>
  JSON.stringify({
    apiVersion: 'v1',
    type,
    name: 'module',
    version: '0.1.0',
    runtime: 'extism/v1',
    ...(type === 'getter/v1' ? { config: { protocols: ['wasm'] } } : {}),
    runtimeConfig,
  });

const CHART = {
  'web/Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\n',
  'web/templates/a.yaml': 'kind: A\nmetadata: {name: a}\na: {{ .Values.a }}\n',
};

/** Both programs with the plugin, whose settings change from run to run. */
async function start(t: TestContext) {
  const homes = { helm: await HelmHome.make(), ours: await HelmHome.make() };
  t.after(() => Promise.all([homes.helm.close(), homes.ours.close()]));
  for (const home of Object.values(homes)) {
    await home.write({ ...CHART, 'data/plugins/module/plugin.wasm': wasmPlugin() });
  }
  const run = async (program: 'helm' | 'ours', type: string, settings: Settings, words: string): Promise<Said> => {
    const home = homes[program];
    await home.write({ 'data/plugins/module/plugin.yaml': metadata(type, settings) });
    const said = await home[program](words.split(' '));
    const clean = (text: string): string =>
      text
        .replaceAll(home.path, 'HOME')
        // The rest of the environment differs; it isn't sorted, and ends with a zero byte.
        .replace(/(?:[^\0\n]+=[^\0]*\0)+/g, (all) => `${helmsOf(all)}\n`)
        .replace(/ \(recovered by wazero\)|\nwasm stack trace:(?:\n\t.*)+/g, '')
        .replace(/plugin (?:&\{.*\}|"\w+") failed to invoke/, 'plugin failed to invoke');
    return { code: said.code, stdout: clean(said.stdout), stderr: clean(said.stderr) };
  };
  const same = async (type: string, settings: Settings, words: string): Promise<Said> => {
    const [helm, ours] = [await run('helm', type, settings, words), await run('ours', type, settings, words)];
    assert.deepEqual(ours, helm, `${words} with ${JSON.stringify(settings)}`);
    return ours;
  };
  return { run, same };
}

function helmsOf(environment: string): string {
  return environment
    .split('\0')
    .filter((each) => each.startsWith('HELM_') && !each.startsWith('HELM_BIN='))
    .sort((a, b) => (a < b ? -1 : 1))
    .join('\n');
}

test('commands run as modules, within their limits, as in helm', async (t) => {
  const { same, run } = await start(t);
  const config = { answer: '{}' };
  const { stdout, stderr } = await same('cli/v1', { config }, 'module a -b -n space c');
  assert.match(stdout, /^\{"extraArgs":\["a","-b","c"\]\}$/);
  assert.match(stderr, /^HELM_NAMESPACE=space$/m);
  for (const settings of [
    {},
    { config: { ...config, error: 'went wrong', code: '2' } },
    { entryFuncName: 'nothing' },
    { entryFuncName: 'trap' },
    { entryFuncName: 'spin', timeout: 200 },
    { entryFuncName: 'grow', memory: { maxPages: 50 } },
    { entryFuncName: 'note', fileSystem: { createTempDir: true } },
    { memory: { maxPages: 2 } },
    { hostFunctions: ['other'] },
  ]) {
    const { code } = await same('cli/v1', settings, 'module');
    assert.equal(code, 1);
  }
  // Helm crashes here: an exit code is the program's, as with processes.
  const failed = await run('ours', 'cli/v1', { config: { ...config, code: '3' } }, 'module');
  assert.equal(failed.code, 3);
  assert.match(failed.stderr, /Error: plugin "module" exited with error\n$/);
  assert.equal(
    (await run('ours', 'cli/v1', { entryFuncName: 'grow' }, 'module')).code,
    1,
    'memory grows without a limit',
  );
  assert.notEqual((await run('ours', 'cli/v1', { entryFuncName: 'note' }, 'module')).code, 1, 'there is no /tmp');
});

test('getters are modules too', async (t) => {
  const { same } = await start(t);
  const words = 'template x web -f wasm://host/values.yaml';
  const data = Buffer.from('a: 7\n').toString('base64');
  assert.match((await same('getter/v1', { config: { answer: JSON.stringify({ data }) } }, words)).stdout, /^a: 7$/m);
  assert.equal((await same('getter/v1', { config: { answer: '{}' } }, words)).code, 0);
  assert.equal((await same('getter/v1', { entryFuncName: 'trap' }, words)).code, 1);
});

test('post-renderers get manifests, and give others', async (t) => {
  const { run } = await start(t);
  const words = 'template x web --post-renderer module';
  const manifests = 'kind: B\nmetadata: {name: b}\n';
  const answer = JSON.stringify({ manifests: Buffer.from(manifests).toString('base64') });
  const { code, stdout } = await run('ours', 'postrenderer/v1', { config: { answer } }, words);
  assert.equal(code, 0);
  assert.match(stdout, /kind: B/);
  const broken = await run('ours', 'postrenderer/v1', { entryFuncName: 'trap' }, words);
  assert.match(broken.stderr, /failed to invoke post-renderer plugin "module": plugin error: wasm error: unreachable/);
});

test('modules ask the hosts that they may ask, and no others', async (t) => {
  const server = createServer((request, response) => {
    response.end(`{"at": "${request.method} ${request.url}"}`);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  // A server that listens on a port has such an address.
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { same } = await start(t);
  const ask = (request: object, allowedHosts: readonly string[], more: object = {}): Promise<Said> => {
    const memory = { maxHttpResponseBytes: 100 };
    const config = { request: JSON.stringify(request) };
    return same('cli/v1', { entryFuncName: 'fetch', config, allowedHosts, memory, ...more }, 'module');
  };
  assert.equal((await ask({ url: `${url}/x`, method: 'POST', headers: { a: 'b' } }, ['127.0.*'])).code, 0);
  for (const hosts of [[], ['example.org'], ['127.0.0.?0']]) {
    assert.match((await ask({ url: `${url}/x` }, hosts)).stderr, /plugin error: HTTP request to '.*' is not allowed/);
  }
  assert.equal((await ask({ url: 'http://127.0.0.1:1/' }, ['*'])).code, 1);
});
