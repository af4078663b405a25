/**
 * Sprig's functions with hashes, randomness, keys and certificates. What they compute with comes from outside
 * (`CryptoProvider`), so that this part runs anywhere; see `node/node-crypto.ts` for Node's.
 */
import { decodeBase64 } from '../go/base64.ts';
import { fromBytes, toBytes } from '../go/bytes.ts';
import { fn, variadic } from '../go/define-function.ts';
import { goText } from '../go/format.ts';
import { FunctionError } from '../go/function-error.ts';
import { type GoFunction, type GoObject, type GoValue, goInt, goObject } from '../go/value.ts';

export interface CertificateRequest {
  readonly commonName: string;
  readonly ips: readonly string[];
  readonly dnsNames: readonly string[];
  readonly days: number;
  readonly isAuthority: boolean;
  /** PEM of the private key; a new RSA key of 2048 bits without one. */
  readonly key?: string;
  /** Who signs; the certificate signs itself without one. Both PEM. */
  readonly issuer?: { readonly certificate: string; readonly key: string };
}

/** The primitives, all of them synchronous. They throw FunctionError for input that is wrong. */
export interface CryptoProvider {
  readonly hash: (algorithm: 'sha1' | 'sha256' | 'sha512', data: Uint8Array) => Uint8Array;
  readonly hmacSha256: (key: Uint8Array, data: Uint8Array) => Uint8Array;
  readonly randomBytes: (count: number) => Uint8Array;
  /** A bcrypt hash of cost 10. */
  readonly bcrypt: (password: string) => string;
  readonly scrypt: (
    password: Uint8Array,
    salt: Uint8Array,
    options: { n: number; r: number; p: number; length: number },
  ) => Uint8Array;
  readonly encryptAesCbc: (key: Uint8Array, iv: Uint8Array, data: Uint8Array) => Uint8Array;
  readonly decryptAesCbc: (key: Uint8Array, iv: Uint8Array, data: Uint8Array) => Uint8Array;
  /** PEM of a new private key; undefined for a kind that doesn't exist. */
  readonly generatePrivateKey: (kind: string) => string | undefined;
  /** PEM of a certificate and of its key. */
  readonly createCertificate: (request: CertificateRequest) => { certificate: string; key: string };
  /** Throws FunctionError when one of the PEM texts can't be read. */
  readonly checkCertificate: (certificate: string, key: string) => void;
}

export function cryptoFunctions(provider: CryptoProvider | undefined): Readonly<Record<string, GoFunction>> {
  const crypto = (): CryptoProvider => {
    if (provider === undefined) throw new FunctionError('no cryptography is available here');
    return provider;
  };
  return {
    ...hashFunctions(crypto),
    ...randomFunctions(crypto),
    ...secretFunctions(crypto),
    ...certificateFunctions(crypto),
  };
}

type Source = () => CryptoProvider;

function hashFunctions(crypto: Source): Record<string, GoFunction> {
  const sum = (algorithm: 'sha1' | 'sha256' | 'sha512'): GoFunction =>
    fn(['string'], (text) => hex(crypto().hash(algorithm, toBytes(text))));
  return {
    sha1sum: sum('sha1'),
    sha256sum: sum('sha256'),
    sha512sum: sum('sha512'),
    adler32sum: fn(['string'], (text) => String(adler32(toBytes(text)))),
  };
}

export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function adler32(bytes: Uint8Array): number {
  let a = 1;
  let b = 0;
  for (const byte of bytes) {
    a = (a + byte) % 65_521;
    b = (b + a) % 65_521;
  }
  return b * 65_536 + a;
}

const DIGITS = '0123456789';
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const ASCII = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index)).join('');

function randomFunctions(crypto: Source): Record<string, GoFunction> {
  const from = (alphabet: string): GoFunction => fn(['int'], (count) => randomText(crypto(), count, alphabet));
  return {
    randAlphaNum: from(LETTERS + DIGITS),
    randAlpha: from(LETTERS),
    randNumeric: from(DIGITS),
    randAscii: from(ASCII),
    randBytes: fn(['int'], (count) => base64(crypto().randomBytes(checkedCount(count)))),
    randInt: fn(['int', 'int'], (min, max) => {
      // Go subtracts with 64 bits, so a width beyond those is a negative one.
      const width = BigInt.asIntN(64, toInt(max) - toInt(min));
      if (width <= 0n) throw new FunctionError('invalid argument to Intn');
      return goInt(toInt(min) + wideRandomBelow(crypto(), width));
    }),
    shuffle: fn(['string'], (text) => shuffle(crypto(), text)),
    uuidv4: fn([], () => uuid(crypto().randomBytes(16))),
  };
}

/** The largest int is no exact number here. */
const toInt = (number: number): bigint => (number >= 2 ** 63 ? 2n ** 63n - 1n : BigInt(number));

