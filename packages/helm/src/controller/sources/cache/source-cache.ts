/**
 * The directory in which sources are kept between reconciles: charts, indexes, copies of git repositories, certificates. It
 * belongs to the controllers of one extension: the first that starts opens it, the last that stops closes it. While it is open
 * it is swept every hour. One below the system's temporary directory is for this process only and goes with it; those of
 * processes that were killed are removed by the next one that starts.
 */
import { lstat, mkdir, readdir, rm, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Clock, hasErrorCode } from '@kindred/machinery';
import { sweepCache } from './sweep-cache.ts';

const HOUR = 3_600_000;
/** A directory that is swept is touched; a process of another container may be alive and not to be seen. */
const ABANDONED = 2 * HOUR;
const DEFAULT_MOST_BYTES = 1024 ** 3;

const TEMPORARY = /^kindred-helm\.[0-9a-f]+\.(\d+)$/;

/** Nobody can guess it, and make such a directory before: everybody may write beside it. */
export function temporaryCacheName(random: string, pid: number): string {
  return `kindred-helm.${random}.${pid}`;
}

export interface SourceCacheOptions {
  readonly directory: string;
  /** It is removed when it is closed. Its name is one of `temporaryCacheName`. */
  readonly isTemporary: boolean;
  /** 1 GiB when not given. */
  readonly mostBytes?: number | undefined;
  /** Whether a process is there. */
  readonly isAlive: (pid: number) => boolean;
  /** Of this process; undefined where users have none. */
  readonly userId: number | undefined;
}

export class SourceCache {
  readonly #options: SourceCacheOptions;
  #users = 0;
  #sweeping: Promise<void> = Promise.resolve();
  #cancel: () => void = () => undefined;

  constructor(options: SourceCacheOptions) {
    this.#options = options;
  }

  get directory(): string {
    return this.#options.directory;
  }

  /** Begins to sweep, unless somebody has it open. What is returned closes it. Failures of sweeping are told, not thrown. */
  open(clock: Clock, onError: (error: unknown) => void): () => Promise<void> {
    this.#users++;
    if (this.#users === 1) this.#sweep(clock, onError);
    return () => this.#close();
  }

  async #close(): Promise<void> {
    this.#users--;
    if (this.#users > 0) return;
    this.#cancel();
    await this.#sweeping;
    const { directory, isTemporary } = this.#options;
    if (isTemporary) await rm(directory, { recursive: true, force: true });
  }

  #sweep(clock: Clock, onError: (error: unknown) => void): void {
    this.#sweeping = this.#sweepOnce(clock.now())
      .catch(onError)
      .then(() => {
        if (this.#users > 0) this.#cancel = clock.after(HOUR, () => this.#sweep(clock, onError));
      });
  }

  async #sweepOnce(now: number): Promise<void> {
    const { directory, isTemporary, mostBytes = DEFAULT_MOST_BYTES } = this.#options;
    await mkdir(directory, { recursive: true, mode: 0o700 });
    if (isTemporary) {
      await this.#claim(now);
      await this.#removeAbandoned(now);
    }
    await sweepCache(directory, { now, mostBytes });
  }

  /** Nobody else may have made it: what is in it is trusted, and secret. */
  async #claim(now: number): Promise<void> {
    const { directory, userId } = this.#options;
    const status = await lstat(directory);
    if (!status.isDirectory() || (userId !== undefined && status.uid !== userId)) {
      throw new Error(`The directory for charts ${directory} belongs to somebody else`);
    }
    await utimes(directory, now / 1000, now / 1000);
  }

  async #removeAbandoned(now: number): Promise<void> {
    const { directory, isAlive, userId } = this.#options;
    for (const name of await readdir(dirname(directory))) {
      const id = TEMPORARY.exec(name)?.[1];
      if (id === undefined || isAlive(Number(id))) continue;
      const path = join(dirname(directory), name);
      const status = await lstat(path).catch((error: unknown) => {
        if (hasErrorCode(error, 'ENOENT')) return undefined;
        throw error;
      });
      if (status === undefined || !status.isDirectory() || (userId !== undefined && status.uid !== userId)) continue;
      if (now - status.mtimeMs > ABANDONED) await rm(path, { recursive: true, force: true });
    }
  }
}
