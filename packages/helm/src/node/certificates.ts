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
  const der = sequence(body, algorithm.identifier, bitString(signature));
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
  const [body] = elements(contentOf(der));
  const parts = elements(contentOf(body ?? der));
  const subject = parts[5];
  if (subject === undefined) throw new FunctionError('unable to decode certificate');
  return subject;
}

function contentOf(element: Buffer): Buffer {
  const { start, end } = measure(element, 0);
  return element.subarray(start, end);
}

function elements(content: Buffer): Buffer[] {
  const found: Buffer[] = [];
  for (let at = 0; at < content.length; ) {
    const { end } = measure(content, at);
    found.push(content.subarray(at, end));
    at = end;
  }
  return found;
}

function measure(der: Buffer, at: number): { start: number; end: number } {
  const first = der[at + 1] ?? 0;
  if (first < 0x80) return { start: at + 2, end: at + 2 + first };
  const count = first & 0x7f;
  const start = at + 2 + count;
  return { start, end: start + der.readUIntBE(at + 2, count) };
}

function signatureAlgorithm(key: KeyObject): { identifier: Buffer; hash: string | null } {
  switch (key.asymmetricKeyType) {
    case 'rsa':
      return { identifier: sequence(oid('2a864886f70d01010b'), Buffer.of(5, 0)), hash: 'sha256' };
    case 'ec':
      return { identifier: sequence(oid('2a8648ce3d040302')), hash: 'sha256' };
    case 'ed25519':
      return { identifier: sequence(oid('2b6570')), hash: null };
    default:
      throw new FunctionError('error creating certificate: x509: only RSA, ECDSA and Ed25519 keys supported');
  }
}

function validity(days: number): Buffer {
  const from = Date.now();
  return sequence(time(from), time(from + days * DAY));
}

/** Years up to 2049 are written with two digits. */
function time(milliseconds: number): Buffer {
  const digits = new Date(milliseconds).toISOString().replace(/[-:T]/g, '').slice(0, 14);
  const isShort = Number(digits.slice(0, 4)) < 2050;
  return isShort ? element(0x17, Buffer.from(`${digits.slice(2)}Z`)) : element(0x18, Buffer.from(`${digits}Z`));
}

function nameOf(commonName: string): Buffer {
  const isPrintable = /^[A-Za-z0-9 '()+,\-./:=?]*$/.test(commonName);
  const text = element(isPrintable ? 0x13 : 0x0c, Buffer.from(commonName));
  return commonName === '' ? sequence() : sequence(element(0x31, sequence(oid('550403'), text)));
}

function extensions(request: CertificateRequest, key: KeyObject, issuerKeyId: Buffer | undefined): Buffer[] {
  // Signing certificates on top of signing and key encipherment.
  const usage = request.isAuthority ? Buffer.of(3, 2, 2, 0xa4) : Buffer.of(3, 2, 5, 0xa0);
  const purposes = sequence(oid('2b06010505070301'), oid('2b06010505070302'));
  const all = [
    extension('551d0f', usage, true),
    extension('551d25', purposes, false),
    extension('551d13', request.isAuthority ? sequence(Buffer.of(1, 1, 0xff)) : sequence(), true),
  ];
  if (request.isAuthority) all.push(extension('551d0e', element(4, keyIdentifier(createPublicKey(key))), false));
  if (issuerKeyId !== undefined) all.push(extension('551d23', sequence(element(0x80, issuerKeyId)), false));
  const names = [
    ...request.dnsNames.map((name) => element(0x82, Buffer.from(name))),
    ...request.ips.map((ip) => element(0x87, ipBytes(ip))),
  ];
  if (names.length > 0) all.push(extension('551d11', sequence(...names), false));
  return all;
}

function extension(id: string, value: Buffer, critical: boolean): Buffer {
  return sequence(oid(id), ...(critical ? [Buffer.of(1, 1, 0xff)] : []), element(4, value));
}

function keyIdentifier(key: KeyObject): Buffer {
  const parts = elements(contentOf(key.export({ type: 'spki', format: 'der' })));
  const bits = contentOf(parts[1] ?? Buffer.of()).subarray(1);
  return createHash('sha1').update(bits).digest();
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

function element(tag: number, content: Uint8Array): Buffer {
  const length = content.length;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.of(tag, ...size), content]);
}

function sequence(...parts: readonly Uint8Array[]): Buffer {
  return element(0x30, Buffer.concat(parts));
}

function explicit(tag: number, content: Uint8Array): Buffer {
  return element(0xa0 + tag, content);
}

function integer(bytes: Uint8Array): Buffer {
  return element(2, bytes);
}

function oid(hex: string): Buffer {
  return element(6, Buffer.from(hex, 'hex'));
}

function bitString(content: Uint8Array): Buffer {
  return element(3, Buffer.concat([Buffer.of(0), content]));
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
