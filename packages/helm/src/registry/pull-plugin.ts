/** Gets a plugin from a registry: an artifact whose layers are named after the archive and its provenance, as helm has it. */
import { ChartError } from '../chart/chart.ts';
import { type Descriptor, type Manifest, parseManifest } from './manifest.ts';
import { fetchManifest } from './pull-chart.ts';
import { type Reference, referenceText } from './reference.ts';
import type { RegistryClient } from './registry-client.ts';

const ARTIFACT_TYPE = 'application/vnd.helm.plugin.v1+json';

export interface PulledPlugin {
  readonly archive: Uint8Array;
  readonly provenance: Uint8Array | undefined;
}

/** Throws ChartError. @param name of the plugin, which the names of the layers begin with */
export async function pullPlugin(
  client: RegistryClient,
  reference: Reference,
  name: string,
  signal?: AbortSignal,
): Promise<PulledPlugin> {
  const found = await fetchManifest(client, reference, signal);
  const content = parseManifest(found.bytes, found.descriptor.mediaType);
  if (content.kind === 'index') throw new ChartError(`the index ${referenceText(reference)} is no plugin`);
  const { manifest } = content;
  expectPlugin(manifest);
  const layer = named(manifest, name, '.tgz');
  if (layer === undefined) {
    throw new ChartError(`required layer matching pattern ${name}-VERSION.tgz not found in manifest`);
  }
  const signature = named(manifest, name, '.tgz.prov');
  const [archive, provenance] = await Promise.all([
    client.blob(reference, layer, signal),
    signature === undefined ? undefined : client.blob(reference, signature, signal),
  ]);
  return { archive, provenance };
}

function expectPlugin({ artifactType = '', config }: Manifest): void {
  if (artifactType !== '' && artifactType !== ARTIFACT_TYPE) {
    throw new ChartError(`expected artifact type ${ARTIFACT_TYPE}, got ${artifactType}`);
  }
  if (artifactType === '' && config.mediaType !== ARTIFACT_TYPE) {
    throw new ChartError(
      `expected config media type ${ARTIFACT_TYPE} for legacy compatibility, got ${config.mediaType}`,
    );
  }
}

function named({ layers }: Manifest, name: string, end: string): Descriptor | undefined {
  return layers.find(({ title = '' }) => title.startsWith(`${name}-`) && title.endsWith(end));
}
