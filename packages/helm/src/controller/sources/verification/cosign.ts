/**
 * Signatures that cosign keeps beside an artifact of a registry (sigstore/cosign, SIGNATURE_SPEC.md and BUNDLE_SPEC.md): under
 * the tag `sha256-<digest>.sig`, or as what refers to the artifact, in the old form or as a bundle. Checked by public keys
 * only: no certificates, no transparency log.
 */
import type { KeyObject } from 'node:crypto';
import { isJsonObject, type JsonObject, type JsonValue } from '@kindred/machinery';
import { type Descriptor, parseManifest } from '../../../registry/manifest.ts';
import type { Reference } from '../../../registry/reference.ts';
import type { RegistryClient } from '../../../registry/registry-client.ts';
import { SourceError } from '../source-error.ts';
import { isSignedBy } from './public-keys.ts';

const PAYLOAD_TYPE = 'application/vnd.dev.cosign.simplesigning.v1+json';
const SIGNATURE_ARTIFACT = 'application/vnd.dev.cosign.artifact.sig.v1+json';
const BUNDLE_TYPE = /^application\/vnd\.dev\.sigstore\.bundle(?:\.v0\.\d+\+json|\+json;version=0\.\d+)$/;
const SIGNATURE_ANNOTATION = 'dev.cosignproject.cosign/signature';
const STATEMENT_TYPE = 'application/vnd.in-toto+json';
const SIGNATURE_PREDICATE = 'https://sigstore.dev/cosign/sign/v1';
const MOST_SIGNATURES = 64;

/** @throws SourceError unless one of the keys has signed the manifest of the reference's digest */
export async function verifyCosign(
  client: RegistryClient,
  reference: Reference,
  keys: readonly KeyObject[],
  signal?: AbortSignal,
): Promise<void> {
  const { digest } = reference;
  let seen = 0;
  for await (const { manifest, isBundle } of signatureManifests(client, reference, signal)) {
    for (const { descriptor, signature } of layersOf(manifest)) {
      const isWanted = isBundle ? BUNDLE_TYPE.test(descriptor.mediaType) : descriptor.mediaType === PAYLOAD_TYPE;
      if (!isWanted) continue;
      if (++seen > MOST_SIGNATURES) throw new SourceError(`${digest} has more than ${MOST_SIGNATURES} signatures`);
      const blob = await client.blob(reference, descriptor, signal);
      if (isBundle ? isBundleFor(digest, blob, keys) : isPayloadFor(digest, blob, signature, keys)) return;
    }
  }
  throw new SourceError(
    seen === 0 ? `no signatures found for ${digest}` : `no signature of ${digest} is by one of the keys of the Secret`,
  );
}

interface SignatureManifest {
  readonly manifest: JsonObject;
  readonly isBundle: boolean;
}

async function* signatureManifests(
  client: RegistryClient,
  reference: Reference,
  signal: AbortSignal | undefined,
): AsyncGenerator<SignatureManifest> {
  const tag = `${reference.digest.replace(':', '-')}.sig`;
  if (await client.hasManifest(reference, tag, signal)) {
    const { bytes } = await client.manifest({ ...reference, tag, digest: '' }, signal);
    yield { manifest: parsed(bytes), isBundle: false };
  }
  for (const { digest, artifactType = '' } of await client.referrers(reference, signal)) {
    const isBundle = BUNDLE_TYPE.test(artifactType);
    if (!isBundle && artifactType !== SIGNATURE_ARTIFACT) continue;
    const { bytes } = await client.manifest({ ...reference, digest }, signal);
    yield { manifest: parsed(bytes), isBundle };
  }
}

interface SignedLayer {
  readonly descriptor: Descriptor;
  /** In base64. */
  readonly signature: string;
}

function layersOf(manifest: JsonObject): SignedLayer[] {
  const content = parseManifest(Buffer.from(JSON.stringify(manifest)), '');
  if (content.kind === 'index') return [];
  const raw = Array.isArray(manifest['layers']) ? manifest['layers'] : [];
  return content.manifest.layers.map((descriptor, at) => ({ descriptor, signature: annotation(raw[at]) }));
}

function annotation(layer: JsonValue | undefined): string {
  const annotations = isJsonObject(layer) ? layer['annotations'] : undefined;
  const signature = isJsonObject(annotations) ? annotations[SIGNATURE_ANNOTATION] : undefined;
  return typeof signature === 'string' ? signature : '';
}

/** Whether a payload speaks of the digest, and is signed. */
function isPayloadFor(digest: string, payload: Uint8Array, signature: string, keys: readonly KeyObject[]): boolean {
  if (!isSignedBy(keys, payload, Buffer.from(signature, 'base64'))) return false;
  const critical = parsed(payload)['critical'];
  const image = isJsonObject(critical) ? critical['image'] : undefined;
  return isJsonObject(image) && image['docker-manifest-digest'] === digest;
}

/** The same for an envelope (DSSE) around a statement (in-toto) in a bundle. */
function isBundleFor(digest: string, bundle: Uint8Array, keys: readonly KeyObject[]): boolean {
  const envelope = parsed(bundle)['dsseEnvelope'];
  if (!isJsonObject(envelope) || envelope['payloadType'] !== STATEMENT_TYPE) return false;
  const { payload, signatures } = envelope;
  if (typeof payload !== 'string' || !Array.isArray(signatures)) return false;
  const body = Buffer.from(payload, 'base64');
  const head = `DSSEv1 ${STATEMENT_TYPE.length} ${STATEMENT_TYPE} ${body.length} `;
  const signed = Buffer.concat([Buffer.from(head), body]);
  const isSigned = signatures.slice(0, MOST_SIGNATURES).some((each) => {
    const sig = isJsonObject(each) ? each['sig'] : undefined;
    return typeof sig === 'string' && isSignedBy(keys, signed, Buffer.from(sig, 'base64'));
  });
  if (!isSigned) return false;
  const { predicateType, subject } = parsed(body);
  if (predicateType !== SIGNATURE_PREDICATE || !Array.isArray(subject)) return false;
  return subject.some((each) => {
    const digests = isJsonObject(each) ? each['digest'] : undefined;
    return isJsonObject(digests) && digests['sha256'] === digest.replace(/^sha256:/, '');
  });
}

function parsed(bytes: Uint8Array): JsonObject {
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString());
    if (isJsonObject(value)) return value;
  } catch (error) {
    throw new SourceError('a signature in the registry is not JSON', { cause: error });
  }
  throw new SourceError('a signature in the registry is no JSON object');
}
