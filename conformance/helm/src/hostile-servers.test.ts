/** What repositories and registries may send that isn't right: it must be told, and nothing of it kept. */
import assert from 'node:assert/strict';
import { chmod, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { selfSignedCertificate } from '@kindred/client/testing';
import {
  type ChartContext,
  type ChartSource,
  downloadChart,
  findCredential,
  parseReference,
  pullChart,
  RegistryClient,
  readRepositories,
  repositoryEntry,
  storeCredential,
  updateIndex,
  updateRepositories,
} from '@kindred/helm';
import { chartArchive } from './fixtures/chart-archive.ts';
import { HelmHome } from './fixtures/helm-home.ts';
import { RegistryServer, sha256 } from './fixtures/registry-server.ts';
import { RepositoryServer, type RepositoryServerOptions } from './fixtures/repository-server.ts';

const demo = chartArchive('demo', '1.0.0');
const CONFIG = 'application/vnd.cncf.helm.config.v1+json';
const CHART = 'application/vnd.cncf.helm.chart.content.v1.tar+gzip';
const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';

async function world(t: TestContext, options: RepositoryServerOptions = {}) {
  const home = await HelmHome.make();
  const server = await RepositoryServer.start(options);
  t.after(async () => {
    await server.close();
    await home.close();
  });
  const context: ChartContext = {
    paths: {
      repositoryConfig: join(home.path, 'repositories.yaml'),
      repositoryCache: join(home.path, 'repository'),
      contentCache: join(home.path, 'content'),
      registryConfig: join(home.path, 'registry.json'),
    },
    warn: () => undefined,
    report: () => undefined,
  };
  const get = (reference: string, source: ChartSource = {}) => downloadChart(reference, source, context);
  /** Whatever is in the cache of contents. */
  const kept = async (): Promise<string[]> => {
    const found = await readdir(context.paths.contentCache, { recursive: true }).catch(() => []);
    return found.filter((name) => name.includes('.'));
  };
  return { home, server, context, get, kept };
}

const index = (urls: string, digest = ''): string =>
  `apiVersion: v1\nentries:\n  demo: [{apiVersion: v2, name: demo, version: 1.0.0, urls: [${urls}]${digest === '' ? '' : `, digest: "${digest}"`}}]\n`;

test('keeps nothing whose digest is not the one of the index', async (t) => {
  const { server, get, kept } = await world(t);
  server.put('/demo.tgz', demo);
  server.put('/index.yaml', index('demo.tgz', 'f'.repeat(64)));
  await assert.rejects(
    get('demo', { repo: server.url }),
    /digest of chart .*demo\.tgz does not match: expected sha256:ffff/,
  );
  assert.deepEqual(await kept(), []);
  server.put('/index.yaml', index('demo.tgz', sha256(demo)));
  const { digest } = await get('demo', { repo: server.url });
  assert.equal(`sha256:${digest}`, sha256(demo));
  server.put('/index.yaml', index('demo.tgz', '../../../etc/passwd'));
  await assert.rejects(get('demo', { repo: server.url }), /invalid digest/);
});

test('throws away what was damaged in the cache', async (t) => {
  const { server, get, context } = await world(t);
  server.put('/demo.tgz', demo);
  server.put('/index.yaml', index('demo.tgz', sha256(demo)));
  const { path } = await get('demo', { repo: server.url });
  await writeFile(path, 'damaged');
  assert.deepEqual(Buffer.from((await get('demo', { repo: server.url })).archive), Buffer.from(demo));
  assert.deepEqual(await readFile(path), Buffer.from(demo));
  const before = server.requests.length;
  await get('demo', { repo: server.url });
  assert.deepEqual(
    server.requests.slice(before).map((each) => each.path),
    ['/index.yaml'],
  );
  assert.equal(path.startsWith(context.paths.contentCache), true);
});

test('tells of answers that break off, and keeps nothing of them', async (t) => {
  const { server, get, kept } = await world(t);
  server.put('/demo.tgz', demo, { breakAfter: 100 });
  server.put('/empty.tgz', '');
  await assert.rejects(get(`${server.url}/demo.tgz`), /Get "http:.*demo\.tgz": unexpected EOF/);
  await assert.rejects(get(`${server.url}/empty.tgz`), /downloaded chart data is empty/);
  assert.deepEqual(await kept(), []);
});

test('gives up on a server that does not answer', async (t) => {
  const { get } = await world(t);
  const silent = createServer();
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', () => resolve()));
  t.after(() => silent.close());
  const address = silent.address();
  assert.ok(typeof address === 'object' && address !== null);
  await assert.rejects(
    get(`http://127.0.0.1:${address.port}/demo.tgz`, { timeoutMs: 50 }),
    /context deadline exceeded/,
  );
});

test('gives credentials only to the host they are for', async (t) => {
  const { server, get, context } = await world(t, { login: 'ann:secret' });
  const other = await RepositoryServer.start();
  t.after(() => other.close());
  other.put('/demo.tgz', demo);
  server.put('/index.yaml', index(`${other.url}/demo.tgz`));
  server.put('/moved.tgz', '', { status: 302, headers: { location: `${other.url}/demo.tgz` } });
  server.put('/round.tgz', '', { status: 302, headers: { location: '/round.tgz' } });
  const login = { username: 'ann', password: 'secret' };
  await get('demo', { repo: server.url, ...login });
  await get(`${server.url}/moved.tgz`, login);
  await get(`${server.url}/moved.tgz`, { ...login, passCredentialsAll: true });
  assert.deepEqual(
    other.requests.map(({ authorization }) => authorization),
    [undefined, undefined, undefined],
  );
  await get('demo', { repo: server.url, ...login, passCredentialsAll: true });
  assert.match(other.requests.at(-1)?.authorization ?? '', /^Basic /);
  await assert.rejects(get(`${server.url}/round.tgz`, login), /stopped after 10 redirects/);
  // The same for a repository that was added.
  const entry = repositoryEntry({ name: 'mine', url: server.url, ...login });
  await updateRepositories(context.paths.repositoryConfig, (file) => ({ ...file, repositories: [entry] }));
  await updateIndex(context.paths.repositoryCache, 'mine', entry, context);
  await get('mine/demo');
  assert.equal(other.requests.at(-1)?.authorization, undefined);
  await assert.rejects(get(`${server.url.replace('//', '//ann:wrong@')}/x.tgz`), (error: Error) => {
    assert.doesNotMatch(error.message, /wrong/);
    return true;
  });
});

test('does not let an index name files outside', async (t) => {
  const { server, get, home, context } = await world(t);
  server.put('/index.yaml', index('..%2f..%2f..%2fevil.tgz'));
  server.put('/..%2f..%2f..%2fevil.tgz', demo);
  const found = await get('demo', { repo: server.url });
  assert.equal(found.fileName, 'evil.tgz');
  for (const url of ['file:///etc/passwd', 'ftp://example.org/x.tgz', 'javascript:1']) {
    server.put('/index.yaml', index(`"${url}"`));
    await assert.rejects(get('demo', { repo: server.url }), /protocol handler|not supported|invalid chart URL/);
  }
  await assert.rejects(
    updateIndex(context.paths.repositoryCache, '../../evil', { url: server.url }, context),
    /can't be a file name/,
  );
  const names = await readdir(home.path);
  assert.deepEqual(
    names.filter((name) => name.includes('evil')),
    [],
  );
});

test('refuses indexes that are none, and keeps the old one', async (t) => {
  const { server, context } = await world(t);
  const { repositoryCache } = context.paths;
  server.put('/index.yaml', index('demo.tgz'));
  await updateIndex(repositoryCache, 'mine', { url: server.url }, context);
  const before = await readFile(join(repositoryCache, 'mine-index.yaml'), 'utf8');
  for (const bad of ['<html>', '[]', 'entries: {}', '', 'a: &a [*a, *a]\nb: [', '\0\0', '{"apiVersion": 1']) {
    server.put('/index.yaml', bad);
    await assert.rejects(updateIndex(repositoryCache, 'mine', { url: server.url }, context), { name: 'ChartError' });
  }
  const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d]\nf: [*e,*e,*e,*e,*e,*e,*e,*e]\n`;
  server.put('/index.yaml', bomb);
  await assert.rejects(updateIndex(repositoryCache, 'mine', { url: server.url }, context), /excessive aliasing/);
  assert.equal(await readFile(join(repositoryCache, 'mine-index.yaml'), 'utf8'), before);
});

test('reads indexes that come compressed, and no bombs', async (t) => {
  const { server, get, context } = await world(t);
  const headers = { 'content-encoding': 'gzip' };
  server.put('/index.yaml', gzipSync(index('demo.tgz')), { headers });
  // Some servers say the same of the archive itself, which stays as it is.
  server.put('/demo.tgz', demo, { headers });
  assert.deepEqual(Buffer.from((await get('demo', { repo: server.url })).archive), Buffer.from(demo));
  const fetched = updateIndex(context.paths.repositoryCache, 'mine', { url: server.url }, context);
  assert.equal((await fetched).entries.size, 1);
  server.put('/index.yaml', gzipSync(Buffer.alloc(300 * 1024 * 1024)), { headers });
  await assert.rejects(get('demo', { repo: server.url }), /the answer is larger than/);
  server.put('/index.yaml', 'no gzip', { headers });
  await assert.rejects(get('demo', { repo: server.url }), /not the gzip that it claims to be/);
});

test('speaks TLS with the certificates it is given', async (t) => {
  const tls = await selfSignedCertificate();
  const { server, get, home } = await world(t, { tls });
  await home.write({ 'ca.pem': tls.cert, 'bad.pem': 'nothing' });
  server.put('/demo.tgz', demo);
  await assert.rejects(get(`${server.url}/demo.tgz`), /x509: certificate signed by unknown authority/);
  await get(`${server.url}/demo.tgz`, { caFile: join(home.path, 'ca.pem') });
  await get(`${server.url}/demo.tgz`, { insecureSkipTlsVerify: true });
  await assert.rejects(
    get(`${server.url}/demo.tgz`, { caFile: join(home.path, 'bad.pem') }),
    /append certificates from pem/,
  );
  await assert.rejects(get(`${server.url.replace('https', 'http')}/demo.tgz`), { name: 'ChartError' });
  const plain = await RepositoryServer.start();
  t.after(() => plain.close());
  await assert.rejects(
    get(`${plain.url.replace('http', 'https')}/demo.tgz`),
    /http: server gave HTTP response to HTTPS client/,
  );
});

test('loses no repository when many programs add one at a time', async (t) => {
  const { context } = await world(t);
  const names = Array.from({ length: 20 }, (_, at) => `repo-${at}`);
  const path = context.paths.repositoryConfig;
  await writeFile(`${path}.held`, '999999999');
  await Promise.all(
    names.map((name) =>
      updateRepositories(path, (file) => ({
        ...file,
        repositories: [...file.repositories, repositoryEntry({ name, url: 'https://example.org' })],
      })),
    ),
  );
  const { repositories } = await readRepositories(path);
  assert.deepEqual(repositories.map(({ name }) => name).sort(), names.sort());
  assert.deepEqual(
    (await readdir(join(path, '..'))).filter((name) => name.startsWith('repositories')),
    ['repositories.yaml'],
  );
});

function chartManifest(registry: RegistryServer, archive = demo): { config: object; layers: object[] } {
  const config = registry.putBlob(Buffer.from('{"name":"demo","version":"1.0.0","apiVersion":"v2"}'));
  return {
    config: { mediaType: CONFIG, ...config },
    layers: [{ mediaType: CHART, ...registry.putBlob(archive) }],
  };
}

async function registryWorld(t: TestContext) {
  const registry = await RegistryServer.start();
  const client = new RegistryClient({ plainHttp: true });
  t.after(async () => {
    client.close();
    await registry.close();
  });
  const put = (tag: string, manifest: object, type = MANIFEST): string => {
    const bytes = Buffer.from(JSON.stringify(manifest));
    registry.putManifest('charts/demo', tag, bytes, type);
    return sha256(bytes);
  };
  const pull = (tag: string) => pullChart(client, parseReference(`${registry.host}/charts/demo:${tag}`));
  return { registry, client, put, pull };
}

test('holds registries to the sizes and digests they announce', async (t) => {
  const { registry, put, pull } = await registryWorld(t);
  const good = chartManifest(registry);
  put('1.0.0', { schemaVersion: 2, ...good });
  assert.equal((await pull('1.0.0')).archiveDigest, sha256(demo));
  put('1.0.1', { schemaVersion: 2, ...good, layers: [{ ...good.layers[0], size: demo.length - 1 }] });
  await assert.rejects(pull('1.0.1'), /has \d+ bytes, the manifest says|larger than/);
  put('1.0.2', { schemaVersion: 2, ...good, layers: [{ ...good.layers[0], size: 2 ** 40 }] });
  await assert.rejects(pull('1.0.2'), /larger than/);
  registry.blobs.set(sha256(demo), Buffer.alloc(demo.length));
  await assert.rejects(pull('1.0.0'), /digest of the blob .* does not match/);
  const digest = put('1.0.3', { schemaVersion: 2, ...good });
  registry.manifests.set(`charts/demo ${digest}`, {
    mediaType: MANIFEST,
    bytes: Buffer.from('{"config":{},"layers":[]}'),
  });
  const client = new RegistryClient({ plainHttp: true });
  await assert.rejects(
    pullChart(client, parseReference(`${registry.host}/charts/demo@${digest}`)),
    /digest of the manifest .* does not match/,
  );
  client.close();
  for (const bad of [
    {},
    { config: {}, layers: 1 },
    { config: { mediaType: CONFIG, digest: '../x', size: 1 }, layers: [] },
  ]) {
    put('2.0.0', bad);
    await assert.rejects(pull('2.0.0'), { name: 'ChartError' });
  }
  put('2.0.1', { ...good, config: { ...good.config, mediaType: 'application/vnd.oci.image.config.v1+json' } });
  await assert.rejects(pull('2.0.1'), /could not load config with mediatype/);
  put('2.0.2', { ...good, layers: [] });
  await assert.rejects(pull('2.0.2'), /manifest does not contain a layer with mediatype/);
});

test('finds the chart in an index, and reads what old programs pushed', async (t) => {
  const { registry, put, pull } = await registryWorld(t);
  const good = chartManifest(registry);
  const image = { ...good, config: { ...good.config, mediaType: 'application/vnd.oci.image.config.v1+json' } };
  const manifests = [put('image', image), put('chart', { schemaVersion: 2, ...good })].map((digest) => ({
    mediaType: MANIFEST,
    digest,
    size: 1,
  }));
  put('1.0.0', { schemaVersion: 2, manifests }, 'application/vnd.oci.image.index.v1+json');
  assert.equal((await pull('1.0.0')).metadata.name, 'demo');
  put('2.0.0', { schemaVersion: 2, manifests: [] }, 'application/vnd.oci.image.index.v1+json');
  await assert.rejects(pull('2.0.0'), /holds no chart/);
  put('3.0.0', { ...good, layers: [{ ...good.layers[0], mediaType: 'application/tar+gzip' }] });
  assert.equal((await pull('3.0.0')).isLegacy, true);
});

test('asks programs that keep credentials, and stores with them', async (t) => {
  const { home } = await world(t);
  const bin = join(home.path, 'bin');
  await mkdir(bin);
  const program = join(bin, 'docker-credential-test');
  await writeFile(
    program,
    `#!/bin/sh
read -r input
case "$1" in
  get) if [ "$input" = example.org ]; then echo '{"ServerURL":"x","Username":"ann","Secret":"s3cret"}'; else echo 'credentials not found in native keychain'; exit 1; fi ;;
  store) echo "$input" > ${home.path}/stored ;;
