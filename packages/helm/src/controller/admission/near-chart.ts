/**
 * The chart of an object under admission, if it is near: known to a controller, in the object itself, in a ConfigMap, or had
 * within a moment. Nobody waits for the network longer than that.
 */
import type { Client } from '@kindred/client';
import { type Clock, errorText, isStatusError } from '@kindred/machinery';
import { IndexCache } from '../../repositories/index-cache.ts';
import type { ReleaseIntent } from '../intent/release-intent.ts';
import type { FetchedChart } from '../sources/chart-content.ts';
import { fetchChart, sourceKey } from '../sources/fetch-chart.ts';
import type { FetchContext } from '../sources/fetch-context.ts';
import type { KnownCharts } from '../sources/known-charts.ts';
import { SourceError } from '../sources/source-error.ts';

export interface NearChartOptions {
  readonly known: KnownCharts;
  readonly fetching: Pick<FetchContext, 'cacheDirectory' | 'gitProtocols' | 'environment'>;
  /** Reads as the object may. */
  readonly reader: Client;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

export type NearChart =
  | { readonly fetched: FetchedChart }
  /** It can't be had: why, and whether the object itself is at fault. */
  | { readonly problem: string; readonly isOwn: boolean };

/** Milliseconds for a chart that isn't in the cluster. */
const BUDGET = 2000;

export async function nearChart(intent: ReleaseIntent, options: NearChartOptions): Promise<NearChart> {
  const source = sourceKey(intent);
  const { type } = intent.source;
  const known = type === 'configMap' ? undefined : options.known.get(source);
  if (known !== undefined) return { fetched: known };
  // A clone takes long, and what it leaves when it is cut off is of no use.
  if (type === 'git') return { problem: "the chart isn't known yet", isOwn: false };
  const { clock, signal, fetching, reader, known: charts } = options;
  const lent = charts.indexes;
  const cache = lent ?? new IndexCache({ clock });
  const limit = new AbortController();
  const cancel = clock.after(BUDGET, () => limit.abort(new BudgetError("the chart isn't known yet")));
  try {
    const fetched = await fetchChart(intent, {
      ...fetching,
      client: reader,
      signal: AbortSignal.any([limit.signal, signal]),
      warn: () => undefined,
      now: () => new Date(clock.now()),
      indexes: { cache, maxAge: intent.interval },
    });
    charts.add(source, fetched);
    return { fetched };
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof SourceError) return { problem: error.message, isOwn: type === 'inline' };
    if (error instanceof BudgetError || isStatusError(error)) return { problem: errorText(error), isOwn: false };
    throw error;
  } finally {
    cancel();
    if (cache !== lent) cache.close();
  }
}

class BudgetError extends Error {
  override readonly name = 'BudgetError';
}
