/** What fetching a chart needs beside its source. */
import type { Client } from '@kindred/client';
import type { ChartContext } from '../../repositories/chart-source.ts';
import type { Environment } from './git/git-command.ts';

export interface FetchContext {
  /** Reads ConfigMaps and Secrets. */
  readonly client: Client;
  readonly cacheDirectory: string;
  /** What git may use: `https`, `ssh`, … */
  readonly gitProtocols: readonly string[];
  readonly signal?: AbortSignal | undefined;
  /** Of the process: `PATH`, where git is, and proxies. */
  readonly environment: Environment;
  readonly warn: (message: string) => void;
  readonly now: () => Date;
  /** Indexes of repositories, and how old they may be. */
  readonly indexes: NonNullable<ChartContext['indexes']>;
}
