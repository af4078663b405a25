import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { selfSignedCertificate } from '@kindred/client/testing';
import { makeCertificates } from './fixtures/certificates.ts';
import { chartArchive } from './fixtures/chart-archive.ts';
import { CommandComparison } from './fixtures/compare-commands.ts';
import { HelmHome } from './fixtures/helm-home.ts';
import { RepositoryServer } from './fixtures/repository-server.ts';

const INDEX = 'apiVersion: v1\nentries:\n  web: [{apiVersion: v2, name: web, version: 1.0.0, urls: [web-1.0.0.tgz]}]\n';

test('reaches repositories with certificates and passwords as helm does', async (t) => {
  const tls = await selfSignedCertificate();
  const shared = await HelmHome.make();
  await shared.write({ 'ca.pem': tls.cert });
  const server = await RepositoryServer.start({ tls, login: 'ann:secret' });
  const both = await CommandComparison.start({
    normalize: (text) => text.replaceAll(server.url, 'URL').replaceAll(shared.path, 'SHARED'),
  });
  t.after(async () => {
    await both.close();
    await server.close();
    await shared.close();
  });
  server.put('/index.yaml', INDEX);
  server.put('/web-1.0.0.tgz', chartArchive('web', '1.0.0'));
  const steps = [
    ['repo add web URL'],
    ['repo add web URL --ca-file ca.pem'],
    ['repo add web URL --ca-file ca.pem --username ann --password wrong'],
    ['repo add web URL --ca-file ca.pem --username ann', 'secret\n'],
    ['repo add web URL --ca-file ca.pem --username ann --password-stdin', 'secret\n'],
    ['repo add lax URL --insecure-skip-tls-verify --username ann --password secret'],
    ['repo remove lax'],
    ['repo update'],
    ['pull web/web'],
    ['pull --repo URL web --ca-file ca.pem --username ann --password secret'],
    ['pull --repo URL web --insecure-skip-tls-verify --username ann --password secret'],
    ['pull --repo URL web --insecure-skip-tls-verify'],
    ['template web/web'],
    ['show chart web/web'],
  ].map(([line = '', input = '']) => ({
    words: line.replaceAll('URL', server.url).replaceAll('ca.pem', join(shared.path, 'ca.pem')).split(' '),
    input,
  }));
  const differences = await both.run(steps);
  assert.equal(differences.length, 0, JSON.stringify(differences, undefined, 1));
  // Helm takes the entry's word about certificates for the index only, and finds no entry for a chart's own address.
  for (const words of ['pull lax/web', `pull ${server.url}/web-1.0.0.tgz`]) {
    await both.ours.ours(
      `repo add lax ${server.url} --insecure-skip-tls-verify --username ann --password secret`.split(' '),
    );
    const { code, stderr } = await both.ours.ours(words.split(' '));
    assert.equal(code, 0, stderr);
  }
});

test('shows its certificate to repositories, and follows them elsewhere, as helm does', async (t) => {
  const { ca, cert, key, client, stranger } = makeCertificates();
  const shared = await HelmHome.make();
  t.after(() => shared.close());
  await shared.write({ 'ca.pem': ca, 'client.pem': client.cert, 'client.key': client.key, 'stranger.pem': stranger });
  const server = await RepositoryServer.start({ tls: { cert, key, ca }, login: 'ann:secret' });
  t.after(() => server.close());
  const other = await RepositoryServer.start({ tls: { cert, key } });
  t.after(() => other.close());
  const both = await CommandComparison.start({
    normalize: (text) =>
      text.replaceAll(server.url, 'URL').replaceAll(other.url, 'OTHER').replaceAll(shared.path, 'SHARED'),
  });
  t.after(() => both.close());
  const moved = (path: string, location: string): void => server.put(path, '', { status: 302, headers: { location } });
  moved('/index.yaml', '/real/index.yaml');
  server.put('/real/index.yaml', INDEX.replace('web-1.0.0.tgz', 'charts/web-1.0.0.tgz'));
  moved('/charts/web-1.0.0.tgz', `${other.url}/web.tgz`);
  moved('/round/index.yaml', '/round/index.yaml');
  other.put('/web.tgz', chartArchive('web', '1.0.0'));
  const steps = [
    'repo add web URL CA',
    'repo add web URL CA --cert-file client.pem',
    'repo add web URL CA --cert-file client.pem --key-file ca.pem',
    'repo add web URL CA MINE --username ann --password wrong',
    'repo add web URL MINE --username ann --password secret',
    'repo add web URL --ca-file stranger.pem MINE --username ann --password secret',
    'repo add web URL CA MINE --username ann --password secret',
    'repo add round URL/round CA MINE --username ann --password secret',
    'repo update',
    'search repo web -o json',
    'pull web/web',
    'template web/web',
    'pull --repo URL web CA MINE --username ann --password secret --untar',
  ].map((line) => ({
    words: line
      .replace('CA', '--ca-file ca.pem')
      .replace('MINE', '--cert-file client.pem --key-file client.key')
      .replace('URL', server.url)
      .replaceAll(/(?<=-file )/g, `${shared.path}/`)
      .split(' '),
  }));
  const differences = await both.run(steps);
  assert.equal(differences.length, 0, JSON.stringify(differences, undefined, 1));
  // Another port is another server for us, though not for helm.
  other.requests.length = 0;
  const { code, stderr } = await both.ours.ours(['show', 'chart', 'web/web', '--version', '>0']);
  assert.equal(code, 0, stderr);
  assert.deepEqual(
    other.requests.map(({ path, authorization }) => [path, authorization]),
    [['/web.tgz', undefined]],
  );
});
