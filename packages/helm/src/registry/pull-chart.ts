/** Gets a chart from a registry: the manifest, then config, archive and provenance, as far as they are wanted. */
import { ChartError, type ChartMetadata } from '../chart/chart.ts';
import { metadataOf } from '../chart/metadata.ts';
import { fromBytes } from '../go/bytes.ts';
import { decodeGoJson } from '../go/json-reader.ts';
import {
  CHART_TYPE,
  CONFIG_TYPE,
  type Descriptor,
  LEGACY_CHART_TYPE,
  type Manifest,
  PROVENANCE_TYPE,
  parseManifest,
} from './manifest.ts';
import { type Reference, referenceText } from './reference.ts';
import type { RegistryClient, RegistryManifest } from './registry-client.ts';

export interface PullOptions {
  readonly signal?: AbortSignal;
  /** Gets the provenance too, when there is one. */
  readonly provenance?: boolean;
  /** Knows archives by digest (`sha256:…`), so that they needn't come again. */
  readonly cached?: (digest: string) => Promise<Uint8Array | undefined>;
}

export interface PulledChart {
  /** What was asked for, `host/path:tag` or `host/path@digest`. */
  readonly reference: string;
  /** Digest of the manifest (or index) that the reference stands for. */
  readonly digest: string;
  readonly metadata: ChartMetadata;
  readonly archive: Uint8Array;
  readonly archiveDigest: string;
  readonly provenance: Uint8Array | undefined;
  /** It has the media type from before helm 3.7. */
  readonly isLegacy: boolean;
}

const MAX_INDEXED = 32;

/** Throws ChartError. */
export async function pullChart(
  client: RegistryClient,
  reference: Reference,
  options: PullOptions = {},
): Promise<PulledChart> {
  const { signal, cached } = options;
  const found = await fetchManifest(client, reference, signal);
  const manifest = await chartManifest(client, reference, found, signal);
  const layer = manifest.layers.find(isChart);
  if (manifest.config.mediaType !== CONFIG_TYPE) {
    throw new ChartError(`could not load config with mediatype ${CONFIG_TYPE}`);
  }
  if (layer === undefined) throw new ChartError(`manifest does not contain a layer with mediatype ${CHART_TYPE}`);
  const signature = manifest.layers.find(({ mediaType }) => mediaType === PROVENANCE_TYPE);
  const wantsSignature = options.provenance === true && signature !== undefined;
  const [config, archive, provenance] = await Promise.all([
    client.blob(reference, manifest.config, signal),
    cached?.(layer.digest).then((known) => known ?? client.blob(reference, layer, signal)) ??
      client.blob(reference, layer, signal),
    wantsSignature ? client.blob(reference, signature, signal) : undefined,
  ]);
  return {
    reference: referenceText(reference),
    digest: found.descriptor.digest,
    metadata: metadataOf(decodeGoJson(fromBytes(config))),
    archive,
    archiveDigest: layer.digest,
    provenance,
    isLegacy: layer.mediaType === LEGACY_CHART_TYPE,
  };
}

export async function fetchManifest(
  client: RegistryClient,
  reference: Reference,
  signal: AbortSignal | undefined,
): Promise<RegistryManifest> {
  try {
    return await client.manifest(reference, signal);
  } catch (error) {
    if (!(error instanceof ChartError)) throw error;
    throw new ChartError(`failed to perform "FetchReference" on source: ${error.message}`, { cause: error });
  }
}

function isChart({ mediaType }: Descriptor): boolean {
  return mediaType === CHART_TYPE || mediaType === LEGACY_CHART_TYPE;
}

/** The manifest itself, or the first one of an index that is a chart's. */
async function chartManifest(
  client: RegistryClient,
  reference: Reference,
  found: RegistryManifest,
  signal: AbortSignal | undefined,
): Promise<Manifest> {
  const content = parseManifest(found.bytes, found.descriptor.mediaType);
  if (content.kind === 'manifest') return content.manifest;
  const typed = content.manifests.filter(({ artifactType }) => artifactType === CONFIG_TYPE);
  for (const { digest } of (typed.length === 0 ? content.manifests : typed).slice(0, MAX_INDEXED)) {
    const inner = await client.manifest({ ...reference, tag: '', digest }, signal);
    const parsed = parseManifest(inner.bytes, inner.descriptor.mediaType);
    if (parsed.kind === 'manifest' && parsed.manifest.config.mediaType === CONFIG_TYPE) return parsed.manifest;
  }
  throw new ChartError(`the index ${referenceText(reference)} holds no chart`);
}