const MAX_RANDOM = 10_000_000;

function checkedCount(count: number): number {
  if (count < 0 || count > MAX_RANDOM) throw new FunctionError('runtime error: makeslice: len out of range');
  return count;
}

/** Uniform: draws again what would favour small numbers. The bound is below 2^48. */
function randomBelow(crypto: CryptoProvider, bound: number): number {
  const limit = 2 ** 48 - (2 ** 48 % bound);
  for (;;) {
    const drawn = crypto.randomBytes(6).reduce((number, byte) => number * 256 + byte, 0);
    if (drawn < limit) return drawn % bound;
  }
}

/** The same for bounds up to 2^63. */
function wideRandomBelow(crypto: CryptoProvider, bound: bigint): bigint {
  if (bound < 2n ** 40n) return BigInt(randomBelow(crypto, Number(bound)));
  const limit = 2n ** 64n - (2n ** 64n % bound);
  for (;;) {
    const drawn = crypto.randomBytes(8).reduce((number, byte) => number * 256n + BigInt(byte), 0n);
    if (drawn < limit) return drawn % bound;
  }
}

function randomText(crypto: CryptoProvider, count: number, alphabet: string): string {
  if (count <= 0) return '';
  let out = '';
  for (let n = 0; n < checkedCount(count); n++) out += alphabet[randomBelow(crypto, alphabet.length)];
  return out;
}

function shuffle(crypto: CryptoProvider, text: string): string {
  const characters = Array.from(text);
  for (let at = characters.length - 1; at > 0; at--) {
    const other = randomBelow(crypto, at + 1);
    [characters[at], characters[other]] = [characters[other] ?? '', characters[at] ?? ''];
  }
  return characters.join('');
}

function uuid(random: Uint8Array): string {
  const bytes = Uint8Array.from(random);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return hex(bytes).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

function base64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}

function secretFunctions(crypto: Source): Record<string, GoFunction> {
  return {
    bcrypt: fn(['string'], (password) => crypto().bcrypt(password)),
    htpasswd: variadic(['string', 'string'], 'string', (_rest, user, password) =>
      user.includes(':') ? `invalid username: ${user}` : `${user}:${crypto().bcrypt(password)}`,
    ),
    derivePassword: fn(['uint32', 'string', 'string', 'string', 'string'], (counter, kind, password, user, site) =>
      derivePassword(crypto(), { counter, kind, password, user, site }),
    ),
    encryptAES: fn(['string', 'string'], (password, text) => {
      if (text === '') return '';
      const iv = crypto().randomBytes(16);
      return base64(Uint8Array.of(...iv, ...crypto().encryptAesCbc(aesKey(password), iv, toBytes(text))));
    }),
    decryptAES: fn(['string', 'string'], (password, text) => {
      if (text === '') return '';
      const bytes = decodeBase64(text);
      if (typeof bytes === 'number') throw new FunctionError(`illegal base64 data at input byte ${bytes}`);
      return fromBytes(crypto().decryptAesCbc(aesKey(password), bytes.subarray(0, 16), bytes.subarray(16)));
    }),
    genPrivateKey: fn(['string'], (kind) => crypto().generatePrivateKey(kind) ?? `Unknown type ${kind}`),
  };
}

/** The password's bytes, cut or filled with zeros to 32. */
function aesKey(password: string): Uint8Array {
  const key = new Uint8Array(32);
  key.set(toBytes(password).subarray(0, 32));
  return key;
}

const SEED = 'com.lyndir.masterpassword';

const PATTERNS: Readonly<Record<string, readonly string[]>> = {
  maximum: ['anoxxxxxxxxxxxxxxxxx', 'axxxxxxxxxxxxxxxxxno'],
  long: (
    'CvcvnoCvcvCvcv CvcvCvcvnoCvcv CvcvCvcvCvcvno CvccnoCvcvCvcv CvccCvcvnoCvcv CvccCvcvCvcvno CvcvnoCvccCvcv ' +
    'CvcvCvccnoCvcv CvcvCvccCvcvno CvcvnoCvcvCvcc CvcvCvcvnoCvcc CvcvCvcvCvccno CvccnoCvccCvcv CvccCvccnoCvcv ' +
    'CvccCvccCvcvno CvcvnoCvccCvcc CvcvCvccnoCvcc CvcvCvccCvccno CvccnoCvcvCvcc CvccCvcvnoCvcc CvccCvcvCvccno'
  ).split(' '),
  medium: ['CvcnoCvc', 'CvcCvcno'],
  short: ['Cvcn'],
  basic: ['aaanaaan', 'aannaaan', 'aaannaaa'],
  pin: ['nnnn'],
};

