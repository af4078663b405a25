/**
 * What was fetched for each release: asked for again when the interval is over, the source has changed, or somebody wants it.
 * Names and digests are kept for all; the charts themselves, which are large, only for those that were needed last.
 */
import type { Clock } from '@kindred/machinery';
import type { ReleaseIntent } from '../intent/release-intent.ts';
import type { FetchedChart } from './chart-content.ts';
import { sourceKey } from './fetch-chart.ts';
import type { KnownCharts } from './known-charts.ts';

/** Which chart a release is made of, and how often that is asked. */
type SourceIntent = Pick<
  ReleaseIntent,
  'source' | 'valuesFiles' | 'ignoreMissingValuesFiles' | 'interval' | 'sourceInterval' | 'sourceSuspended'
>;

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
/** Releases that are new at the same time, as when the controller starts, share what is asked of a repository. */
const AGE_FOR_NEW = 10_000;

/**
 * @param maxAge how long ago the repository of the chart may have been asked what it has, in milliseconds
 */
export type FetchWithin = (maxAge: number) => Promise<FetchedChart>;

export class ChartCache {
  readonly #clock: Clock;
  readonly #known: KnownCharts;
  readonly #entries = new Map<string, Entry>();
  /** By the release's key; the one used last comes last. */
  readonly #charts = new Map<string, { readonly sourceKey: string; readonly fetched: FetchedChart }>();

  constructor(clock: Clock, known: KnownCharts) {
    this.#clock = clock;
    this.#known = known;
  }

  /** What the source stands for; `fetch` is called when that isn't known, or not any more. */
  async identify(
    key: string,
    intent: SourceIntent,
    options: { readonly isForced: boolean; readonly fetch: FetchWithin },
  ): Promise<ChartIdentity> {
    const known = this.#entries.get(key);
    if (known !== undefined && intent.sourceSuspended === true) return known.identity;
    const source = sourceKey(intent);
    const interval = intent.sourceInterval ?? intent.interval;
    // An object of the cluster is near, and its changes are watched.
    const isFresh =
      known?.sourceKey === source &&
      !options.isForced &&
      intent.source.type !== 'configMap' &&
      this.#clock.now() - known.fetchedAt < interval;
    if (isFresh) return known.identity;
    // By the interval of one release others find out too what there is.
    const usual = known?.sourceKey === source ? interval : Math.min(interval, AGE_FOR_NEW);
    return this.#fetch(key, source, () => options.fetch(options.isForced ? 0 : usual));
  }

  /** The chart that `identify` spoke of; fetched once more when it was put aside. */
  async chart(key: string, intent: SourceIntent, fetch: FetchWithin): Promise<FetchedChart> {
    const source = sourceKey(intent);
    const known = this.#charts.get(key);
    if (known !== undefined && (known.sourceKey === source || intent.sourceSuspended === true)) {
      this.#use(key, known.sourceKey, known.fetched);
      return known.fetched;
    }
    const again = (): Promise<FetchedChart> => fetch(intent.interval);
    await this.#fetch(key, source, again);
    return this.#charts.get(key)?.fetched ?? again();
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
    this.#known.add(source, fetched);
    this.#charts.delete(key);
    this.#charts.set(key, { sourceKey: source, fetched });
    const oldest = this.#charts.keys().next();
    if (this.#charts.size > MOST_CHARTS && !oldest.done) this.#charts.delete(oldest.value);
  }
}
