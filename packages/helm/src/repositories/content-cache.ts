/**
 * Charts and their provenance by the SHA-256 of the chart, laid out as helm's content cache, so that both share it.
 * Nothing gets in, and nothing comes out, whose digest is another.
 */
import { createHash } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { hasErrorCode } from '@kindred/machinery';
import { ChartError } from '../chart/chart.ts';
import { writeFileAtomically } from '../node/write-file.ts';

const HEX = /^[0-9a-f]{64}$/;

/** SHA-256 in hex. */
export function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** A digest as indexes and registries give it, in hex; empty when there is none. Throws ChartError. */
export function parseDigest(text: string): string {
  const digest = text.replace(/^sha256:/, '').toLowerCase();
  if (digest !== '' && !HEX.test(digest)) throw new ChartError(`invalid digest ${JSON.stringify(text)}`);
  return digest;
}

/** Throws ChartError when the bytes have another digest. */
export function checkDigest(bytes: Uint8Array, digest: string, source: string): void {
  const found = digestOf(bytes);
  if (found !== digest) {
    throw new ChartError(`digest of ${source} does not match: expected sha256:${digest}, got sha256:${found}`);
  }
}

function contentPath(cache: string, digest: string, kind: 'chart' | 'prov'): string {
  return join(cache, digest.slice(0, 2), `${digest}.${kind}`);
}

export interface CachedChart {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** The chart with this digest; undefined when it isn't there. One that was damaged is thrown away. */
export async function cachedChart(cache: string, digest: string): Promise<CachedChart | undefined> {
  const path = contentPath(cache, digest, 'chart');
  const bytes = await readIfThere(path);
  if (bytes === undefined) return undefined;
  if (digestOf(bytes) === digest) return { path, bytes };
  await rm(path, { force: true });
  return undefined;
}

/** Keeps a chart under its digest. */
export async function keepChart(cache: string, bytes: Uint8Array): Promise<CachedChart> {
  const path = contentPath(cache, digestOf(bytes), 'chart');
  await writeFileAtomically(path, bytes);
  return { path, bytes };
}

/** The provenance of the chart with this digest. */
export async function cachedProvenance(cache: string, digest: string): Promise<Uint8Array | undefined> {
  return readIfThere(contentPath(cache, digest, 'prov'));
}

export async function keepProvenance(cache: string, digest: string, bytes: Uint8Array): Promise<void> {
  await writeFileAtomically(contentPath(cache, digest, 'prov'), bytes);
}

async function readIfThere(path: string): Promise<Uint8Array | undefined> {
  try {
    const bytes = await readFile(path);
    return bytes.length === 0 ? undefined : bytes;
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}
