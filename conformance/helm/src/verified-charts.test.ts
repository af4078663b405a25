import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { generateKey } from 'openpgp';
import { chartArchive } from './fixtures/chart-archive.ts';
import { CommandComparison } from './fixtures/compare-commands.ts';
import { RegistryServer } from './fixtures/registry-server.ts';
import { RepositoryServer } from './fixtures/repository-server.ts';

test('verifies what it pulls, installs and depends on as helm does', async (t) => {
  const [server, registry] = [await RepositoryServer.start(), await RegistryServer.start()];
  const key = await generateKey({ type: 'rsa', rsaBits: 2048, userIDs: [{ name: 'Signer' }], format: 'object' });
  const both = await CommandComparison.start({
    files: {
      'secret.gpg': key.privateKey.write(),
      'public.gpg': key.publicKey.write(),
      'none.gpg': (
        await generateKey({ type: 'ecc', userIDs: [{ name: 'Other' }], format: 'object' })
      ).publicKey.write(),
      'web/Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\n',
      'app/Chart.yaml': `apiVersion: v2\nname: app\nversion: 1.0.0\ndependencies: [{name: web, version: 1.0.0, repository: "${server.url}"}]\n`,
    },
    normalize: (text) =>
      text
        .replaceAll(server.url, 'URL')
        .replaceAll(registry.host, 'HOST')
        .replaceAll(/\.tgz\d+:/g, '.tgz:')
        // The real helm stumbles over the provenance that it has fetched.
        .replace(/Could not verify .* for moving: .*\(Skipping\)/, ''),
    replace: { HELM: { URL: server.url, HOST: registry.host }, OURS: { URL: server.url, HOST: registry.host } },
  });
  t.after(async () => {
    await both.close();
    await server.close();
    await registry.close();
  });
  const steps = (...lines: readonly string[]) => lines.map((line) => ({ words: line.split(' ') }));
  const same = async (...lines: readonly string[]): Promise<void> => {
    const differences = await both.run(steps(...lines));
    assert.equal(differences.length, 0, JSON.stringify(differences, undefined, 1));
  };
  const signed = await both.helm.helm('package web --sign --key Signer --keyring secret.gpg -d packed'.split(' '));
  assert.equal(signed.code, 0, signed.stderr);
  const [archive, provenance] = await Promise.all(
    ['web-1.0.0.tgz', 'web-1.0.0.tgz.prov'].map((name) => readFile(join(both.helm.path, 'packed', name))),
  );
  assert.ok(archive !== undefined && provenance !== undefined);
  await both.ours.write({ 'packed/web-1.0.0.tgz': archive, 'packed/web-1.0.0.tgz.prov': provenance });
  server.put('/web-1.0.0.tgz', archive);
  server.put('/web-1.0.0.tgz.prov', provenance);
  server.put('/web-2.0.0.tgz', chartArchive('web', '2.0.0'));
  server.put('/forged/web-1.0.0.tgz', chartArchive('web', '1.0.0'));
  server.put('/forged/web-1.0.0.tgz.prov', provenance);
  const entry = (version: string): string =>
    `{apiVersion: v2, name: web, version: ${version}, urls: [web-${version}.tgz]}`;
  server.put('/index.yaml', `apiVersion: v1\nentries:\n  web: [${entry('2.0.0')}, ${entry('1.0.0')}]\n`);
  await same(
    'repo add stable URL',
    'pull stable/web --version 1.0.0 --verify --keyring public.gpg',
    'pull stable/web --version 1.0.0 --prov -d app',
    'pull URL/web-1.0.0.tgz --verify --keyring none.gpg -d app',
    'pull URL/web-2.0.0.tgz --verify --keyring public.gpg -d app',
    'pull URL/forged/web-1.0.0.tgz --verify --keyring public.gpg -d app',
    'template stable/web --version 1.0.0 --verify --keyring public.gpg',
    'template packed/web-1.0.0.tgz --verify --keyring public.gpg',
    'template URL/forged/web-1.0.0.tgz --verify --keyring public.gpg',
    'template web --verify --keyring public.gpg',
    'dep update app --verify --keyring public.gpg',
    'dep update app --verify --keyring none.gpg',
    'dep list app',
  );
  await both.helm.helm('push packed/web-1.0.0.tgz oci://HOST --plain-http'.replace('HOST', registry.host).split(' '));
  const said = await both.ours.ours(
    `pull oci://${registry.host}/web --plain-http --verify --keyring public.gpg -d packed`.split(' '),
  );
  assert.match(said.stdout, /^Signed by: Signer\n/);
});
