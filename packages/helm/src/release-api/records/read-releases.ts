/**
 * Reads records as whoever asks. Metadata comes first, and of the records themselves only those that are shown: a release
 * has ten of them, each with a whole chart.
 */
import { Secret } from '@kindred/apis/core/v1';
import type { Client } from '@kindred/client';
import { isStatusError, type Observed } from '@kindred/machinery';
import { newestOnly, type RecordMetadata, recordMetadata, recordsOf } from './record-metadata.ts';

/** Records that are fetched at the same time. */
const PARALLEL = 8;

export interface ReadingOptions {
  readonly client: Client;
  /** Empty: all. */
  readonly namespace: string;
  readonly signal: AbortSignal;
}

export interface FoundRecords {
  readonly records: readonly RecordMetadata[];
  readonly resourceVersion: string;
}

/** The metadata of all records, or of those of one release. `resourceVersion`: exactly that state. */
export async function findRecords(
  { client, namespace, signal }: ReadingOptions,
  { release, resourceVersion }: { readonly release?: string | undefined; readonly resourceVersion?: string } = {},
): Promise<FoundRecords> {
  const { items, resourceVersion: state } = await client.list(Secret, namespace === '' ? {} : { namespace }, {
    labelSelector: recordsOf(release),
    projection: 'metadata',
    signal,
    ...(resourceVersion === undefined ? {} : { resourceVersion, resourceVersionMatch: 'Exact' }),
  });
  return { records: items.flatMap((item) => recordMetadata(item) ?? []), resourceVersion: state };
}

/** The Secret with the newest record of a release; undefined when there is none. */
export async function newestRecord(options: ReadingOptions, release: string): Promise<Observed<Secret> | undefined> {
  // Whoever keeps writing new revisions can't keep this from ending.
  for (let attempt = 0; attempt < 5; attempt++) {
    const [newest] = newestOnly((await findRecords(options, { release })).records);
    if (newest === undefined) return undefined;
    const secret = await recordAt(options, newest);
    if (secret !== undefined) return secret;
  }
  return undefined;
}

/** One record; undefined when there is none. */
export async function recordAt(
  { client, signal }: ReadingOptions,
  { namespace, secret }: Pick<RecordMetadata, 'namespace' | 'secret'>,
): Promise<Observed<Secret> | undefined> {
  try {
    return await client.get(Secret, { namespace, name: secret }, { signal });
  } catch (error) {
    if (isStatusError(error, 'NotFound')) return undefined;
    throw error;
  }
}

/** The Secrets of these records, in their order; of one that is gone by now the next newest of its release. */
export async function readNewest(
  options: ReadingOptions,
  records: readonly RecordMetadata[],
): Promise<Observed<Secret>[]> {
  return inParallel(records, async (record) => {
    const { namespace, name } = record;
    return (await recordAt(options, record)) ?? newestRecord({ ...options, namespace }, name);
  });
}

/** The Secrets of these records, in their order, without those that are gone by now. */
export async function readRecords(
  options: ReadingOptions,
  records: readonly RecordMetadata[],
): Promise<Observed<Secret>[]> {
  return inParallel(records, (record) => recordAt(options, record));
}

async function inParallel<T, R>(items: readonly T[], run: (item: T) => Promise<R | undefined>): Promise<R[]> {
  const results: (R | undefined)[] = [];
  const entries = items.entries();
  const worker = async (): Promise<void> => {
    for (const [index, item] of entries) results[index] = await run(item);
  };
  await Promise.all(Array.from({ length: PARALLEL }, worker));
  return results.filter((result) => result !== undefined);
}
