/** Charts that must be signed: by cosign in each of its forms, by provenance files; and what is refused. */
import assert from 'node:assert/strict';
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { test } from 'node:test';
import { Secret } from '@kindred/apis/core/v1';
import { loadArchive, signArchive } from '@kindred/helm';
import { FluxHelmRelease, HelmRepository, OCIRepository } from '@kindred/helm/controller';
import { generateKey } from 'openpgp';
import { RegistryServer, sha256 } from './fixtures/registry-server.ts';
import { condition, isAt, isReady, notReadyFor, releaseCluster, seen, webChart } from './fixtures/release-cluster.ts';
import { RepositoryServer } from './fixtures/repository-server.ts';

const at = (name: string) => ({ namespace: 'default', name });
const IMAGE = 'application/vnd.oci.image.manifest.v1+json';
const PAYLOAD = 'application/vnd.dev.cosign.simplesigning.v1+json';
const BUNDLE = 'application/vnd.dev.sigstore.bundle.v0.3+json';
const SIGNATURE = 'application/vnd.dev.cosign.artifact.sig.v1+json';

const json = (value: object) => Buffer.from(JSON.stringify(value));

interface Keys {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

function signatureOf(data: Buffer, { privateKey }: Keys): string {
  return sign(privateKey.asymmetricKeyType === 'ed25519' ? null : 'sha256', data, privateKey).toString('base64');
}

/** A chart in a repository of its own; gives the digest of its manifest. */
function push(registry: RegistryServer, name: string): string {
  const layer = registry.putBlob(webChart('1.0.0', { 'files/name': name }));
  const config = registry.putBlob(json({ apiVersion: 'v2', name: 'web', version: '1.0.0' }));
  const manifest = json({
    schemaVersion: 2,
    config: { mediaType: 'application/vnd.cncf.helm.config.v1+json', ...config },
    layers: [{ mediaType: 'application/vnd.cncf.helm.chart.content.v1.tar+gzip', ...layer }],
  });
  registry.putManifest(`charts/${name}`, '1.0.0', manifest, IMAGE);
  return sha256(manifest);
}

function manifestOf(registry: RegistryServer, layer: object, more: object = {}): Buffer {
  const config = { mediaType: 'application/vnd.oci.empty.v1+json', ...registry.putBlob(Buffer.from('{}')) };
  return json({ schemaVersion: 2, mediaType: IMAGE, config, layers: [layer], ...more });
}

function payloadLayer(registry: RegistryServer, digest: string, keys: Keys): object {
  const type = 'cosign container image signature';
  const image = { 'docker-manifest-digest': digest };
  const payload = json({ critical: { identity: { 'docker-reference': 'x' }, image, type }, optional: null });
  const annotations = { 'dev.cosignproject.cosign/signature': signatureOf(payload, keys) };
  return { mediaType: PAYLOAD, ...registry.putBlob(payload), annotations };
}

/** As `cosign sign` did for years. */
function signByTag(registry: RegistryServer, name: string, digest: string, keys: Keys, said = digest): void {
  const manifest = manifestOf(registry, payloadLayer(registry, said, keys));
  registry.putManifest(`charts/${name}`, `${digest.replace(':', '-')}.sig`, manifest, IMAGE);
}

/** As it does today. */
function bundleManifest(registry: RegistryServer, digest: string, keys: Keys, predicateType: string): Buffer {
  const payloadType = 'application/vnd.in-toto+json';
  const subject = [{ digest: { sha256: digest.slice(7) } }];
  const body = json({ _type: 'https://in-toto.io/Statement/v1', subject, predicateType, predicate: {} });
  const signed = Buffer.concat([Buffer.from(`DSSEv1 ${payloadType.length} ${payloadType} ${body.length} `), body]);
  const dsseEnvelope = {
    payload: body.toString('base64'),
    payloadType,
    signatures: [{ sig: signatureOf(signed, keys) }],
  };
  const layer = {
    mediaType: BUNDLE,
    ...registry.putBlob(json({ mediaType: BUNDLE, verificationMaterial: {}, dsseEnvelope })),
  };
  return manifestOf(registry, layer, { artifactType: BUNDLE, subject: { mediaType: IMAGE, digest, size: 1 } });
}

test('cosign: charts that a key of the Secret has signed, in each form; no others', async (t) => {
  const cluster = await releaseCluster(t);
  const registry = await RegistryServer.start({ referrers: true });
  const old = await RegistryServer.start();
  t.after(() => Promise.all([registry.close(), old.close()]));
  const ecdsa = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const ed25519 = generateKeyPairSync('ed25519');
  const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const pem = ({ publicKey }: Keys) => publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const stringData = { 'a.pub': pem(ecdsa), 'b.pub': pem(rsa), 'c.pub': pem(ed25519), note: 'no key' };
  await cluster.client.create(Secret, { metadata: at('keys'), stringData });
  await cluster.client.create(Secret, { metadata: at('none'), stringData: { key: pem(ecdsa) } });
  await cluster.client.create(Secret, { metadata: at('broken'), stringData: { 'a.pub': 'hunter2' } });
  const release = (name: string, server = registry, secret = 'keys') => {
    const oci = { url: `oci://${server.host}/charts/${name}`, version: '1.0.0', insecure: true };
    return cluster.release(name, { chart: { oci: { ...oci, verify: { secretRef: { name: secret } } } } });
  };
  const trusted = { ecdsa, rsa, ed25519 };
  for (const [name, keys] of Object.entries(trusted)) signByTag(registry, name, push(registry, name), keys);
  const sign1 = 'https://sigstore.dev/cosign/sign/v1';
  const referring = (server: RegistryServer, name: string, manifest: Buffer) =>
    server.putManifest(`charts/${name}`, sha256(manifest), manifest, IMAGE);
  referring(registry, 'bundle', bundleManifest(registry, push(registry, 'bundle'), ecdsa, sign1));
  const artifact = push(registry, 'artifact');
  const subject = { mediaType: IMAGE, digest: artifact, size: 1 };
  const more = { artifactType: SIGNATURE, subject };
  referring(registry, 'artifact', manifestOf(registry, payloadLayer(registry, artifact, ecdsa), more));
  const fallback = push(old, 'fallback');
  const manifest = bundleManifest(old, fallback, rsa, sign1);
  referring(old, 'fallback', manifest);
  const listed = { mediaType: IMAGE, digest: sha256(manifest), size: manifest.length, artifactType: BUNDLE };
  const index = json({ schemaVersion: 2, mediaType: 'application/vnd.oci.image.index.v1+json', manifests: [listed] });
  old.putManifest('charts/fallback', fallback.replace(':', '-'), index, 'application/vnd.oci.image.index.v1+json');
  const good = [...Object.keys(trusted), 'bundle', 'artifact'];
  for (const name of good) await release(name);
  await release('fallback', old);
  push(registry, 'unsigned');
  signByTag(registry, 'stranger', push(registry, 'stranger'), stranger);
  // A signature of something else, put beside this.
  signByTag(registry, 'other', push(registry, 'other'), ecdsa, artifact);
  referring(
    registry,
    'claim',
    bundleManifest(registry, push(registry, 'claim'), ecdsa, 'https://slsa.dev/provenance/v1'),
  );
  for (const name of ['keyless', 'garbled']) signByTag(registry, name, push(registry, name), ecdsa);
  const bad: readonly (readonly [string, RegExp])[] = [
    ['unsigned', /no signatures found for sha256:/],
    ['stranger', /is by one of the keys/],
    ['other', /is by one of the keys/],
    ['claim', /is by one of the keys/],
    ['keyless', /no key with a name that ends in \.pub/],
    ['garbled', /a\.pub of the Secret is no public key/],
  ];
  const secrets: Readonly<Record<string, string>> = { keyless: 'none', garbled: 'broken' };
  for (const [name] of bad) await release(name, registry, secrets[name] ?? 'keys');
  for (const name of [...good, 'fallback']) await cluster.until(name, isAt(1));
  for (const [name, message] of bad) {
    const text = condition(await cluster.until(name, notReadyFor('SourceFailed')), 'Ready')?.message ?? '';
    assert.match(text, message);
    assert.doesNotMatch(text, /hunter2/);
    assert.equal(await cluster.data(`${name}-config`), undefined);
  }
  assert.deepEqual(cluster.errors, []);
});

test("flux: cosign by keys; what isn't checked is refused", async (t) => {
  const cluster = await releaseCluster(t);
  const registry = await RegistryServer.start();
  t.after(() => registry.close());
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const pem = keys.publicKey.export({ type: 'spki', format: 'pem' }).toString();
  await cluster.client.create(Secret, { metadata: at('keys'), stringData: { 'a.pub': pem } });
  signByTag(registry, 'web', push(registry, 'web'), keys);
  push(registry, 'plain');
  const spec = { interval: '1h', insecure: true, type: 'oci', url: `oci://${registry.host}/charts` } as const;
  await cluster.client.create(HelmRepository, { metadata: at('charts'), spec });
  await cluster.client.create(HelmRepository, {
    metadata: at('http'),
    spec: { interval: '1h', url: 'http://127.0.0.1:1' },
  });
  const secretRef = { name: 'keys' };
  const identity = [{ issuer: 'x', subject: 'y' }];
  const template = (chart: string, verify: object, name = 'charts') =>
    ({ chart: { spec: { chart, sourceRef: { kind: 'HelmRepository', name }, verify } } }) as const;
  const oci = (name: string, url: string, verify: object) =>
    cluster.client.create(OCIRepository, {
      metadata: at(name),
      spec: { interval: '1h', insecure: true, url, verify, ref: { tag: '1.0.0' } },
    });
  await oci('signed', `oci://${registry.host}/charts/web`, { provider: 'cosign', secretRef });
  await oci('keyless', `oci://${registry.host}/charts/web`, { provider: 'cosign', matchOIDCIdentity: identity });
  const cases: Readonly<Record<string, object>> = {
    good: template('web', { provider: 'cosign', secretRef }),
    signed: { chartRef: { kind: 'OCIRepository', name: 'signed' } },
    plain: template('plain', { provider: 'cosign', secretRef }),
    notation: template('web', { provider: 'notation', secretRef }),
    keyless: { chartRef: { kind: 'OCIRepository', name: 'keyless' } },
    http: template('web', { provider: 'cosign', secretRef }, 'http'),
  };
  for (const [name, more] of Object.entries(cases)) {
    await cluster.client.create(FluxHelmRelease, { metadata: at(name), spec: { interval: '1h', ...more } });
  }
  for (const name of ['good', 'signed']) await seen(cluster, FluxHelmRelease, name, isReady);
  await seen(cluster, FluxHelmRelease, 'plain', notReadyFor('SourceFailed'));
  for (const [name, message] of [
    ['notation', /spec\.chart\.spec\.verify\.provider: Forbidden/],
    ['keyless', /spec\.verify\.matchOIDCIdentity: Forbidden/],
    ['http', /spec\.chart\.spec\.verify: Forbidden/],
  ] as const) {
    const found = await seen(cluster, FluxHelmRelease, name, notReadyFor('InvalidSpec'));
    assert.match(condition(found, 'Stalled')?.message ?? '', message);
  }
  assert.deepEqual(cluster.errors, []);
});

test('provenance files, by keys of a Secret, armored or not', async (t) => {
  const cluster = await releaseCluster(t);
  const server = await RepositoryServer.start();
  t.after(() => server.close());
  const newKey = () => generateKey({ userIDs: [{ name: 'Ann' }], format: 'object' });
  const { privateKey, publicKey } = await newKey();
  const archive = webChart();
  const { metadata } = loadArchive(archive);
  const signed = await signArchive(
    { metadata, archive, fileName: 'web-1.0.0.tgz' },
    { keyring: privateKey.write(), key: 'Ann', passphrase: async () => '' },
  );
  server.put('/web-1.0.0.tgz', archive);
  server.put('/web-1.0.0.tgz.prov', signed);
  server.put('/other/web-1.0.0.tgz', webChart('1.0.0', { 'files/x': 'changed' }));
  server.put('/other/web-1.0.0.tgz.prov', signed);
  server.put('/bare/web-1.0.0.tgz', webChart('1.0.0', { 'files/x': 'bare' }));
  for (const place of ['', 'other/', 'bare/']) {
    const entry = '{apiVersion: v2, name: web, version: 1.0.0, urls: [web-1.0.0.tgz]}';
    server.put(`/${place}index.yaml`, `apiVersion: v1\nentries:\n  web:\n  - ${entry}\n`);
  }
  const { publicKey: other } = await newKey();
  const binary = Buffer.from(publicKey.write()).toString('base64');
  await cluster.client.create(Secret, { metadata: at('binary'), data: { 'pubring.gpg': binary } });
  await cluster.client.create(Secret, {
    metadata: at('two'),
    stringData: { 'a.asc': other.armor(), 'b.asc': publicKey.armor() },
  });
  await cluster.client.create(Secret, { metadata: at('other'), stringData: { 'a.asc': other.armor() } });
  const release = (name: string, place: string, secret: string) => {
    const verify = { secretRef: { name: secret } };
    return cluster.release(name, { chart: { repository: { url: `${server.url}/${place}`, name: 'web', verify } } });
  };
  await release('binary', '', 'binary');
  await release('two', '', 'two');
  await release('stranger', '', 'other');
  await release('changed', 'other', 'two');
  await release('bare', 'bare', 'two');
  const verify = { secretRef: { name: 'two' } };
  await cluster.release('archive', { chart: { archive: { url: `${server.url}/web-1.0.0.tgz`, verify } } });
  for (const name of ['binary', 'two', 'archive']) await cluster.until(name, isAt(1));
  for (const [name, message] of [
    ['stranger', /not trusted: .*unknown entity/],
    ['changed', /sha256 sum does not match/],
    ['bare', /failed to fetch provenance/],
  ] as const) {
    const found = await cluster.until(name, notReadyFor('SourceFailed'));
    assert.match(condition(found, 'Ready')?.message ?? '', message);
  }
  assert.deepEqual(cluster.errors, []);
});
