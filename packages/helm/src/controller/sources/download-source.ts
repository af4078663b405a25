/** Archives of charts from repositories, registries and plain addresses, with their signatures checked where that is wanted. */
import { join } from 'node:path';
import { proxyFromEnvironment } from '@kindred/client';
import { RE2JS, RE2JSException } from 're2js';
import { matchVersion, versionsOfTags } from '../../registry/chart-versions.ts';
import { CHART_TYPE, parseManifest } from '../../registry/manifest.ts';
import { parseReference, type Reference, tagOf } from '../../registry/reference.ts';
import type { RegistryClient } from '../../registry/registry-client.ts';
import type { ChartPaths } from '../../repositories/chart-paths.ts';
import type { ChartContext, ChartSource as DownloadOptions } from '../../repositories/chart-source.ts';
import { checkDigest } from '../../repositories/content-cache.ts';
import { type DownloadedChart, downloadChart, resolveTag } from '../../repositories/download-chart.ts';
import { openRegistry } from '../../repositories/open-registry.ts';
import type { ChartSource } from '../intent/release-intent.ts';
import { chartOfArchive } from './chart-content.ts';
import type { FetchContext } from './fetch-context.ts';
import { type SourceSecrets, sourceSecrets } from './source-access.ts';
import { SourceError } from './source-error.ts';
import { credentialsOf } from './source-secret.ts';
import { verifyCosign } from './verification/cosign.ts';
import { verifyProvenance } from './verification/provenance.ts';
import { publicKeys } from './verification/public-keys.ts';

export type RemoteSource = Extract<ChartSource, { readonly type: 'repository' | 'oci' | 'archive' }>;
type OciSource = Extract<ChartSource, { readonly type: 'oci' }>;

/** The bytes of the archive. @throws SourceError, ChartError */
export async function downloadSource(source: RemoteSource, context: FetchContext): Promise<Uint8Array> {
  const secrets = sourceSecrets(context);
  const { data, tls, proxy } = await secrets.access(source.access);
  if (proxy !== undefined && !/^https?:$/.test(proxy.protocol)) {
    throw new SourceError(`charts of ${source.type} sources do not come through a proxy of ${proxy.protocol}`);
  }
  const host = /^\w+:\/\/([^/]+)/.exec(source.url)?.[1] ?? '';
  const { passCredentials } = source.access;
  const access = {
    ...credentialsOf(data, host),
    ...tls,
    ...(passCredentials === undefined ? {} : { passCredentialsAll: passCredentials }),
  };
  const chartContext = {
    paths: pathsBelow(context.cacheDirectory),
    warn: context.warn,
    report: () => undefined,
    proxy: proxy === undefined ? proxyFromEnvironment(context.environment) : () => proxy,
    indexes: context.indexes,
    ...(context.signal === undefined ? {} : { signal: context.signal }),
  };
  if (source.type === 'oci') return fromRegistry(source, access, chartContext, secrets);
  const { keyring } = source;
  const [reference, options] =
    source.type === 'repository'
      ? [source.name, { ...access, repo: source.url, version: source.version }]
      : [source.url, access];
  const downloaded = await downloadChart(reference, options, chartContext, keyring === undefined ? 'none' : 'required');
  if (source.type === 'archive' && source.digest !== undefined) {
    checkDigest(downloaded.archive, source.digest.replace(/^sha256:/, ''), `chart ${source.url}`);
  }
  return verified(downloaded, keyring, secrets);
}

async function verified(
  downloaded: DownloadedChart,
  keyring: RemoteSource['keyring'],
  secrets: SourceSecrets,
): Promise<Uint8Array> {
  if (keyring !== undefined) await verifyProvenance(downloaded, await secrets.keys(keyring));
  return downloaded.archive;
}

async function fromRegistry(
  source: OciSource,
  options: DownloadOptions,
  context: ChartContext,
  secrets: SourceSecrets,
): Promise<Uint8Array> {
  const { url, plainHttp, cosign, keyring, layerType = CHART_TYPE } = source;
  const client = await openRegistry({ ...options, plainHttp }, context.paths, context.proxy);
  try {
    const { registry, repository } = parseReference(url);
    const digest = await digestOf(client, source, context.signal);
    const reference = { registry, repository, tag: '', digest };
    // What is pulled below is what was signed: both go by the digest.
    if (cosign !== undefined) {
      await verifyCosign(client, reference, publicKeys(await secrets.keys(cosign)), context.signal);
    }
    if (layerType !== CHART_TYPE) return await layerOf(client, reference, layerType, context.signal);
    const need = keyring === undefined ? 'none' : 'required';
    const address = `oci://${registry}/${repository}@${digest}`;
    const pulled = await downloadChart(address, { plainHttp }, { ...context, registry: client }, need);
    // A registry has no names of files.
    return await verified(
      keyring === undefined ? pulled : { ...pulled, fileName: fileNameOf(pulled) },
      keyring,
      secrets,
    );
  } finally {
    client.close();
  }
}

/** As helm calls the archive of a chart. */
function fileNameOf({ archive }: DownloadedChart): string {
  const { name, version } = chartOfArchive(archive, { valuesFiles: [], ignoreMissingValuesFiles: false }).chart
    .metadata;
  return `${name}-${version}.tgz`;
}

/** Of the manifest that the source stands for at the moment. A tag of Flux may have any name, which helm doesn't take. */
async function digestOf(client: RegistryClient, source: OciSource, signal: AbortSignal | undefined): Promise<string> {
  const { url, tag, digest } = source;
  if (digest !== undefined) return digest;
  const reference = tag === undefined ? await resolved(client, source, signal) : { ...parseReference(url), tag };
  return reference.digest === '' ? (await client.manifest(reference, signal)).descriptor.digest : reference.digest;
}

async function resolved(
  client: RegistryClient,
  { url, version, tagFilter }: OciSource,
  signal: AbortSignal | undefined,
): Promise<Reference> {
  if (tagFilter === undefined) return resolveTag(client, url, version, signal);
  const reference = parseReference(url);
  const tags = (await client.tags(reference, signal)).filter(compiled(tagFilter));
  return { ...reference, tag: tagOf(matchVersion(versionsOfTags(tags), version)) };
}

function compiled(pattern: string): (tag: string) => boolean {
  try {
    const regex = RE2JS.compile(pattern);
    return (tag) => regex.matcher(tag).find();
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error;
    throw new SourceError(`${pattern} is no regular expression: ${error.message}`, { cause: error });
  }
}

async function layerOf(
  client: RegistryClient,
  reference: Reference,
  mediaType: string,
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  const { bytes, descriptor } = await client.manifest(reference, signal);
  const content = parseManifest(bytes, descriptor.mediaType);
  const layer =
    content.kind === 'index' ? undefined : content.manifest.layers.find((each) => each.mediaType === mediaType);
  if (layer === undefined) throw new SourceError(`${reference.digest} has no layer of the type ${mediaType}`);
  return client.blob(reference, layer, signal);
}

/** Files of helm's own that nobody has written here: no repositories, no credentials but those of the Secret. */
export function pathsBelow(directory: string): ChartPaths {
  return {
    repositoryConfig: join(directory, 'repositories.yaml'),
    repositoryCache: join(directory, 'repositories'),
    contentCache: join(directory, 'content'),
    registryConfig: join(directory, 'registry.json'),
  };
}
