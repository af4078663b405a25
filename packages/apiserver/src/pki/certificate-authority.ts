/**
 * The cluster's own certificate authority: elliptic-curve (P-256) keys, X.509 certificates for servers and clients.
 *
 * Names follow Kubernetes: a client certificate's common name is the user, its organizations are the groups
 * (https://kubernetes.io/docs/reference/access-authn-authz/authentication/#x509-client-certificates).
 * Issuing is rare (first start, renewal), so the X.509 library is loaded only then.
 */
import type { webcrypto } from 'node:crypto';

type X509 = typeof import('@peculiar/x509');

/** A certificate with its private key, both PEM. */
export interface KeyAndCertificate {
  readonly key: string;
  readonly certificate: string;
}

export interface Validity {
  readonly notBefore: Date;
  readonly notAfter: Date;
}

export interface LeafRequest extends Validity {
  readonly commonName: string;
  readonly organizations?: readonly string[];
  readonly usages: readonly ('serverAuth' | 'clientAuth')[];
  readonly dnsNames?: readonly string[];
  readonly ipAddresses?: readonly string[];
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const signingAlgorithm = { name: 'ECDSA', hash: 'SHA-256' } as const;

/**
 * Makes a self-signed authority.
 *
 * @example const ca = await createAuthority('kubernetes', { notBefore, notAfter });
 */
export async function createAuthority(commonName: string, validity: Validity): Promise<KeyAndCertificate> {
  const x509 = await loadX509();
  const keys = await newKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: distinguishedName(commonName, []),
    ...validity,
    keys,
    signingAlgorithm,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(
        x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.digitalSignature | x509.KeyUsageFlags.cRLSign,
        true,
      ),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { key: await privateKeyPem(keys), certificate: pem(certificate.toString('pem')) };
}

/** Issues a certificate with a fresh key, signed by `authority`. */
export async function issueCertificate(authority: KeyAndCertificate, request: LeafRequest): Promise<KeyAndCertificate> {
  const x509 = await loadX509();
  const issuer = new x509.X509Certificate(authority.certificate);
  const keys = await newKeys();
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject: distinguishedName(request.commonName, request.organizations ?? []),
    issuer: issuer.subject,
    notBefore: request.notBefore,
    notAfter: request.notAfter,
    publicKey: keys.publicKey,
    signingKey: await importPrivateKey(authority.key),
    signingAlgorithm,
    extensions: await leafExtensions(x509, request, issuer, keys.publicKey),
  });
  return { key: await privateKeyPem(keys), certificate: pem(certificate.toString('pem')) };
}

/** A P-256 private key for signing service-account tokens, PKCS#8 PEM. */
export async function createSigningKey(): Promise<string> {
  return privateKeyPem(await newKeys());
}

async function leafExtensions(
  x509: X509,
  request: LeafRequest,
  issuer: InstanceType<X509['X509Certificate']>,
  publicKey: webcrypto.CryptoKey,
): Promise<InstanceType<X509['Extension']>[]> {
  const extensions: InstanceType<X509['Extension']>[] = [
    new x509.BasicConstraintsExtension(false, undefined, true),
    new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
    new x509.ExtendedKeyUsageExtension(request.usages.map((usage) => x509.ExtendedKeyUsage[usage])),
    await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
    await x509.SubjectKeyIdentifierExtension.create(publicKey),
  ];
  const names = [
    ...(request.dnsNames ?? []).map((value) => ({ type: 'dns' as const, value })),
    ...(request.ipAddresses ?? []).map((value) => ({ type: 'ip' as const, value })),
  ];
  if (names.length > 0) extensions.push(new x509.SubjectAlternativeNameExtension(names));
  return extensions;
}

async function loadX509(): Promise<X509> {
  // @peculiar/x509 registers its parts through this polyfill, which must be there first.
  await import('reflect-metadata');
  return import('@peculiar/x509');
}

function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']) as Promise<webcrypto.CryptoKeyPair>;
}

async function privateKeyPem(keys: webcrypto.CryptoKeyPair): Promise<string> {
  const der = Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey));
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN PRIVATE KEY-----\n${lines.join('\n')}\n-----END PRIVATE KEY-----\n`;
}

function importPrivateKey(pemText: string): Promise<webcrypto.CryptoKey> {
  const der = Buffer.from(pemText.replace(/-----[A-Z ]+-----|\s/g, ''), 'base64');
  return crypto.subtle.importKey('pkcs8', der, algorithm, false, ['sign']);
}

/** 16 random bytes, the first below 0x80 so that the number is positive and has no leading zero byte. */
function serialNumber(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return Buffer.from(bytes).toString('hex');
}

function distinguishedName(commonName: string, organizations: readonly string[]): { [attribute: string]: string[] }[] {
  return [...organizations.map((value) => ({ O: [value] })), { CN: [commonName] }];
}

function pem(text: string): string {
  return text.endsWith('\n') ? text : `${text}\n`;
}
