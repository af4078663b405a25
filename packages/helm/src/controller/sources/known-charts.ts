/** Charts that some controller holds at the moment, by their source. Nothing is kept alive by it. */
import type { FetchedChart } from './chart-content.ts';

const MOST_ENTRIES = 64;

export class KnownCharts {
  readonly #charts = new Map<string, WeakRef<FetchedChart>>();

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
}
