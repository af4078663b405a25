/**
 * Answers that hold for a while: the same question isn't asked twice within it, nor twice at once.
 */
import type { Clock } from '@kindred/machinery';

export interface ExpiringCacheOptions {
  readonly clock: Clock;
  /** Milliseconds. */
  readonly lifetime: number;
  /** The oldest answer goes when there are more. */
  readonly maxEntries: number;
}

interface Entry<T> {
  readonly answer: Promise<T>;
  readonly until: number;
}

export class ExpiringCache<T> {
  readonly #options: ExpiringCacheOptions;
  /** In the order in which they were asked, which is that of their end. */
  readonly #entries = new Map<string, Entry<T>>();

  constructor(options: ExpiringCacheOptions) {
    this.#options = options;
  }

  /** The known answer, or the one that `ask` gives. A failure isn't remembered. */
  get(key: string, ask: () => Promise<T>): Promise<T> {
    const { clock, lifetime, maxEntries } = this.#options;
    const now = clock.now();
    const known = this.#entries.get(key);
    if (known !== undefined && now < known.until) return known.answer;
    // Its place is at the end again.
    this.#entries.delete(key);
    const entry = { answer: ask(), until: now + lifetime };
    this.#entries.set(key, entry);
    entry.answer.catch(() => {
      if (this.#entries.get(key) === entry) this.#entries.delete(key);
    });
    for (const [oldest, { until }] of this.#entries) {
      if (now < until && this.#entries.size <= maxEntries) break;
      this.#entries.delete(oldest);
    }
    return entry.answer;
  }
}
