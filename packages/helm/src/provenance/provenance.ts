/** Provenance files: made for an archive, and checked against one (`helm package --sign`, `helm verify`). */
import { ChartError, type ChartMetadata } from '../chart/chart.ts';
import { metadataYaml } from '../packaging/package-chart.ts';
import { checkMessage, provenanceMessage } from './message.ts';
import { findKey, readKeyring, type Signer, signText, verifyText } from './openpgp.ts';

export interface SignOptions {
  /** Keyring with secret keys. */
  readonly keyring: Uint8Array;
  /** Name of the key, or a part of it. */
  readonly key: string;
  /** Asked when the key is locked. */
  readonly passphrase: (name: string) => Promise<string>;
}

export interface SignedArchive {
  readonly metadata: ChartMetadata;
  readonly archive: Uint8Array;
  readonly fileName: string;
}

/** The text of the provenance file of a chart. Throws ChartError. */
export function signArchive(chart: SignedArchive, options: SignOptions): Promise<string> {
  const { metadata, fileName, archive } = chart;
  return signFile({ message: metadataYaml(metadata), fileName, archive }, options);
}

export interface SignedFile {
  /** What is said of the archive beside its digest, as YAML. */
  readonly message: string;
  readonly fileName: string;
  readonly archive: Uint8Array;
}

/** The text of the provenance file of any archive. Throws ChartError. */
export async function signFile({ message, fileName, archive }: SignedFile, options: SignOptions): Promise<string> {
  const key = findKey(await readKeyring(options.keyring), options.key);
  return signText(provenanceMessage(message, fileName, archive), key, options.passphrase);
}

export interface Verification extends Signer {
  /** `sha256:…` */
  readonly digest: string;
}

/** Who vouches for the archive. Throws ChartError when nobody of the keyring does. */
export async function verifyArchive(
  { archive, fileName }: Pick<SignedArchive, 'archive' | 'fileName'>,
  provenance: Uint8Array,
  keyring: Uint8Array,
): Promise<Verification> {
  const { text, signer } = await verifyText(Buffer.from(provenance).toString('utf8'), await openKeyring(keyring));
  return { ...signer, digest: checkMessage(text, fileName, archive) };
}

async function openKeyring(data: Uint8Array) {
  try {
    return await readKeyring(data);
  } catch (error) {
    if (!(error instanceof ChartError)) throw error;
    throw new ChartError(`failed to load keyring: ${error.message}`, { cause: error });
  }
}

/** The lines that helm prints. */
export function verificationText({ names, fingerprint, digest }: Verification): string {
  const signers = names.map((name) => `Signed by: ${name}\n`).join('');
  return `${signers}Using Key With Fingerprint: ${fingerprint}\nChart Hash Verified: ${digest}\n`;
}