const CHARACTERS: Readonly<Record<string, string>> = {
  V: 'AEIOU',
  C: 'BCDFGHJKLMNPQRSTVWXYZ',
  v: 'aeiou',
  c: 'bcdfghjklmnpqrstvwxyz',
  A: 'AEIOUBCDFGHJKLMNPQRSTVWXYZ',
  a: 'AEIOUaeiouBCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz',
  n: DIGITS,
  o: "@&%?,=[]_:-+*$#!'^~;()/.",
  x: 'AEIOUaeiouBCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz0123456789!@#$%^&*()',
};

/** The Master Password algorithm. */
function derivePassword(
  crypto: CryptoProvider,
  options: { counter: number; kind: string; password: string; user: string; site: string },
): string {
  const patterns = PATTERNS[options.kind];
  if (patterns === undefined) return `cannot find password template ${options.kind}`;
  const user = toBytes(options.user);
  const site = toBytes(options.site);
  const salt = Uint8Array.of(...toBytes(SEED), ...uint32(user.length), ...user);
  const key = crypto.scrypt(toBytes(options.password), salt, { n: 32_768, r: 8, p: 2, length: 64 });
  const seed = crypto.hmacSha256(
    key,
    Uint8Array.of(...toBytes(SEED), ...uint32(site.length), ...site, ...uint32(options.counter)),
  );
  const pattern = patterns[(seed[0] ?? 0) % patterns.length] ?? '';
  return Array.from(pattern)
    .map((letter, index) => {
      const characters = CHARACTERS[letter] ?? '';
      return characters[(seed[index + 1] ?? 0) % characters.length] ?? '';
    })
    .join('');
}

function uint32(value: number): Uint8Array {
  return Uint8Array.of((value >>> 24) & 255, (value >>> 16) & 255, (value >>> 8) & 255, value & 255);
}

/** Sprig's certificate, with its key; both PEM. */
export function certificateObject({ certificate, key }: { certificate: string; key: string }): GoObject {
  return goObject('sprig.certificate', {
    fields: new Map([
      ['Cert', certificate],
      ['Key', key],
    ]),
  });
}

function certificateFunctions(crypto: Source): Record<string, GoFunction> {
  const create = (request: CertificateRequest): GoObject => certificateObject(crypto().createCertificate(request));
  const leaf = (commonName: string, ips: GoValue, names: GoValue, days: number): CertificateRequest => ({
    commonName,
    ips: texts(ips, (item) => `error parsing ip: ${item} is not a string`),
    dnsNames: texts(names, (item) => `error processing alternate dns name: ${item} is not a string`),
    days,
    isAuthority: false,
  });
  const authority = (commonName: string, days: number): CertificateRequest => ({
    ...leaf(commonName, null, null, days),
    isAuthority: true,
  });
  return {
    buildCustomCert: fn(['string', 'string'], (certificate, key) => customCertificate(crypto(), certificate, key)),
    genCA: fn(['string', 'int'], (name, days) => create(authority(name, days))),
    genCAWithKey: fn(['string', 'int', 'string'], (name, days, key) => create({ ...authority(name, days), key })),
    genSelfSignedCert: fn(['string', 'list', 'list', 'int'], (name, ips, names, days) =>
      create(leaf(name, ips, names, days)),
    ),
    genSelfSignedCertWithKey: fn(['string', 'list', 'list', 'int', 'string'], (name, ips, names, days, key) =>
      create({ ...leaf(name, ips, names, days), key }),
    ),
    genSignedCert: fn(['string', 'list', 'list', 'int', 'certificate'], (name, ips, names, days, issuer) =>
      create({ ...leaf(name, ips, names, days), issuer: issuerOf(issuer) }),
    ),
    genSignedCertWithKey: fn(
      ['string', 'list', 'list', 'int', 'certificate', 'string'],
      // oxlint-disable-next-line max-params -- sprig's function has so many
      (name, ips, names, days, issuer, key) =>
        create({ ...leaf(name, ips, names, days), issuer: issuerOf(issuer), key }),
    ),
  };
}

function texts(list: GoValue, problem: (item: string) => string): string[] {
  return (Array.isArray(list) ? list : []).map((item) => {
    if (typeof item !== 'string') throw new FunctionError(problem(goText(item)));
    return item;
  });
}

function issuerOf(value: GoObject): { certificate: string; key: string } {
  const field = (name: string): string => {
    const text = value.fields.get(name);
    return typeof text === 'string' ? text : '';
  };
  return { certificate: field('Cert'), key: field('Key') };
}

function customCertificate(crypto: CryptoProvider, certificate: string, key: string): GoObject {
  const decode = (text: string, what: string): string => {
    try {
      return atob(text);
    } catch (error) {
      throw new FunctionError(`unable to decode base64 ${what}`, { cause: error });
    }
  };
  const pair = { certificate: decode(certificate, 'certificate'), key: decode(key, 'private key') };
  crypto.checkCertificate(pair.certificate, pair.key);
  return certificateObject(pair);
}
