/**
 * Gets the archive of a chart, from the content cache when its digest is known and it is there, else over the network;
 * whatever is kept has the digest that was announced. Its provenance comes along when it is wanted.
 */
import { errorText, goQuote } from '@kindred/machinery';
import { ChartError } from '../chart/chart.ts';
import { isOciReference, parseUrl } from '../http/url.ts';
import { matchVersion, versionsOfTags } from '../registry/chart-versions.ts';
import { pullChart } from '../registry/pull-chart.ts';
import {
  parseReference,
  type Reference,
  referenceText,
  tagOf,
  underscoreNote,
  versionOfTag,
} from '../registry/reference.ts';
import type { RegistryClient } from '../registry/registry-client.ts';
import type { ChartContext, ChartSource } from './chart-source.ts';
import { cachedChart, cachedProvenance, checkDigest, digestOf, keepChart, keepProvenance } from './content-cache.ts';
import { type FoundChart, findChart, wantedVersion } from './find-chart.ts';
import { openRegistry } from './open-registry.ts';
import { type FetchOptions, fetchFile } from './repository-access.ts';

export interface DownloadedChart {
  /** In the content cache. */
  readonly path: string;
  /** The archive's own name, `web-1.2.3.tgz`. */
  readonly fileName: string;
  readonly archive: Uint8Array;
  /** SHA-256 of the archive in hex. */
  readonly digest: string;
  /** Where it came from. */
  readonly url: string;
  readonly provenance: Uint8Array | undefined;
}

/** `required` fails when there is no provenance, `optional` goes on without. */
export type ProvenanceNeed = 'none' | 'optional' | 'required';

const MAX_ARCHIVE_BYTES = 128 * 1024 * 1024;
const MAX_PROVENANCE_BYTES = 4 * 1024 * 1024;
const ACCEPT = 'application/gzip,application/octet-stream';

/** Throws ChartError. */
export async function downloadChart(
  reference: string,
  source: ChartSource,
  context: ChartContext,
  provenance: ProvenanceNeed = 'none',
): Promise<DownloadedChart> {
  const { repo = '' } = source;
  if (isOciReference(repo)) {
    return downloadFromRegistry(`${repo.replace(/\/+$/, '')}/${reference}`, source, context, provenance);
  }
  if (isOciReference(reference)) return downloadFromRegistry(reference, source, context, provenance);
  const found = await findChart(reference, source, context);
  if (isOciReference(found.url)) {
    return downloadFromRegistry(found.url, { ...source, repo: '', version: '', devel: false }, context, provenance);
  }
  return downloadFound(reference, found, context, provenance);
}

async function downloadFound(
  reference: string,
  found: FoundChart,
  context: ChartContext,
  need: ProvenanceNeed,
): Promise<DownloadedChart> {
  const { contentCache } = context.paths;
  const known = found.digest === '' ? undefined : await cachedChart(contentCache, found.digest);
  const { path, bytes } = known ?? (await keepChart(contentCache, await fetchArchive(found, context)));
  const digest = found.digest === '' ? digestOf(bytes) : found.digest;
  return {
    path,
    fileName: fileNameOf(found.url),
    archive: bytes,
    digest,
    url: found.url,
    provenance: need === 'none' ? undefined : await fetchProvenance(reference, found, digest, context, need),
  };
}

async function fetchArchive(found: FoundChart, context: ChartContext): Promise<Uint8Array> {
  const bytes = await fetchFile(found.url, found.access, {
    accept: ACCEPT,
    maxBytes: MAX_ARCHIVE_BYTES,
    ...transport(context),
  });
  if (bytes.length === 0) throw new ChartError('downloaded chart data is empty');
  if (found.digest !== '') checkDigest(bytes, found.digest, `chart ${found.url}`);
  return bytes;
}

function transport({ signal, proxy, getter }: ChartContext): Pick<FetchOptions, 'signal' | 'proxy' | 'getter'> {
  return {
    ...(signal === undefined ? {} : { signal }),
    ...(proxy === undefined ? {} : { proxy }),
    ...(getter === undefined ? {} : { getter }),
  };
}

async function fetchProvenance(
  reference: string,
  found: FoundChart,
  digest: string,
  context: ChartContext,
  need: ProvenanceNeed,
): Promise<Uint8Array | undefined> {
  const { paths } = context;
  const known = await cachedProvenance(paths.contentCache, digest);
  if (known !== undefined) return known;
  const url = `${found.url}.prov`;
  try {
    const bytes = await fetchFile(url, found.access, {
      maxBytes: MAX_PROVENANCE_BYTES,
      ...transport(context),
    });
    await keepProvenance(paths.contentCache, digest, bytes);
    return bytes;
  } catch (error) {
    if (!(error instanceof ChartError)) throw error;
    if (need === 'required') throw new ChartError(`failed to fetch provenance ${goQuote(url)}`, { cause: error });
    context.report(`WARNING: Verification not found for ${reference}: ${errorText(error)}`);
    return undefined;
  }
}

