/**
 * What was fetched for each release: asked for again when the interval is over, the source has changed, or somebody wants it.
 * Names and digests are kept for all; the charts themselves, which are large, only for those that were needed last.
 */
import type { Clock } from '@kindred/machinery';
import type { ReleaseIntent } from '../intent/release-intent.ts';
import type { FetchedChart } from './chart-content.ts';
import { sourceKey } from './fetch-chart.ts';

/** What can be told without the chart. */
export interface ChartIdentity {
  readonly name: string;
  readonly version: string;
  readonly digest: string;
  readonly origin: string;
}

interface Entry {
  readonly sourceKey: string;
  readonly identity: ChartIdentity;
  readonly fetchedAt: number;
}

const MOST_CHARTS = 8;

export class ChartCache {
  readonly #clock: Clock;
  readonly #entries = new Map<string, Entry>();
  /** By the release's key; the one used last comes last. */
  readonly #charts = new Map<string, { readonly sourceKey: string; readonly fetched: FetchedChart }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** What the source stands for; `fetch` is called when that isn't known, or not any more. */
  async identify(
    key: string,
    intent: ReleaseIntent,
    options: { readonly isForced: boolean; readonly fetch: () => Promise<FetchedChart> },
  ): Promise<ChartIdentity> {
    const known = this.#entries.get(key);
    const source = sourceKey(intent);
    // An object of the cluster is near, and its changes are watched.
    const isFresh =
      known?.sourceKey === source &&
      !options.isForced &&
      intent.source.type !== 'configMap' &&
      this.#clock.now() - known.fetchedAt < intent.interval;
    return isFresh ? known.identity : this.#fetch(key, source, options.fetch);
  }

  /** The chart that `identify` spoke of; fetched once more when it was put aside. */
  async chart(key: string, intent: ReleaseIntent, fetch: () => Promise<FetchedChart>): Promise<FetchedChart> {
    const source = sourceKey(intent);
    const known = this.#charts.get(key);
    if (known?.sourceKey === source) {
      this.#use(key, source, known.fetched);
      return known.fetched;
    }
    await this.#fetch(key, source, fetch);
    return this.#charts.get(key)?.fetched ?? fetch();
  }

  /** For a release that is gone. */
  forget(key: string): void {
    this.#entries.delete(key);
    this.#charts.delete(key);
  }

  async #fetch(key: string, source: string, fetch: () => Promise<FetchedChart>): Promise<ChartIdentity> {
    const fetched = await fetch();
    const { name, version } = fetched.chart.metadata;
    const identity = { name, version, digest: fetched.digest, origin: fetched.origin };
    this.#entries.set(key, { sourceKey: source, identity, fetchedAt: this.#clock.now() });
    this.#use(key, source, fetched);
    return identity;
  }

  #use(key: string, source: string, fetched: FetchedChart): void {
    this.#charts.delete(key);
    this.#charts.set(key, { sourceKey: source, fetched });
    const oldest = this.#charts.keys().next();
    if (this.#charts.size > MOST_CHARTS && !oldest.done) this.#charts.delete(oldest.value);
  }
}
