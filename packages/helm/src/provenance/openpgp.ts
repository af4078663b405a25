/**
 * Signing and verifying of text (RFC 9580, cleartext signatures), with helm's words for what goes wrong. The library is
 * loaded when something must be signed or verified.
 */
import type * as OpenPgp from 'openpgp';
import { ChartError } from '../chart/chart.ts';

type Library = typeof OpenPgp;
type AnyKey = OpenPgp.Key;

const load = (): Promise<Library> => import('openpgp');

/** The keys of a file: GnuPG's old binary form (pubring.gpg, secring.gpg), or armored. */
export interface Keyring {
  readonly keys: readonly AnyKey[];
}

/** Throws ChartError. */
export async function readKeyring(data: Uint8Array): Promise<Keyring> {
  if (data.length === 0) return { keys: [] };
  if (Buffer.from(data.subarray(8, 12)).toString('latin1') === 'KBXf') {
    throw new ChartError(
      'the keyring is a keybox, which only GnuPG can read: write the keys to a file with `gpg --export` ' +
        '(`gpg --export-secret-keys` to sign)',
    );
  }
  const { readKeys } = await load();
  try {
    if (isArmored(data)) return { keys: await readKeys({ armoredKeys: Buffer.from(data).toString('latin1') }) };
    if ((data[0] ?? 0) < 0x80) throw new ChartError('openpgp: invalid data: tag byte does not have MSB set');
    return { keys: await readKeys({ binaryKeys: Uint8Array.from(data) }) };
  } catch (error) {
    if (error instanceof ChartError) throw error;
    throw new ChartError(`openpgp: invalid data: ${reason(error)}`, { cause: error });
  }
}

function isArmored(data: Uint8Array): boolean {
  return Buffer.from(data.subarray(0, 200)).toString('latin1').trimStart().startsWith('-----BEGIN PGP');
}

/** The key that a name, or a part of it, means. Throws ChartError when there are several, or none. */
export function findKey({ keys }: Keyring, name: string): AnyKey {
  const exact = keys.find((key) => key.getUserIDs().includes(name));
  if (exact !== undefined) return exact;
  const found = keys.flatMap((key) => key.getUserIDs().flatMap((user) => (user.includes(name) ? [key] : [])));
  if (found.length > 1) throw new ChartError(`more than one key contain the id "${name}"`);
  const [only] = found;
  if (only === undefined) throw new ChartError('private key not found');
  return only;
}

/**
 * The text with a signature. `passphrase` is asked when the key is locked; it gets the name of the key.
 * Throws ChartError.
 */
export async function signText(
  text: string,
  key: AnyKey,
  passphrase: (name: string) => Promise<string>,
): Promise<string> {
  const { createCleartextMessage, decryptKey, enums, sign } = await load();
  if (!key.isPrivate()) {
    throw new ChartError('provided key is not a private key. Try providing a keyring with secret keys');
  }
  const isOpen = key.isDecrypted();
  const unlocked = isOpen ? key : await unlock(key, await passphrase(key.getUserIDs()[0] ?? 'Unknown'), decryptKey);
  const message = await createCleartextMessage({ text });
  const config = { preferredHashAlgorithm: enums.hash.sha512 };
  const signed = await sign({ message, signingKeys: unlocked, config });
  // Line ends don't count in what is signed; helm's files have plain ones.
  return signed.replaceAll('\r\n', '\n');
}

async function unlock(
  privateKey: OpenPgp.PrivateKey,
  passphrase: string,
  decryptKey: Library['decryptKey'],
): Promise<OpenPgp.PrivateKey> {
  try {
    return await decryptKey({ privateKey, passphrase });
  } catch (error) {
    throw new ChartError('openpgp: invalid data: private key checksum failure', { cause: error });
  }
}

export interface SignedText {
  readonly text: string;
  readonly signer: Signer;
}

export interface Signer {
  readonly names: readonly string[];
  /** Hexadecimal, in capitals. */
  readonly fingerprint: string;
}

/** What was signed, when one of the keys signed it. Throws ChartError. */
export async function verifyText(signed: string, { keys }: Keyring): Promise<SignedText> {
  const { readCleartextMessage, verify } = await load();
  if (!signed.includes('-----BEGIN PGP SIGNED MESSAGE-----') || !signed.includes('-----BEGIN PGP SIGNATURE-----')) {
    throw new ChartError('signature block not found');
  }
  let message: OpenPgp.CleartextMessage;
  try {
    message = await readCleartextMessage({ cleartextMessage: signed });
  } catch (error) {
    throw new ChartError(`openpgp: invalid data: ${reason(error)}`, { cause: error });
  }
  const { signatures } = await verify({ message, verificationKeys: keys.map((key) => key.toPublic()) });
  const signature = signatures[0];
  if (signature === undefined) throw new ChartError('signature block not found');
  const key = keys.find((each) => each.getKeys(signature.keyID).length > 0);
  if (key === undefined) throw new ChartError('openpgp: signature made by unknown entity');
  try {
    await signature.verified;
  } catch (error) {
    throw new ChartError(`openpgp: invalid signature: ${reason(error)}`, { cause: error });
  }
  const signer = { names: key.getUserIDs(), fingerprint: key.getFingerprint().toUpperCase() };
  return { text: message.getText(), signer };
}

/** Throws ChartError unless one of the keys, each a file of keys, made the signature of these bytes. */
export async function verifyDetached(
  data: Uint8Array,
  armoredSignature: string,
  keyFiles: readonly Uint8Array[],
): Promise<void> {
  const { createMessage, readSignature, verify } = await load();
  const keys = (await Promise.all(keyFiles.map(readKeyring))).flatMap((keyring) => keyring.keys);
  let signature: OpenPgp.Signature;
  try {
    signature = await readSignature({ armoredSignature });
  } catch (error) {
    throw new ChartError(`openpgp: invalid data: ${reason(error)}`, { cause: error });
  }
  const message = await createMessage({ binary: Uint8Array.from(data) });
  const { signatures } = await verify({ message, signature, verificationKeys: keys.map((key) => key.toPublic()) });
  const known = signatures.filter(({ keyID }) => keys.some((key) => key.getKeys(keyID).length > 0));
  const [first] = known;
  if (first === undefined) throw new ChartError('openpgp: signature made by unknown entity');
  try {
    await first.verified;
  } catch (error) {
    throw new ChartError(`openpgp: invalid signature: ${reason(error)}`, { cause: error });
  }
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
