/** Manifests and descriptors (OCI Image Specification), and the media types that helm gives a chart's parts. */
import { isJsonObject, type JsonObject, type JsonValue } from '@kindred/machinery';
import { ChartError } from '../chart/chart.ts';

export const CONFIG_TYPE = 'application/vnd.cncf.helm.config.v1+json';
export const CHART_TYPE = 'application/vnd.cncf.helm.chart.content.v1.tar+gzip';
export const PROVENANCE_TYPE = 'application/vnd.cncf.helm.chart.provenance.v1.prov';
/** What charts had before helm 3.7. */
export const LEGACY_CHART_TYPE = 'application/tar+gzip';

export const MANIFEST_TYPE = 'application/vnd.oci.image.manifest.v1+json';
export const MANIFEST_TYPES = [MANIFEST_TYPE, 'application/vnd.docker.distribution.manifest.v2+json'];
export const INDEX_TYPES = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
];

export interface Descriptor {
  readonly mediaType: string;
  /** `sha256:…`. */
  readonly digest: string;
  /** In bytes. */
  readonly size: number;
  readonly artifactType?: string;
  /** The name of the file that it is. */
  readonly title?: string;
}

export interface Manifest {
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
  readonly artifactType?: string;
}

/** Either the manifest of one artifact, or an index of several. */
export type ManifestContent =
  | { readonly kind: 'manifest'; readonly manifest: Manifest }
  | { readonly kind: 'index'; readonly manifests: readonly Descriptor[] };

/** Throws ChartError for what is neither. */
export function parseManifest(bytes: Uint8Array, mediaType: string): ManifestContent {
  const root = parseObject(bytes);
  const stated = typeof root['mediaType'] === 'string' ? root['mediaType'] : mediaType;
  const manifests = root['manifests'];
  if (INDEX_TYPES.includes(stated) || (Array.isArray(manifests) && root['config'] === undefined)) {
    return { kind: 'index', manifests: descriptors(manifests) };
  }
  const { config, layers, artifactType } = root;
  return {
    kind: 'manifest',
    manifest: {
      config: descriptor(config),
      layers: descriptors(layers),
      ...(typeof artifactType === 'string' ? { artifactType } : {}),
    },
  };
}

function parseObject(bytes: Uint8Array): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    throw new ChartError('the manifest is not JSON', { cause: error });
  }
  if (!isJsonObject(value)) throw new ChartError('the manifest is not a JSON object');
  return value;
}

function descriptors(value: JsonValue | undefined): Descriptor[] {
  return Array.isArray(value) ? value.map(descriptor) : [];
}

const TITLE = 'org.opencontainers.image.title';
const DIGEST = /^sha256:[0-9a-f]{64}$/;

function descriptor(value: JsonValue | undefined): Descriptor {
  if (!isJsonObject(value)) throw new ChartError('the manifest has a descriptor that is not an object');
  const { mediaType, digest, size, artifactType, annotations } = value;
  if (typeof mediaType !== 'string' || typeof digest !== 'string' || !DIGEST.test(digest)) {
    throw new ChartError(`the manifest has a descriptor without media type or SHA-256 digest`);
  }
  if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0) {
    throw new ChartError(`the manifest has a descriptor without a size: ${digest}`);
  }
  const title = isJsonObject(annotations) ? annotations[TITLE] : undefined;
  return {
    mediaType,
    digest,
    size,
    ...(typeof artifactType === 'string' ? { artifactType } : {}),
    ...(typeof title === 'string' ? { title } : {}),
  };
}
