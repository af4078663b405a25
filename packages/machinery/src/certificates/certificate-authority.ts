/**
 * The cluster's own certificate authority: elliptic-curve (P-256) keys, X.509 certificates for servers and clients.
 *
 * Names follow Kubernetes: a client certificate's common name is the user, its organizations are the groups
 * (https://kubernetes.io/docs/reference/access-authn-authz/authentication/#x509-client-certificates).
 * Certificates are put together here (RFC 5280): they are few and all alike, and a library would take longer to load
 * than a first start takes without it.
 */
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
  X509Certificate,
} from 'node:crypto';
import { isIPv4, isIPv6 } from 'node:net';
import {
  bits,
  contentOf,
  element,
  elementsOf,
  explicit,
  integer,
  objectIdentifier,
  octets,
  sequence,
  set,
  text,
  time,
  trueValue,
} from '../codec/der.ts';

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

const ids = {
  commonName: '2.5.4.3',
  organization: '2.5.4.10',
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  authorityKeyIdentifier: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
  serverAuth: '1.3.6.1.5.5.7.3.1',
  clientAuth: '1.3.6.1.5.5.7.3.2',
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
} as const;

/** Bits of the extension KeyUsage, from the highest of its byte. */
const keyUsages = { digitalSignature: 0x80, keyCertSign: 0x04, cRLSign: 0x02 } as const;

/**
 * Makes a self-signed authority.
 *
 * @example const ca = createAuthority('kubernetes', { notBefore, notAfter });
 */
export function createAuthority(commonName: string, validity: Validity): KeyAndCertificate {
  const key = newKey();
  const name = distinguishedName(commonName, []);
  const usage = keyUsages.digitalSignature | keyUsages.keyCertSign | keyUsages.cRLSign;
  const extensions = [
    extension(ids.basicConstraints, sequence(trueValue), { critical: true }),
    extension(ids.keyUsage, bits(Buffer.of(usage), 1), { critical: true }),
    extension(ids.subjectKeyIdentifier, octets(keyIdentifier(key))),
  ];
  const certificate = signedCertificate({ issuer: name, issuerKey: key, subject: name, key, validity, extensions });
  return { key: privateKeyPem(key), certificate };
}

/** Issues a certificate with a fresh key, signed by `authority`. */
export function issueCertificate(authority: KeyAndCertificate, request: LeafRequest): KeyAndCertificate {
  const key = newKey();
  const issuer = new X509Certificate(authority.certificate);
  const certificate = signedCertificate({
    issuer: subjectOf(issuer),
    issuerKey: createPrivateKey(authority.key),
    subject: distinguishedName(request.commonName, request.organizations ?? []),
    key,
    validity: request,
    extensions: leafExtensions(request, issuer.publicKey, key),
  });
  return { key: privateKeyPem(key), certificate };
}

/** A P-256 private key for signing service-account tokens, PKCS#8 PEM. */
export function createSigningKey(): string {
  return privateKeyPem(newKey());
}

function leafExtensions(request: LeafRequest, issuerKey: KeyObject, key: KeyObject): Buffer[] {
  const usages = request.usages.map((usage) => objectIdentifier(ids[usage]));
  const extensions = [
    extension(ids.basicConstraints, sequence(), { critical: true }),
    extension(ids.keyUsage, bits(Buffer.of(keyUsages.digitalSignature), 7), { critical: true }),
    extension(ids.extendedKeyUsage, sequence(...usages)),
    extension(ids.authorityKeyIdentifier, sequence(element(0x80, keyIdentifier(issuerKey)))),
    extension(ids.subjectKeyIdentifier, octets(keyIdentifier(key))),
  ];
  const names = [
    ...(request.dnsNames ?? []).map((name) => element(0x82, Buffer.from(name))),
    ...(request.ipAddresses ?? []).map((address) => element(0x87, addressBytes(address))),
  ];
  if (names.length > 0) extensions.push(extension(ids.subjectAltName, sequence(...names)));
  return extensions;
}

function extension(id: string, value: Buffer, { critical = false }: { critical?: boolean } = {}): Buffer {
  return sequence(objectIdentifier(id), ...(critical ? [trueValue] : []), octets(value));
}

interface CertificateParts {
  readonly issuer: Buffer;
  readonly issuerKey: KeyObject;
  readonly subject: Buffer;
  readonly key: KeyObject;
  readonly validity: Validity;
  readonly extensions: readonly Buffer[];
}

/** The certificate as PEM: version 3, signed with ECDSA and SHA-256. */
function signedCertificate({ issuer, issuerKey, subject, key, validity, extensions }: CertificateParts): string {
  const algorithm = sequence(objectIdentifier(ids.ecdsaWithSha256));
  const body = sequence(
    explicit(0, integer(Buffer.of(2))),
    integer(serialNumber()),
    algorithm,
    issuer,
    sequence(time(validity.notBefore), time(validity.notAfter)),
    subject,
    createPublicKey(key).export({ type: 'spki', format: 'der' }),
    explicit(3, sequence(...extensions)),
  );
  const der = sequence(body, algorithm, bits(sign('sha256', body, issuerKey)));
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

function newKey(): KeyObject {
  return generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey;
}

function privateKeyPem(key: KeyObject): string {
  return String(key.export({ type: 'pkcs8', format: 'pem' }));
}

/** 16 random bytes, the first such that the number is positive and has no leading zero byte. */
function serialNumber(): Buffer {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes;
}

/** The first method of RFC 5280, 4.2.1.2: SHA-1 of the public key's bits. */
function keyIdentifier(key: KeyObject): Buffer {
  const publicKey = key.type === 'private' ? createPublicKey(key) : key;
  const [, bitString] = elementsOf(publicKey.export({ type: 'spki', format: 'der' }));
  return createHash('sha1')
    .update(contentOf(bitString ?? Buffer.of(0, 0)).subarray(1))
    .digest();
}

/** The subject as it stands in a certificate: the sixth element of its body. */
function subjectOf(certificate: X509Certificate): Buffer {
  const [body] = elementsOf(certificate.raw);
  return elementsOf(body ?? sequence())[5] ?? sequence();
}

function distinguishedName(commonName: string, organizations: readonly string[]): Buffer {
  const attribute = (id: string, value: string): Buffer => set(sequence(objectIdentifier(id), text(value)));
  const groups = organizations.map((value) => attribute(ids.organization, value));
  return sequence(...groups, attribute(ids.commonName, commonName));
}

function addressBytes(address: string): Buffer {
  if (isIPv4(address)) return Buffer.from(address.split('.').map(Number));
  if (!isIPv6(address)) throw new TypeError(`${address} is no IP address`);
  const [head = '', tail] = address.split('::');
  const left = wordsOf(head);
  const right = wordsOf(tail ?? '');
  const zeros = Array.from({ length: 8 - left.length - right.length }, () => 0);
  return Buffer.from([...left, ...zeros, ...right].flatMap((word) => [word >> 8, word & 255]));
}

/** The groups of an IPv6 address; the last may be an IPv4 address. */
function wordsOf(groups: string): number[] {
  if (groups === '') return [];
  return groups.split(':').flatMap((group) => {
    if (!group.includes('.')) return [Number.parseInt(group, 16)];
    const [a = 0, b = 0, c = 0, d = 0] = group.split('.').map(Number);
    return [a * 256 + b, c * 256 + d];
  });
}
