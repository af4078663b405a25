/** Puts a chart into a registry, with the manifest, the config and the annotations that helm gives it. */
import { ChartError, type ChartMetadata, type Maintainer } from '../chart/chart.ts';
import { goJsonText, metadataRecord } from '../chart/metadata-json.ts';
import { digestOf } from '../repositories/content-cache.ts';
import { CHART_TYPE, CONFIG_TYPE, MANIFEST_TYPE, PROVENANCE_TYPE } from './manifest.ts';
import { parseReference, type Reference, referenceText, tagOf } from './reference.ts';
import type { RegistryClient } from './registry-client.ts';

export interface ChartToPush {
  readonly archive: Uint8Array;
  /** Of the chart in the archive. */
  readonly metadata: ChartMetadata;
  readonly provenance?: Uint8Array;
  /** When the archive was written; RFC 3339, for the annotation. */
  readonly created: string;
}

export interface PushedChart {
  readonly reference: string;
  /** Digest of the manifest. */
  readonly digest: string;
}

/**
 * Pushes to `<remote>/<name>:<version>`. The manifest comes last, so that nobody finds a chart whose parts aren't there.
 * Throws ChartError.
 */
export async function pushChart(
  client: RegistryClient,
  remote: string,
  chart: ChartToPush,
  signal?: AbortSignal,
): Promise<PushedChart> {
  const { metadata, archive, provenance } = chart;
  const base = remote.replace(/^oci:\/\//, '').replace(/\/+$/, '');
  const reference = parseReference(`${base}/${metadata.name}:${tagOf(metadata.version)}`);
  const config = Buffer.from(goJsonText(metadataRecord(metadata)));
  const layers = [
    describe(CHART_TYPE, archive),
    ...(provenance === undefined ? [] : [describe(PROVENANCE_TYPE, provenance)]),
  ];
  layers.sort((a, b) => (a.digest < b.digest ? -1 : 1));
  const manifest = Buffer.from(
    goJsonText({
      schemaVersion: 2,
      config: describe(CONFIG_TYPE, config),
      layers,
      annotations: chartAnnotations(metadata, chart.created),
    }),
  );
  const digest = `sha256:${digestOf(manifest)}`;
  const put = (wanted: Reference) => client.pushManifest(wanted, manifest, MANIFEST_TYPE, signal);
  // A manifest that is there has its parts there.
  if (!(await step('Exists', () => client.hasManifest(reference, digest, signal)))) {
    const parts = [config, archive, ...(provenance === undefined ? [] : [provenance])];
    for (const blob of parts) await pushPart(client, reference, blob, signal);
    await step('Push', () => put({ ...reference, digest }));
  }
  await step('Tag', () => put(reference));
  return { reference: referenceText(reference), digest };
}

async function pushPart(
  client: RegistryClient,
  reference: Reference,
  blob: Uint8Array,
  signal: AbortSignal | undefined,
): Promise<void> {
  const digest = `sha256:${digestOf(blob)}`;
  if (await step('Exists', () => client.hasBlob(reference, digest, signal))) return;
  await step('Push', () => client.pushBlob(reference, blob, signal));
}

/** Names the part of a push that failed, as helm does. */
async function step<T>(name: 'Exists' | 'Push' | 'Tag', run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof ChartError)) throw error;
    throw new ChartError(`failed to perform "${name}" on destination: ${error.message}`, { cause: error });
  }
}

function describe(mediaType: string, bytes: Uint8Array): { mediaType: string; digest: string; size: number } {
  return { mediaType, digest: `sha256:${digestOf(bytes)}`, size: bytes.length };
}

const PREFIX = 'org.opencontainers.image.';
const FIXED: ReadonlySet<string> = new Set([`${PREFIX}version`, `${PREFIX}title`]);

/** The annotations of the OCI Image Specification that a chart has an answer for, then the chart's own. */
function chartAnnotations(metadata: ChartMetadata, created: string): Record<string, string> {
  const standard = {
    description: metadata.description,
    title: metadata.name,
    version: metadata.version,
    url: metadata.home,
    created,
    source: metadata.sources[0] ?? '',
    authors: metadata.maintainers.map(authorText).join(', '),
  };
  const all = new Map(Object.entries(standard).map(([name, value]) => [PREFIX + name, value]));
  for (const [name, value] of all) if (value.trim() === '') all.delete(name);
  for (const [name, value] of metadata.annotations ?? []) if (!FIXED.has(name)) all.set(name, value);
  return Object.fromEntries([...all].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function authorText({ name, email }: Maintainer): string {
  return email === '' ? name : `${name} (${email})`;
}
