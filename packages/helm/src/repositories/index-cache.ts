/**
 * Indexes of repositories in memory, for a process that looks charts up again and again: one request at a time for each
 * repository and credentials, asked with the validators of the last answer (RFC 9110, If-None-Match, If-Modified-Since), and
 * what was read of each chart shared. The text is kept packed; what was used longest ago goes when there is too much.
 */
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { type ProxyFor, unlessAborted } from '@kindred/client';
import { type Clock, systemClock } from '@kindred/machinery';
import { ChartError } from '../chart/chart.ts';
import { fromBytes } from '../go/bytes.ts';
import type { IndexFile } from './index-file.ts';
import type { FetchedFile, RepositoryAccess, Validators } from './repository-access.ts';
import { downloadChangedIndex, parseIndex, type UpdateOptions } from './repository-cache.ts';

export interface IndexCacheOptions {
  readonly clock?: Clock;
  /** Memory for all indexes, about; 32 MiB when not given. One that is larger alone is read each time. */
  readonly maxBytes?: number;
}

export interface IndexRequest extends UpdateOptions {
  /** The one chart that is looked for. */
  readonly chart: string;
  /** How long ago the server may have been asked, in milliseconds; 0 asks it now. */
  readonly maxAge: number;
}

interface KeptIndex {
  /** The text, by gzip. */
  readonly packed: Uint8Array;
  readonly validators: Validators;
  /** By the chart that was looked for. */
  readonly read: Map<string, Promise<IndexFile>>;
  /** What is read takes so much, about. */
  readBytes: number;
  checkedAt: number;
}

const DEFAULT_MAX_BYTES = 32 * 1024 * 1024;
/** What an entry takes in memory once it is read, compared with its text. */
const READ_FACTOR = 4;

const pack = promisify(gzip);
const unpack = promisify(gunzip);

/** Its owner closes it, which ends what is being fetched. */
export class IndexCache {
  readonly #clock: Clock;
  readonly #maxBytes: number;
  /** The one used last comes last. */
  readonly #kept = new Map<string, KeptIndex>();
  readonly #fetching = new Map<string, Promise<KeptIndex>>();
  readonly #closing = new AbortController();

  constructor({ clock = systemClock, maxBytes = DEFAULT_MAX_BYTES }: IndexCacheOptions = {}) {
    this.#clock = clock;
    this.#maxBytes = maxBytes;
  }

  /**
   * The part of the index that is about the chart. Waiting ends with the signal; the request goes on for the others.
   *
   * @throws ChartError
   */
  async index(access: RepositoryAccess, request: IndexRequest): Promise<IndexFile> {
    const key = keyOf(access, request.proxy);
    const known = this.#kept.get(key);
    const isFresh = known !== undefined && this.#clock.now() - known.checkedAt < request.maxAge;
    const kept = isFresh ? known : await unlessAborted(this.#fetched(key, access, request), request.signal);
    const index = await read(kept, access, request);
    this.#use(key, kept);
    return index;
  }

  close(): void {
    this.#closing.abort(new Error('the cache of indexes is closed'));
    this.#kept.clear();
  }

  /** Memory that it takes, about. */
  get bytes(): number {
    return [...this.#kept.values()].reduce((sum, kept) => sum + costOf(kept), 0);
  }

  #fetched(key: string, access: RepositoryAccess, request: IndexRequest): Promise<KeptIndex> {
    const running = this.#fetching.get(key);
    if (running !== undefined) return running;
    const fetching = this.#fetch(key, access, request).finally(() => this.#fetching.delete(key));
    this.#fetching.set(key, fetching);
    return fetching;
  }

  async #fetch(key: string, access: RepositoryAccess, { warn, proxy, getter }: IndexRequest): Promise<KeptIndex> {
    const known = this.#kept.get(key);
    const options = {
      warn,
      signal: this.#closing.signal,
      ...(proxy === undefined ? {} : { proxy }),
      ...(getter === undefined ? {} : { getter }),
    };
    const checkedAt = this.#clock.now();
    const answer = await downloadChangedIndex(access, options, known?.validators ?? {});
    if (answer !== undefined) return newlyKept(answer, checkedAt);
    if (known === undefined) throw new ChartError(`the repository ${access.url} has sent no index`);
    known.checkedAt = checkedAt;
    return known;
  }

  #use(key: string, kept: KeptIndex): void {
    this.#kept.delete(key);
    if (this.#closing.signal.aborted || costOf(kept) > this.#maxBytes) return;
    this.#kept.set(key, kept);
    let bytes = this.bytes;
    for (const [oldest, each] of this.#kept) {
      if (bytes <= this.#maxBytes) return;
      this.#kept.delete(oldest);
      bytes -= costOf(each);
    }
  }
}

/** Who may see an index: the address, the credentials and certificates, and the way there. */
function keyOf(access: RepositoryAccess, proxy: ProxyFor | undefined): string {
  const { url, username, password, passCredentialsAll, certFile, keyFile, caFile, insecureSkipTlsVerify } = access;
  const way = URL.canParse(url) ? proxy?.(new URL(url))?.href : undefined;
  const who = [username, password, passCredentialsAll, certFile, keyFile, caFile, insecureSkipTlsVerify];
  return JSON.stringify([url, way, ...who.map((each) => each ?? null)]);
}

async function newlyKept({ bytes, validators }: FetchedFile, checkedAt: number): Promise<KeptIndex> {
  return { packed: await pack(bytes, { level: 1 }), validators, read: new Map(), readBytes: 0, checkedAt };
}

async function read(kept: KeptIndex, access: RepositoryAccess, request: IndexRequest): Promise<IndexFile> {
  const { chart } = request;
  const known = kept.read.get(chart);
  if (known !== undefined) return known;
  const reading = readPacked(kept, access, request);
  kept.read.set(chart, reading);
  return reading.catch((error: unknown) => {
    kept.read.delete(chart);
    throw error;
  });
}

async function readPacked(
  kept: KeptIndex,
  { url }: RepositoryAccess,
  { chart, warn }: IndexRequest,
): Promise<IndexFile> {
  const text = fromBytes(await unpack(kept.packed));
  const { index, length } = parseIndex(text, url, warn, chart);
  kept.readBytes += length * READ_FACTOR;
  return index;
}

function costOf({ packed, readBytes }: KeptIndex): number {
  return packed.length + readBytes;
}
