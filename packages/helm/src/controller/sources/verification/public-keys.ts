/** Public keys of signers, as cosign writes them (PEM): ECDSA, RSA (PKCS #1 v1.5) and Ed25519, each with its digest. */
import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { SourceError } from '../source-error.ts';

/** The keys among the entries of a Secret: those whose names end in `.pub`. @throws SourceError when there are none */
export function publicKeys(entries: ReadonlyMap<string, Uint8Array>): KeyObject[] {
  const names = [...entries.keys()].filter((name) => name.endsWith('.pub')).sort();
  if (names.length === 0)
    throw new SourceError('the Secret of those who may sign has no key with a name that ends in .pub');
  return names.map((name) => readKey(name, entries.get(name) ?? new Uint8Array()));
}

function readKey(name: string, pem: Uint8Array): KeyObject {
  try {
    const key = createPublicKey(Buffer.from(pem));
    if (['ec', 'rsa', 'ed25519'].includes(key.asymmetricKeyType ?? '')) return key;
  } catch {
    // Node's message tells of OpenSSL, not of the Secret.
  }
  throw new SourceError(`${name} of the Secret is no public key of a kind that is known (ECDSA, RSA, Ed25519)`);
}

/** Whether one of the keys made the signature of these bytes. */
export function isSignedBy(keys: readonly KeyObject[], data: Uint8Array, signature: Uint8Array): boolean {
  return keys.some((key) => digestsFor(key).some((digest) => verify(digest, data, key, signature)));
}

/** Ed25519 has its own; larger curves are used with either. */
function digestsFor(key: KeyObject): readonly (string | null)[] {
  if (key.asymmetricKeyType === 'ed25519') return [null];
  switch (key.asymmetricKeyDetails?.namedCurve) {
    case 'secp384r1':
      return ['sha256', 'sha384'];
    case 'secp521r1':
      return ['sha256', 'sha512'];
    default:
      return ['sha256'];
  }
}
