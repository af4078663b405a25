/**
 * What the controllers of one extension have fetched, for those who check objects at admission: charts that some controller
 * holds at the moment, by their source, and indexes of repositories. Nothing is kept alive by it.
 */
import type { IndexCache } from '../../repositories/index-cache.ts';
import type { FetchedChart } from './chart-content.ts';

const MOST_ENTRIES = 64;

export class KnownCharts {
  readonly #charts = new Map<string, WeakRef<FetchedChart>>();
  readonly #indexes = new Set<IndexCache>();

  /** @param source see `sourceKey` */
  add(source: string, chart: FetchedChart): void {
    this.#charts.delete(source);
    this.#charts.set(source, new WeakRef(chart));
    const oldest = this.#charts.keys().next();
    if (this.#charts.size > MOST_ENTRIES && !oldest.done) this.#charts.delete(oldest.value);
  }

  get(source: string): FetchedChart | undefined {
    return this.#charts.get(source)?.deref();
  }

  /** Lends the indexes of a controller, until the returned function is called. */
  lend(indexes: IndexCache): () => void {
    this.#indexes.add(indexes);
    return () => this.#indexes.delete(indexes);
  }

  /** Of some controller; undefined while none runs. */
  get indexes(): IndexCache | undefined {
    return this.#indexes.values().next().value;
  }
}
