/** The cryptography of template functions by node:crypto. */
import { createCipheriv, createDecipheriv, createHash, createHmac, randomBytes, scryptSync } from 'node:crypto';
import type { CryptoProvider } from '../functions/crypto.ts';
import { FunctionError } from '../go/function-error.ts';
import { bcryptHash } from './bcrypt.ts';
import { checkCertificate, createCertificate } from './certificates.ts';
import { generatePrivateKey } from './private-keys.ts';

export const nodeCrypto: CryptoProvider = {
  hash: (algorithm, data) => createHash(algorithm).update(data).digest(),
  hmacSha256: (key, data) => createHmac('sha256', key).update(data).digest(),
  randomBytes: (count) => randomBytes(count),
  bcrypt: (password) => bcryptHash(password, randomBytes(16)),
  scrypt: (password, salt, { n, r, p, length }) =>
    scryptSync(password, salt, length, { N: n, r, p, maxmem: 256 * n * r }),
  encryptAesCbc: (key, iv, data) => {
    const cipher = createCipheriv('aes-256-cbc', key, iv);
    return Buffer.concat([cipher.update(data), cipher.final()]);
  },
  decryptAesCbc: (key, iv, data) => {
    try {
      const decipher = createDecipheriv('aes-256-cbc', key, iv);
      return Buffer.concat([decipher.update(data), decipher.final()]);
    } catch (error) {
      throw new FunctionError('the text cannot be decrypted with this password', { cause: error });
    }
  },
  generatePrivateKey,
  createCertificate,
  checkCertificate,
};
