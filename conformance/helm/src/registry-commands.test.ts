import assert from 'node:assert/strict';
import { readFile, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { chartArchive } from './fixtures/chart-archive.ts';
import { CommandComparison, type Step } from './fixtures/compare-commands.ts';
import { RegistryServer, type RegistryServerOptions, sha256 } from './fixtures/registry-server.ts';

const written = new Date('2026-01-02T03:04:05.678Z');
const demo = chartArchive('demo', '1.0.0+build.7', {
  chartYaml: `description: A <demo>
home: https://example.org
sources: [https://example.org/source, https://example.org/other]
maintainers: [{name: Ann, email: ann@example.org}, {name: Bob}]
annotations: {org.opencontainers.image.title: mine, org.opencontainers.image.vendor: me, z: "1"}
`,
});
const versions = ['0.9.0', '1.0.0', '1.1.0', '1.2.0-rc.1', '2.0.0'];

async function start(
  t: TestContext,
  options: RegistryServerOptions = {},
): Promise<{ both: CommandComparison; helms: RegistryServer; ours: RegistryServer; host: string }> {
  const helms = await RegistryServer.start(options);
  const ours = await RegistryServer.start(options);
  const files: Record<string, Uint8Array | string> = { 'demo.tgz': demo, 'demo.tgz.prov': 'signed' };
  for (const version of versions) files[`web-${version}.tgz`] = chartArchive('web', version);
  const both = await CommandComparison.start({
    files,
    normalize: (text) => text.replaceAll(helms.host, 'HOST').replaceAll(ours.host, 'HOST'),
    replace: { HELM: { HOST: helms.host }, OURS: { HOST: ours.host } },
  });
  for (const home of [both.helm, both.ours]) {
    for (const name of Object.keys(files)) await utimes(join(home.path, name), written, written);
  }
  t.after(async () => {
    await both.close();
    await helms.close();
    await ours.close();
  });
  return { both, helms, ours, host: helms.host };
}

const commands = (...lines: readonly string[]): Step[] => lines.map((line) => ({ words: line.split(' ') }));

async function expectSame(both: CommandComparison, steps: readonly Step[]): Promise<void> {
  const differences = await both.run(steps);
  assert.equal(differences.length, 0, JSON.stringify(differences, undefined, 1));
}

test('pushes the same bytes as helm, and pulls as it does', async (t) => {
  const { both, helms, ours } = await start(t, { pageSize: 2 });
  await expectSame(
    both,
    commands(
      'push demo.tgz oci://HOST/charts --plain-http',
      ...versions.map((version) => `push web-${version}.tgz oci://HOST/charts --plain-http`),
      'push web-1.0.0.tgz oci://HOST --plain-http',
      'push web-1.0.0.tgz oci://HOST/UPPER --plain-http',
      'push nothing.tgz oci://HOST/charts --plain-http',
    ),
  );
  assert.deepEqual([...ours.manifests.keys()].sort(), [...helms.manifests.keys()].sort());
  assert.deepEqual([...ours.blobs.keys()].sort(), [...helms.blobs.keys()].sort());
  const digest = sha256(helms.manifests.get('charts/web 1.0.0')?.bytes ?? Buffer.alloc(0));
  await expectSame(
    both,
    commands(
      'pull oci://HOST/charts/web --plain-http',
      'pull oci://HOST/charts/web --plain-http --devel',
      'pull oci://HOST/charts/web --plain-http --version ^1',
      'pull oci://HOST/charts/web:1.0.0 --plain-http',
      'pull oci://HOST/charts/web:1.0.0 --plain-http --version 1.1.0',
      `pull oci://HOST/charts/web@${digest} --plain-http --untar --untardir by-digest`,
      `pull oci://HOST/charts/web:1.0.0@${digest} --plain-http --untar --untardir by-both`,
      `pull oci://HOST/charts/web:1.1.0@${digest} --plain-http`,
      'pull oci://HOST/charts/web --plain-http --version 3.0.0',
      'pull oci://HOST/charts/web --plain-http --version ^3',
      'pull oci://HOST/charts/nothing --plain-http',
      'pull oci://HOST/charts/demo --plain-http --version 1.0.0+build.7',
    ),
  );
  const [withProvenance] = await both.run(
    commands('pull oci://HOST/charts/demo --plain-http --version 1.0.0+build.7 --prov'),
  );
  // The real helm pulls it twice for that, and says so twice.
  assert.equal(withProvenance?.helm.stderr, `${withProvenance?.ours.stderr}${withProvenance?.ours.stderr}`);
  const pulled = await readFile(join(both.ours.path, 'demo-1.0.0+build.7.tgz'));
  assert.deepEqual(pulled, Buffer.from(demo));
  assert.equal(await both.ours.read('demo-1.0.0+build.7.tgz.prov'), 'signed');
});

for (const scheme of ['basic', 'bearer'] as const) {
  test(`logs in to a registry that wants ${scheme} credentials`, async (t) => {
    const { both } = await start(t, { login: 'ann:secret', scheme });
    await expectSame(both, [
      ...commands(
        'pull oci://HOST/charts/web --plain-http',
        'push web-1.0.0.tgz oci://HOST/charts --plain-http',
        'registry login HOST --plain-http -u ann -p wrong',
        'registry login HOST --plain-http -u ann -p secret',
      ),
      { words: 'registry login HOST --plain-http -u ann --password-stdin'.split(' '), input: 'secret\n' },
      ...commands(
        'push web-1.0.0.tgz oci://HOST/charts --plain-http',
        'pull oci://HOST/charts/web --plain-http',
        'registry logout HOST',
        'registry logout HOST',
        'pull oci://HOST/charts/web --plain-http',
        'pull oci://HOST/charts/web --plain-http --username ann --password secret',
        'registry login',
        'registry logout',
      ),
    ]);
  });
}

test('uses the credentials that the other program has kept', async (t) => {
  const { both, helms, ours } = await start(t, { login: 'ann:secret', scheme: 'basic' });
  await both.run(commands('registry login HOST --plain-http -u ann -p secret'));
  const file = 'config/registry/config.json';
  const withHost = (text: string): string => text.replaceAll(helms.host, 'HOST').replaceAll(ours.host, 'HOST');
  assert.equal(withHost(await both.ours.read(file)), withHost(await both.helm.read(file)));
  await both.ours.write({ [file]: (await both.helm.read(file)).replaceAll(helms.host, ours.host) });
  await expectSame(both, commands('push web-1.0.0.tgz oci://HOST/charts --plain-http'));
});
