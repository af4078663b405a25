import assert from 'node:assert/strict';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { createAuthority, issueCertificate } from './certificate-authority.ts';

const validity = { notBefore: new Date('2026-01-01T00:00:00Z'), notAfter: new Date('2056-01-01T00:00:00Z') };

test('issues certificates that another implementation verifies', () => {
  const authority = createAuthority('kubernetes', validity);
  const { key, certificate } = issueCertificate(authority, {
    ...validity,
    commonName: 'alice',
    organizations: ['system:masters', 'Wärter'],
    usages: ['serverAuth', 'clientAuth'],
    dnsNames: ['kubernetes.default', '*.example.com'],
    ipAddresses: ['10.0.0.1', '::1', 'fd00::1:2', '::ffff:1.2.3.4'],
  });
  const issuer = new X509Certificate(authority.certificate);
  const leaf = new X509Certificate(certificate);
  assert.ok(issuer.ca && issuer.verify(issuer.publicKey) && issuer.checkIssued(issuer));
  assert.ok(!leaf.ca && leaf.verify(issuer.publicKey) && leaf.checkIssued(issuer));
  assert.ok(leaf.checkPrivateKey(createPrivateKey(key)));
  assert.equal(leaf.subject, 'O=system:masters\nO=Wärter\nCN=alice');
  assert.equal(leaf.issuer, 'CN=kubernetes');
  assert.equal(leaf.validFrom, 'Jan  1 00:00:00 2026 GMT');
  assert.equal(leaf.validTo, 'Jan  1 00:00:00 2056 GMT');
  assert.deepEqual(leaf.keyUsage, ['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2']);
  for (const host of ['kubernetes.default', 'a.example.com']) assert.equal(leaf.checkHost(host) === undefined, false);
  for (const address of ['10.0.0.1', '::1', 'fd00::1:2', '::ffff:1.2.3.4']) assert.ok(leaf.checkIP(address), address);
  assert.equal(leaf.checkIP('10.0.0.2'), undefined);
});

test('gives each certificate a number of its own', () => {
  const authority = createAuthority('kubernetes', validity);
  const request = { ...validity, commonName: 'x', usages: ['clientAuth'] } as const;
  const numbers = Array.from(
    { length: 20 },
    () => new X509Certificate(issueCertificate(authority, request).certificate).serialNumber,
  );
  assert.equal(new Set(numbers).size, numbers.length);
  assert.ok(numbers.every((number) => /^[4-7][0-9A-F]{31}$/.test(number)));
});
