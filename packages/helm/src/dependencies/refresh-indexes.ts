/** Gets new indexes of several repositories at once, telling of each; one that fails doesn't stop the others. */

import type { ProxyFor } from '@kindred/client';
import { errorText, goQuote } from '@kindred/machinery';
import { ChartError } from '../chart/chart.ts';
import type { FindGetter } from '../repositories/getter.ts';
import type { Warn } from '../repositories/index-file.ts';
import type { RepositoryEntry } from '../repositories/repositories-file.ts';
import { accessOf } from '../repositories/repository-access.ts';
import { updateIndex } from '../repositories/repository-cache.ts';

export interface RefreshContext {
  /** Directory of the indexes. */
  readonly cache: string;
  readonly warn: Warn;
  readonly report: (line: string) => void;
  readonly signal?: AbortSignal;
  readonly proxy?: ProxyFor;
  readonly getter?: FindGetter;
  /** For each index, in milliseconds. */
  readonly timeoutMs?: number;
  /** What to call a repository: its name, or its address when the name was made up. */
  readonly label?: (entry: RepositoryEntry) => string;
}

/** The addresses of those that failed. */
export async function refreshIndexes(
  entries: readonly RepositoryEntry[],
  context: RefreshContext,
): Promise<readonly string[]> {
  const failed = await Promise.all(entries.map((entry) => refresh(entry, context)));
  return failed.filter((url) => url !== undefined);
}

async function refresh(entry: RepositoryEntry, context: RefreshContext): Promise<string | undefined> {
  const { report, cache, timeoutMs } = context;
  const label = context.label?.(entry) ?? `${goQuote(entry.name)} chart repository`;
  try {
    await updateIndex(cache, entry.name, accessOf(entry, timeoutMs), context);
    report(`...Successfully got an update from the ${label}`);
    return undefined;
  } catch (error) {
    if (!(error instanceof ChartError)) throw error;
    const address = context.label === undefined ? ` (${entry.url})` : '';
    report(`...Unable to get an update from the ${label}${address}:\n\t${errorText(error)}`);
    return entry.url;
  }
}
