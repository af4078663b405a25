/** Charts in a registry that is neither helm's nor ours, over TLS, by both programs: texts, exit codes, files, credentials. */
import assert from 'node:assert/strict';
import { utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type Certificates, makeCertificates } from './fixtures/certificates.ts';
import { chartArchive } from './fixtures/chart-archive.ts';
import { CommandComparison, type Step } from './fixtures/compare-commands.ts';
import {
  type DistributionOptions,
  DistributionRegistry,
  withoutDistributionRegistry as skip,
} from './fixtures/distribution-registry.ts';
import { HelmHome } from './fixtures/helm-home.ts';
import { withoutHints } from './fixtures/without-hints.ts';

const certificates = makeCertificates();
/** ann, whose password is "secret"; cheap to check. */
const users = 'ann:$2y$04$ufHqcJITcskebfu8vxQUGe3NnZDbiwyNPMXA2dagI51VVAf7cKe4i\n';
const written = new Date('2026-01-02T03:04:05.678Z');

const files: Readonly<Record<string, string | Uint8Array>> = {
  'web.tgz': chartArchive('web', '1.0.0', { files: { 'values.yaml': 'a: 1\n', 'README.md': '# web\n' } }),
  'newer.tgz': chartArchive('web', '1.2.0'),
  'web.tgz.prov': 'signed',
  'app/Chart.yaml':
    'apiVersion: v2\nname: app\nversion: 1.0.0\ndependencies:\n- {name: web, version: ^1.0.0, repository: "oci://HOST/charts"}\n',
};

function pems({ ca, client, stranger }: Certificates): Record<string, string> {
  return { 'ca.pem': ca, 'client.pem': client.cert, 'client.key': client.key, 'stranger.pem': stranger };
}

/** Both programs, each with a registry of its own. */
async function start(t: TestContext, options: DistributionOptions): Promise<CommandComparison> {
  const helms = await DistributionRegistry.start(options);
  t.after(() => helms.close());
  const ours = await DistributionRegistry.start(options);
  t.after(() => ours.close());
  const shared = await HelmHome.make();
  t.after(() => shared.close());
  await shared.write(pems(certificates));
  const both = await CommandComparison.start({
    files,
    normalize: (text) =>
      withoutHints(text)
        .replaceAll(helms.host, 'HOST')
        .replaceAll(ours.host, 'HOST')
        .replaceAll(shared.path, 'PEMS')
        // What Go was doing when the alert came depends on the time it took.
        .replaceAll('readLoopPeekFailLocked: ', ''),
    replace: {
      HELM: { HOST: helms.host, PEMS: shared.path },
      OURS: { HOST: ours.host, PEMS: shared.path },
    },
  });
  t.after(() => both.close());
  for (const [home, { host }] of [
    [both.helm, helms],
    [both.ours, ours],
  ] as const) {
    await home.write({ 'app/Chart.yaml': String(files['app/Chart.yaml']).replace('HOST', host) });
    for (const name of Object.keys(files)) await utimes(join(home.path, name), written, written);
  }
  return both;
}

const commands = (...lines: readonly string[]): Step[] =>
  lines.map((line) => ({ words: line.replaceAll(/-file (?=[a-z])/g, '-file PEMS/').split(' ') }));

async function expectSame(both: CommandComparison, steps: readonly Step[]): Promise<void> {
  const differences = await both.run(steps);
  assert.equal(differences.length, 0, JSON.stringify(differences, undefined, 1));
}

