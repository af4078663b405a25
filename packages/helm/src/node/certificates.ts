/** X.509 certificates (RFC 5280) as sprig's genCA and its kin make them: DER by hand, signatures by node:crypto. */
import {
  createHash,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
  X509Certificate,
} from 'node:crypto';
import { isIP } from 'node:net';
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
} from '@kindred/machinery/der';
import type { CertificateRequest } from '../functions/crypto.ts';
import { FunctionError } from '../go/function-error.ts';
import { privateKeyPem, readPrivateKey } from './private-keys.ts';

const DAY = 86_400_000;

export function createCertificate(request: CertificateRequest): { certificate: string; key: string } {
  const key =
    request.key === undefined ? generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey : namedKey(request.key);
  const subject = nameOf(request.commonName);
  const issuer = request.issuer === undefined ? { name: subject, key, keyId: undefined } : readIssuer(request.issuer);
  const algorithm = signatureAlgorithm(issuer.key);
  const body = sequence(
    explicit(0, integer(Buffer.of(2))),
    integer(positive(randomBytes(16))),
    algorithm.identifier,
    issuer.name,
    validity(request.days),
    subject,
    createPublicKey(key).export({ type: 'spki', format: 'der' }),
    explicit(3, sequence(...extensions(request, key, issuer.keyId))),
  );
  const signature = sign(algorithm.hash, body, issuer.key);
  const der = sequence(body, algorithm.identifier, bits(signature));
  return { certificate: pem('CERTIFICATE', der), key: privateKeyPem(key) };
}

/** Throws FunctionError when one of them can't be read. */
export function checkCertificate(certificate: string, key: string): void {
  if (!/-----BEGIN [^-]+-----/.test(certificate)) throw new FunctionError('unable to decode certificate');
  try {
    new X509Certificate(certificate);
  } catch (error) {
    throw new FunctionError('error parsing certificate: decodedCert.Bytes: x509: malformed certificate', {
      cause: error,
    });
  }
  try {
    readPrivateKey(key);
  } catch (error) {
    if (!(error instanceof FunctionError)) throw error;
    throw new FunctionError(`error parsing private key: ${error.message}`, { cause: error });
  }
}

function namedKey(text: string): KeyObject {
  try {
    return readPrivateKey(text);
  } catch (error) {
    if (!(error instanceof FunctionError)) throw error;
    throw new FunctionError(`parsing private key: ${error.message}`, { cause: error });
  }
}

function readIssuer(issuer: { certificate: string; key: string }): {
  name: Buffer;
  key: KeyObject;
  keyId: Buffer | undefined;
} {
  if (!/-----BEGIN [^-]+-----/.test(issuer.certificate)) throw new FunctionError('unable to decode certificate');
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(issuer.certificate);
  } catch (error) {
    throw new FunctionError('error parsing certificate: decodedSignerCert.Bytes: x509: malformed certificate', {
      cause: error,
    });
  }
  return {
    name: subjectOf(certificate.raw),
    key: readPrivateKey(issuer.key),
    keyId: keyIdentifier(certificate.publicKey),
  };
}

/** The subject as it stands in a certificate: the sixth element of its body. */
function subjectOf(der: Buffer): Buffer {
  const [body] = elementsOf(der);
  const parts = elementsOf(body ?? der);
  const subject = parts[5];
  if (subject === undefined) throw new FunctionError('unable to decode certificate');
  return subject;
}

function signatureAlgorithm(key: KeyObject): { identifier: Buffer; hash: string | null } {
  switch (key.asymmetricKeyType) {
    case 'rsa':
      return { identifier: sequence(objectIdentifier('1.2.840.113549.1.1.11'), Buffer.of(5, 0)), hash: 'sha256' };
    case 'ec':
      return { identifier: sequence(objectIdentifier('1.2.840.10045.4.3.2')), hash: 'sha256' };
    case 'ed25519':
      return { identifier: sequence(objectIdentifier('1.3.101.112')), hash: null };
    default:
      throw new FunctionError('error creating certificate: x509: only RSA, ECDSA and Ed25519 keys supported');
  }
}

function validity(days: number): Buffer {
  const from = Date.now();
  return sequence(time(new Date(from)), time(new Date(from + days * DAY)));
}

function nameOf(commonName: string): Buffer {
  return commonName === '' ? sequence() : sequence(set(sequence(objectIdentifier('2.5.4.3'), text(commonName))));
}

function extensions(request: CertificateRequest, key: KeyObject, issuerKeyId: Buffer | undefined): Buffer[] {
  // Signing certificates on top of signing and key encipherment.
  const usage = request.isAuthority ? Buffer.of(3, 2, 2, 0xa4) : Buffer.of(3, 2, 5, 0xa0);
  const purposes = sequence(objectIdentifier('1.3.6.1.5.5.7.3.1'), objectIdentifier('1.3.6.1.5.5.7.3.2'));
  const all = [
    extension('2.5.29.15', usage, true),
    extension('2.5.29.37', purposes, false),
    extension('2.5.29.19', request.isAuthority ? sequence(trueValue) : sequence(), true),
  ];
  if (request.isAuthority) all.push(extension('2.5.29.14', octets(keyIdentifier(createPublicKey(key))), false));
  if (issuerKeyId !== undefined) all.push(extension('2.5.29.35', sequence(element(0x80, issuerKeyId)), false));
  const names = [
    ...request.dnsNames.map((name) => element(0x82, Buffer.from(name))),
    ...request.ips.map((ip) => element(0x87, ipBytes(ip))),
  ];
  if (names.length > 0) all.push(extension('2.5.29.17', sequence(...names), false));
  return all;
}

function extension(id: string, value: Buffer, critical: boolean): Buffer {
  return sequence(objectIdentifier(id), ...(critical ? [trueValue] : []), octets(value));
}

function keyIdentifier(key: KeyObject): Buffer {
  const [, publicKey = Buffer.of()] = elementsOf(key.export({ type: 'spki', format: 'der' }));
  return createHash('sha1').update(contentOf(publicKey).subarray(1)).digest();
}

function ipBytes(ip: string): Buffer {
  const version = isIP(ip);
  if (version === 0) throw new FunctionError(`error parsing ip: ${ip}`);
  if (version === 4) return Buffer.from(ip.split('.').map(Number));
  const [head = '', tail] = ip.split('%')[0]?.split('::') ?? [];
  const words = (text: string): number[] => (text === '' ? [] : text.split(':').flatMap(ipWords));
  const left = words(head);
  const right = tail === undefined ? [] : words(tail);
  const all = [...left, ...Array.from({ length: 8 - left.length - right.length }, () => 0), ...right];
  return Buffer.from(all.flatMap((word) => [word >> 8, word & 255]));
}

/** A group of an IPv6 address; the last may be an IPv4 address. */
function ipWords(group: string): number[] {
  if (!group.includes('.')) return [Number.parseInt(group, 16)];
  const [a = 0, b = 0, c = 0, d = 0] = group.split('.').map(Number);
  return [a * 256 + b, c * 256 + d];
}

/** As the content of an INTEGER: not negative, no zeros in front. */
function positive(bytes: Buffer): Buffer {
  const trimmed = bytes.subarray(
    Math.max(
      0,
      bytes.findIndex((byte) => byte !== 0),
    ),
  );
  return (trimmed[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.of(0), trimmed]) : trimmed;
}

function pem(type: string, der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${type}-----\n${lines.join('\n')}\n-----END ${type}-----\n`;
}
