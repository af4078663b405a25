/** What resolving and downloading dependencies needs of the program. */

import type { ProxyFor } from '@kindred/client';
import type { LoadDirectoryOptions } from '../node/load-directory.ts';
import type { RegistryClient } from '../registry/registry-client.ts';
import type { ChartPaths } from '../repositories/chart-paths.ts';
import type { ChartSource } from '../repositories/chart-source.ts';
import type { FindGetter } from '../repositories/getter.ts';
import type { Warn } from '../repositories/index-file.ts';
import type { VerifyChart } from '../repositories/locate-chart.ts';

export interface DependencyOptions {
  /** Credentials and certificates given by flags. */
  readonly source?: ChartSource;
  /** Goes by the cached indexes instead of getting new ones. */
  readonly skipRefresh?: boolean;
  /** Notes in the lock what each downloaded archive is, and what is in it; a lock that has such notes keeps them. */
  readonly digests?: boolean;
  /** Checks each archive against its provenance. */
  readonly verify?: VerifyChart<unknown>;
}

export interface DependencyContext {
  readonly paths: ChartPaths;
  readonly registry: RegistryClient;
  readonly warn: Warn;
  /** Hears the lines that helm prints while it works. */
  readonly report: (line: string) => void;
  /** Hears what comes out of registries. */
  readonly reportPull: (line: string) => void;
  /** For the time in the lock. */
  readonly now: () => Date;
  /** How charts of this machine are read: whether links in them are followed. */
  readonly local?: LoadDirectoryOptions;
  readonly signal?: AbortSignal;
  readonly proxy?: ProxyFor;
  readonly getter?: FindGetter;
}