test('speaks to a registry over TLS with users', { skip }, async (t) => {
  const both = await start(t, { tls: certificates, users });
  await expectSame(
    both,
    commands(
      'registry login HOST -u ann -p secret',
      'registry login HOST -u ann -p secret --ca-file stranger.pem',
      'registry login HOST -u ann -p wrong --ca-file ca.pem',
      'push web.tgz oci://HOST/charts --ca-file ca.pem',
      'pull oci://HOST/charts/web --ca-file ca.pem',
      'pull oci://HOST/charts/web --ca-file nothing.pem',
      'pull oci://HOST/charts/web --ca-file client.key',
      'install x oci://HOST/charts/web --cert-file client.pem --key-file ca.pem',
      'registry login HOST -u ann -p secret --insecure',
      'registry logout HOST',
      'registry login HOST -u ann -p secret --ca-file ca.pem',
      'push web.tgz oci://HOST/charts --plain-http',
      'push web.tgz oci://HOST/charts --ca-file ca.pem',
      'push newer.tgz oci://HOST/charts --insecure-skip-tls-verify',
      'pull oci://HOST/charts/web --ca-file ca.pem',
      'pull oci://HOST/charts/web:1.0.0 --insecure-skip-tls-verify --untar',
      'pull oci://HOST/charts/web:9.9.9 --ca-file ca.pem',
      'pull oci://HOST/charts/none --ca-file ca.pem',
      `pull oci://HOST/charts/web@sha256:${'0'.repeat(64)} --ca-file ca.pem`,
      'show all oci://HOST/charts/web --ca-file ca.pem --version 1.0.0',
      'template x oci://HOST/charts/web --ca-file ca.pem --set a=2',
      'install x oci://HOST/charts/web --ca-file ca.pem --dry-run=client --hide-notes',
      'dependency update app --ca-file ca.pem',
      'dependency build app --ca-file ca.pem',
      'registry logout HOST',
    ),
  );
  const [withProvenance] = await both.run(
    commands(
      'pull oci://HOST/charts/web --version 1.0.0 --prov --insecure-skip-tls-verify --username ann --password secret',
    ),
  );
  // The real helm pulls it twice for that, and says so twice.
  assert.equal(withProvenance?.helm.stderr, `${withProvenance?.ours.stderr}${withProvenance?.ours.stderr}`);
  assert.equal(await both.ours.read('web-1.0.0.tgz.prov'), 'signed');
});

test('keeps credentials that the other program uses, and forgets those that it has kept', { skip }, async (t) => {
  const registry = await DistributionRegistry.start({ tls: certificates, users });
  t.after(() => registry.close());
  const home = await HelmHome.make();
  t.after(() => home.close());
  await home.write({ ...files, ...pems(certificates) });
  const { host } = registry;
  const tls = ['--ca-file', join(home.path, 'ca.pem')];
  const signIn = ['registry', 'login', host, '-u', 'ann', '--password-stdin', ...tls];
  const turns: readonly (readonly ['helm' | 'ours', number, readonly string[]])[] = [
    ['ours', 0, signIn],
    ['helm', 0, ['push', 'web.tgz', `oci://${host}/charts`, ...tls]],
    ['helm', 0, ['registry', 'logout', host]],
    ['ours', 1, ['pull', `oci://${host}/charts/web`, ...tls]],
    ['helm', 0, signIn],
    ['ours', 0, ['pull', `oci://${host}/charts/web`, ...tls]],
    ['ours', 0, ['registry', 'logout', host]],
    ['helm', 1, ['pull', `oci://${host}/charts/web`, ...tls]],
  ];
  for (const [program, expected, words] of turns) {
    const { code, stderr } = await home[program](words, 'secret\n');
    assert.equal(code, expected, `${program} ${words.join(' ')}: ${stderr}`);
  }
});

test('shows its certificate to a registry that asks for one', { skip }, async (t) => {
  const both = await start(t, { tls: certificates, wantsClientCertificate: true });
  const mine = '--ca-file ca.pem --cert-file client.pem --key-file client.key';
  await expectSame(
    both,
    commands(
      `registry login HOST -u ann -p secret ${mine}`,
      `push web.tgz oci://HOST/charts ${mine}`,
      'pull oci://HOST/charts/web --ca-file ca.pem',
      'pull oci://HOST/charts/web --ca-file ca.pem --cert-file client.pem',
      `template x oci://HOST/charts/web ${mine}`,
    ),
  );
});

test('takes what a registry without TLS serves that cannot be written to', { skip }, async (t) => {
  const kept = await HelmHome.make();
  t.after(() => kept.close());
  const first = await DistributionRegistry.start();
  t.after(() => first.close());
  await kept.write(files);
  await utimes(join(kept.path, 'web.tgz'), written, written);
  const pushed = await kept.helm(['push', 'web.tgz', `oci://${first.host}/charts`, '--plain-http']);
  assert.equal(pushed.code, 0, pushed.stderr);
  const both = await start(t, { readOnly: first.storage });
  await expectSame(
    both,
    commands(
      'push newer.tgz oci://HOST/charts --plain-http',
      'push web.tgz oci://HOST/charts --plain-http',
      'pull oci://HOST/charts/web --plain-http',
      'pull oci://HOST/charts/web',
      'show chart oci://HOST/charts/web --plain-http',
    ),
  );
});
