/**
 * Stable generators: what functions with randomness gave before, for a release that is rendered again. Without them each
 * upgrade of a chart with `randAlphaNum` or `genCA` makes other passwords and certificates.
 *
 * A result belongs to the template that asked, the function, its arguments, and which of equal requests it was. So it
 * survives edits of the chart elsewhere, and another request (a longer password, another name in a certificate, another
 * authority) is generated anew.
 */
import { toBytes } from '../go/bytes.ts';
import { type GoFunction, type GoValue, goInt, isInt, isObject } from '../go/value.ts';
import { type CryptoProvider, certificateObject, hex } from './crypto.ts';

/** One result, as JSON can hold it. */
export interface GeneratedValue {
  readonly text?: string;
  readonly int?: number;
  readonly certificate?: { readonly certificate: string; readonly key: string };
  /** Milliseconds since 1970 from which on it is generated anew. */
  readonly renewAt?: number;
}

/** What is remembered between the renders of one release. */
export interface GeneratorMemory {
  /** A render begins: what the one before asked for doesn't count. */
  readonly begin: () => void;
  readonly recall: (key: string) => GeneratedValue | undefined;
  readonly keep: (key: string, value: GeneratedValue) => void;
}

export interface StableGenerators {
  readonly memory: GeneratorMemory;
  /** The template that runs: the file, and the named template that it includes. */
  readonly position: () => string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly crypto: Pick<CryptoProvider, 'hash'>;
}

/** Where among the arguments of a function the days stand that a certificate is valid for; undefined for other results. */
const GENERATORS: Readonly<Record<string, number | undefined>> = {
  bcrypt: undefined,
  encryptAES: undefined,
  genCA: 1,
  genCAWithKey: 1,
  genPrivateKey: undefined,
  genSelfSignedCert: 3,
  genSelfSignedCertWithKey: 3,
  genSignedCert: 3,
  genSignedCertWithKey: 3,
  htpasswd: undefined,
  randAlpha: undefined,
  randAlphaNum: undefined,
  randAscii: undefined,
  randBytes: undefined,
  randInt: undefined,
  randNumeric: undefined,
  shuffle: undefined,
  uuidv4: undefined,
};

const DAY = 86_400_000;
/** A certificate is made anew when less than a third of its life is left. */
const LIFE_USED = 2 / 3;
/** Hexadecimal digits of a digest that tell requests apart. */
const DIGEST_LENGTH = 32;

/** The functions of the table whose results are remembered, for one render; to be put in their place. */
export function stableGenerators(
  table: ReadonlyMap<string, GoFunction>,
  { memory, position, now, crypto }: StableGenerators,
): Map<string, GoFunction> {
  const counts = new Map<string, number>();
  memory.begin();
  const keyOf = (name: string, args: readonly GoValue[]): string => {
    const request = `${position()} ${name} ${digestOf(crypto, args)}`;
    const count = (counts.get(request) ?? 0) + 1;
    counts.set(request, count);
    return `${request} ${count}`;
  };
  const stable = (name: string, generator: GoFunction, days: number | undefined): GoFunction => ({
    ...generator,
    run: (args) => {
      const key = keyOf(name, args);
      const known = memory.recall(key);
      if (known !== undefined && !(known.renewAt !== undefined && now() >= known.renewAt)) return revived(known);
      const generated = generator.run(args);
      const value = storable(generated);
      if (value === undefined) return generated;
      memory.keep(key, days === undefined ? value : { ...value, renewAt: renewAt(now(), args[days]) });
      return generated;
    },
  });
  return new Map(
    Object.entries(GENERATORS).flatMap(([name, days]) => {
      const generator = table.get(name);
      return generator === undefined ? [] : [[name, stable(name, generator, days)] as const];
    }),
  );
}

function renewAt(now: number, days: GoValue): number {
  return now + (isInt(days) ? Number(days.value) : 0) * DAY * LIFE_USED;
}

function storable(value: GoValue): GeneratedValue | undefined {
  if (typeof value === 'string') return { text: value };
  if (isInt(value)) return { int: Number(value.value) };
  if (!isObject(value)) return undefined;
  const certificate = value.fields.get('Cert');
  const key = value.fields.get('Key');
  return typeof certificate === 'string' && typeof key === 'string' ? { certificate: { certificate, key } } : undefined;
}

function revived({ text, int, certificate }: GeneratedValue): GoValue {
  if (certificate !== undefined) return certificateObject(certificate);
  return int === undefined ? (text ?? '') : goInt(int);
}

/** Arguments may be secrets themselves, so only their digest is part of a key. */
function digestOf(crypto: Pick<CryptoProvider, 'hash'>, args: readonly GoValue[]): string {
  const text = JSON.stringify(args, (_key, value: unknown) => {
    if (typeof value === 'bigint') return String(value);
    return value instanceof Map ? [...value] : value;
  });
  return hex(crypto.hash('sha256', toBytes(text))).slice(0, DIGEST_LENGTH);
}
