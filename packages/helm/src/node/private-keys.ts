/** Private keys in the PEM forms of sprig: PKCS#1 for RSA, SEC 1 for EC, the old form of DSA, PKCS#8 for the rest. */
import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { FunctionError } from '../go/function-error.ts';

/** Undefined for a kind that doesn't exist. */
export function generatePrivateKey(kind: string): string | undefined {
  switch (kind) {
    case '':
    case 'rsa':
      return privateKeyPem(generateKeyPairSync('rsa', { modulusLength: 4096 }).privateKey);
    case 'ecdsa':
      return privateKeyPem(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey);
    case 'ed25519':
      return privateKeyPem(generateKeyPairSync('ed25519').privateKey);
    case 'dsa':
      return dsaPem(generateKeyPairSync('dsa', { modulusLength: 2048, divisorLength: 256 }).privateKey);
    default:
      return undefined;
  }
}

export function privateKeyPem(key: KeyObject): string {
  if (key.asymmetricKeyType === 'rsa') return key.export({ type: 'pkcs1', format: 'pem' }).toString();
  if (key.asymmetricKeyType === 'ec') return key.export({ type: 'sec1', format: 'pem' }).toString();
  if (key.asymmetricKeyType === 'dsa') return dsaPem(key);
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/** Throws FunctionError with sprig's words. */
export function readPrivateKey(pem: string): KeyObject {
  if (!/-----BEGIN [^-]+-----/.test(pem)) throw new FunctionError('no PEM data in input');
  const type = /-----BEGIN ([^-]+)-----/.exec(pem)?.[1] ?? '';
  if (!type.endsWith('PRIVATE KEY')) throw new FunctionError(`no private key data in PEM block of type ${type}`);
  try {
    return createPrivateKey(pem);
  } catch (error) {
    throw new FunctionError('the private key cannot be read', { cause: error });
  }
}

/**
 * The form that OpenSSL had before PKCS#8: a sequence of version, p, q, g, y, x. The numbers are taken out of the two
 * standard encodings of the key.
 */
function dsaPem(key: KeyObject): string {
  const pkcs8 = key.export({ type: 'pkcs8', format: 'der' });
  const numbers = integers(pkcs8);
  // version, p, q, g and, inside an octet string, x
  const [, p, q, g, x] = numbers;
  if (p === undefined || q === undefined || g === undefined || x === undefined) {
    throw new FunctionError('failed to generate private key: unexpected encoding of a DSA key');
  }
  const y = power(toBigInt(g), toBigInt(x), toBigInt(p));
  const body = Buffer.concat([Buffer.of(2, 1, 0), ...[p, q, g].map(tagged), tagged(fromBigInt(y)), tagged(x)]);
  const der = Buffer.concat([Buffer.of(0x30), lengthBytes(body.length), body]);
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN DSA PRIVATE KEY-----\n${lines.join('\n')}\n-----END DSA PRIVATE KEY-----\n`;
}

/** Contents of all INTEGERs, in order, inside sequences and octet strings too. */
function integers(der: Uint8Array): Uint8Array[] {
  const found: Uint8Array[] = [];
  for (let at = 0; at + 1 < der.length; ) {
    const tag = der[at] ?? 0;
    let length = der[at + 1] ?? 0;
    let start = at + 2;
    if (length >= 0x80) {
      const count = length & 0x7f;
      length = der.subarray(start, start + count).reduce((sum, byte) => sum * 256 + byte, 0);
      start += count;
    }
    const content = der.subarray(start, start + length);
    if (tag === 0x02) found.push(content);
    else if (tag === 0x30 || tag === 0x04) found.push(...integers(content));
    at = start + length;
  }
  return found;
}

function tagged(content: Uint8Array): Buffer {
  return Buffer.concat([Buffer.of(2), lengthBytes(content.length), content]);
}

function lengthBytes(length: number): Buffer {
  if (length < 0x80) return Buffer.of(length);
  return length < 0x100 ? Buffer.of(0x81, length) : Buffer.of(0x82, length >> 8, length & 255);
}

function toBigInt(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
}

function fromBigInt(value: bigint): Buffer {
  const hex = value.toString(16);
  const bytes = Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex');
  return (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.of(0), bytes]) : bytes;
}

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  let factor = base % modulus;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * factor) % modulus;
    factor = (factor * factor) % modulus;
  }
  return result;
}
