/**
 * Texts that are encrypted in files, in the form that nelm and werf read and write (werf's documentation, "Secret values and
 * files"): hexadecimal digits of two bytes `10 00`, an IV of 16 bytes, and the text by AES-CBC with PKCS#7 padding. The key
 * is 16, 24 or 32 bytes in hexadecimal digits. The form has no check of integrity: a wrong key mostly shows by the padding.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/** A key or an encrypted text that isn't what it should be. Never quotes either. */
export class SecretError extends Error {
  override readonly name = 'SecretError';
}

const VERSION = Buffer.of(0x10, 0x00);
const IV_LENGTH = 16;
const BLOCK = 16;
const KEY_LENGTHS = [16, 24, 32];
const NEW_KEY_LENGTH = 32;

/** A new key for AES-256, as it is kept in files. */
export function newSecretKey(): string {
  return randomBytes(NEW_KEY_LENGTH).toString('hex');
}

/** @throws SecretError */
export function readSecretKey(text: string): Buffer {
  const key = fromHex(text.trim());
  if (key !== undefined && KEY_LENGTHS.includes(key.length)) return key;
  throw new SecretError('a secret key is 32, 48 or 64 hexadecimal digits');
}

export function encryptText(key: Buffer, text: string | Uint8Array): string {
  const iv = randomBytes(IV_LENGTH);
  const cipher = createCipheriv(algorithm(key), key, iv);
  return Buffer.concat([VERSION, iv, cipher.update(Buffer.from(text)), cipher.final()]).toString('hex');
}

/** @throws SecretError */
export function decryptText(key: Buffer, encrypted: string): Buffer {
  const bytes = fromHex(encrypted.trim());
  if (bytes === undefined || bytes.length < VERSION.length) throw new SecretError('it is not encrypted');
  if (!bytes.subarray(0, VERSION.length).equals(VERSION)) {
    const version = bytes.readUInt16LE(0);
    throw new SecretError(
      version < 0x100 ? `it is encrypted in a form that isn't known (${version})` : 'it is not encrypted',
    );
  }
  const iv = bytes.subarray(VERSION.length, VERSION.length + IV_LENGTH);
  const data = bytes.subarray(VERSION.length + IV_LENGTH);
  if (data.length === 0 || data.length % BLOCK !== 0) throw new SecretError('it is cut off');
  try {
    const decipher = createDecipheriv(algorithm(key), key, iv);
    return Buffer.concat([decipher.update(data), decipher.final()]);
  } catch (error) {
    throw new SecretError("it isn't encrypted with this key, or is damaged", { cause: error });
  }
}

function algorithm(key: Buffer): string {
  return `aes-${key.length * 8}-cbc`;
}

function fromHex(text: string): Buffer | undefined {
  return /^(?:[0-9a-fA-F]{2})+$/.test(text) ? Buffer.from(text, 'hex') : undefined;
}