/** The last part of the path, which must do for a file's name. */
function fileNameOf(url: string): string {
  const last = decoded(parseUrl(url).pathname).split('/').at(-1) ?? '';
  if (last === '' || last === '.' || last === '..' || /[\\\0]/.test(last)) {
    throw new ChartError(`${url} names no file`);
  }
  return last;
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch (error) {
    // Bytes that are no text stay escaped.
    if (error instanceof URIError) return path;
    throw error;
  }
}

async function downloadFromRegistry(
  reference: string,
  source: ChartSource,
  context: ChartContext,
  need: ProvenanceNeed,
): Promise<DownloadedChart> {
  const client = context.registry ?? (await openRegistry(source, context.paths, context.proxy));
  try {
    return await pull(client, reference, source, context, need);
  } finally {
    if (client !== context.registry) client.close();
  }
}

async function pull(
  client: RegistryClient,
  text: string,
  source: ChartSource,
  context: ChartContext,
  need: ProvenanceNeed,
): Promise<DownloadedChart> {
  const { contentCache } = context.paths;
  const reference = await resolveTag(client, text, wantedVersion(source), context.signal);
  const pulled = await pullChart(client, reference, {
    provenance: need !== 'none',
    cached: async (digest) => (await cachedChart(contentCache, digest.replace(/^sha256:/, '')))?.bytes,
    ...(context.signal === undefined ? {} : { signal: context.signal }),
  });
  if (pulled.isLegacy) context.report('Warning: chart media type application/tar+gzip is deprecated');
  reportPull(context, pulled.reference, pulled.digest);
  if (need === 'required' && pulled.provenance === undefined) {
    throw new ChartError(`failed to fetch provenance ${goQuote(`oci://${pulled.reference}.prov`)}`);
  }
  const digest = pulled.archiveDigest.replace(/^sha256:/, '');
  const { path } = (await cachedChart(contentCache, digest)) ?? (await keepChart(contentCache, pulled.archive));
  if (pulled.provenance !== undefined) await keepProvenance(contentCache, digest, pulled.provenance);
  return {
    path,
    fileName: registryFileName(reference),
    archive: pulled.archive,
    digest,
    url: `oci://${pulled.reference}`,
    provenance: pulled.provenance,
  };
}

function reportPull(context: ChartContext, reference: string, digest: string): void {
  context.report(`Pulled: ${reference}`);
  context.report(`Digest: ${digest}`);
  const note = underscoreNote(reference);
  if (note !== '') context.report(note);
}

/** The reference with the tag or digest to pull: a range is looked up among the tags. Throws ChartError. */
export async function resolveTag(
  client: RegistryClient,
  text: string,
  version: string,
  signal?: AbortSignal,
): Promise<Reference> {
  const reference = parseReference(text);
  if (version !== '' && reference.tag !== '' && reference.tag !== tagOf(version)) {
    throw new ChartError(`chart reference and version mismatch: ${version} is not ${reference.tag}`);
  }
  const wanted = version === '' ? reference.tag : version;
  if (reference.digest !== '') {
    if (wanted !== '')
      await checkTag(client, { ...reference, tag: tagOf(wanted), digest: '' }, reference.digest, signal);
    return { ...reference, tag: '' };
  }
  if (/^v?\d+(?:\.\d+)?(?:\.\d+)?(?:[-+_][\w.+-]*)?$/.test(wanted)) return { ...reference, tag: tagOf(wanted) };
  const versions = versionsOfTags(await client.tags(reference, signal));
  if (versions.length === 0) throw new ChartError(`unable to locate any tags in provided repository: ${text}`);
  return { ...reference, tag: tagOf(matchVersion(versions, wanted)) };
}

/** A tag beside a digest must stand for that digest, when it is there at all. */
async function checkTag(
  client: RegistryClient,
  tagged: Reference,
  digest: string,
  signal?: AbortSignal,
): Promise<void> {
  let found: string;
  try {
    found = (await client.manifest(tagged, signal)).descriptor.digest;
  } catch (error) {
    if (error instanceof ChartError && error.message === `${referenceText(tagged)}: not found`) return;
    throw error;
  }
  if (found !== digest) throw new ChartError(`chart reference digest mismatch: ${found} is not ${digest}`);
}

/** `name-version.tgz`; a digest stands where there is no version. */
function registryFileName({ repository, tag, digest }: Reference): string {
  const name = repository.split('/').at(-1) ?? repository;
  return tag === '' ? `${name}@${digest.replace(':', '-')}.tgz` : `${name}-${versionOfTag(tag)}.tgz`;
}