esac
`,
  );
  await chmod(program, 0o755);
  const path = process.env['PATH'];
  process.env['PATH'] = `${bin}:${path}`;
  t.after(() => {
    process.env['PATH'] = path;
  });
  const registryConfig = join(home.path, 'registry.json');
  await writeFile(registryConfig, JSON.stringify({ credHelpers: { 'example.org': 'test', 'other.org': 'test' } }));
  const files = { registryConfig };
  assert.deepEqual(await findCredential(files, 'example.org'), { kind: 'basic', username: 'ann', password: 's3cret' });
  assert.equal(await findCredential(files, 'other.org'), undefined);
  await storeCredential(files, 'example.org', { username: 'bob', password: 'new' });
  assert.equal(JSON.parse(await home.read('stored')).Secret, 'new');
  await writeFile(registryConfig, JSON.stringify({ credsStore: '../evil' }));
  await assert.rejects(findCredential(files, 'example.org'), /invalid name of a credential helper/);
  await writeFile(registryConfig, '{');
  await assert.rejects(findCredential(files, 'example.org'), /invalid config format/);
  await rm(registryConfig);
  const fallbacks = [join(home.path, 'docker.json')];
  await writeFile(
    join(home.path, 'docker.json'),
    JSON.stringify({ auths: { 'https://example.org/v1/': { identitytoken: 'tok' } } }),
  );
  assert.deepEqual(await findCredential({ registryConfig, fallbacks }, 'example.org'), {
    kind: 'refresh-token',
    token: 'tok',
  });
});
