import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { ClusterCertificateOptions } from './cluster-certificates.ts';
import { frontProxyName, loadClusterCertificates } from './cluster-certificates.ts';

const day = 86_400_000;
const now = Date.UTC(2026, 0, 15);

async function withDirectory(run: (options: ClusterCertificateOptions) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'kindred-pki-'));
  try {
    await run({
      directory,
      serverNames: [],
      serverAddresses: ['10.96.0.1'],
      nodeName: 'box',
      nodeAddresses: ['127.0.0.1'],
      now,
    });
  } finally {
    await rm(directory, { recursive: true });
  }
}

test('certificates chain to the authority, carry users and groups, and cover the standard names', async () => {
  await withDirectory(async (options) => {
    const made = await loadClusterCertificates(options);
    const authority = new X509Certificate(made.authority.certificate);
    const server = new X509Certificate(made.apiserver.certificate);
    assert.equal(authority.ca, true);
    assert.equal(server.verify(authority.publicKey), true);
    assert.equal(server.checkHost('kubernetes.default.svc'), 'kubernetes.default.svc');
    assert.equal(server.checkIP('10.96.0.1'), '10.96.0.1');
    const admin = new X509Certificate(made.admin.certificate);
    assert.deepEqual(admin.subject.split('\n').sort(), ['CN=kubernetes-admin', 'O=system:masters']);
    assert.equal(admin.publicKey.asymmetricKeyType, 'ec');
    assert.equal((await stat(join(options.directory, 'admin.key'))).mode & 0o777, 0o600);
  });
});

test('a second load returns the same certificates; a new address or a near end renews only what it touches', async () => {
  await withDirectory(async (options) => {
    const first = await loadClusterCertificates(options);
    assert.deepEqual(await loadClusterCertificates(options), first);
    const moved = await loadClusterCertificates({ ...options, serverAddresses: ['10.96.0.1', '192.0.2.7'] });
    assert.notEqual(moved.apiserver.certificate, first.apiserver.certificate);
    assert.equal(moved.admin.certificate, first.admin.certificate);
    assert.equal(moved.authority.certificate, first.authority.certificate);
    const later = await loadClusterCertificates({ ...options, now: now + 340 * day });
    assert.notEqual(later.admin.certificate, first.admin.certificate);
    assert.equal(later.authority.certificate, first.authority.certificate);
    assert.equal(later.serviceAccountKey, first.serviceAccountKey);
  });
});

test('a directory from before there were front proxies gets theirs, of an authority that signs nothing else', async () => {
  await withDirectory(async (options) => {
    const before = await loadClusterCertificates(options);
    for (const name of ['front-proxy-ca', 'front-proxy-client']) {
      for (const end of ['crt', 'key']) await rm(join(options.directory, `${name}.${end}`));
    }
    const made = await loadClusterCertificates(options);
    assert.equal(made.authority.certificate, before.authority.certificate);
    const client = new X509Certificate(made.frontProxyClient.certificate);
    assert.equal(client.subject, `CN=${frontProxyName}`);
    assert.equal(client.verify(new X509Certificate(made.frontProxyAuthority.certificate).publicKey), true);
    assert.equal(client.verify(new X509Certificate(made.authority.certificate).publicKey), false);
    assert.deepEqual(await loadClusterCertificates(options), made);
  });
});

test('a clock that went back issues certificates that are valid at the new time', async () => {
  await withDirectory(async (options) => {
    const first = await loadClusterCertificates(options);
    const back = await loadClusterCertificates({ ...options, now: now - 2 * day });
    assert.notEqual(back.apiserver.certificate, first.apiserver.certificate);
    assert.ok(Date.parse(new X509Certificate(back.apiserver.certificate).validFrom) <= now - 2 * day);
  });
});
