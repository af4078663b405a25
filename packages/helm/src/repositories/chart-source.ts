/**
 * Where a chart is to come from, and how: what the flags of `install`, `pull`, `show` and the like say, and the places
 * and outlets that the program gives.
 */
import type { ProxyFor } from '@kindred/client';
import type { RegistryClient } from '../registry/registry-client.ts';
import type { ChartPaths } from './chart-paths.ts';
import type { FindGetter } from './getter.ts';
import type { IndexCache } from './index-cache.ts';
import type { Warn } from './index-file.ts';
import type { RepositoryAccess } from './repository-access.ts';

/** Flags. All texts may be empty. */
export interface ChartSource extends Omit<RepositoryAccess, 'url'> {
  /** A version or range; the newest that is no pre-release when empty. */
  readonly version?: string;
  /** Pre-releases too, when no version is given. */
  readonly devel?: boolean;
  /** SHA-256 that an index gives for the chart when the reference is its URL, in hex. */
  readonly digest?: string;
  /** The address of a repository that isn't among the configured ones (`--repo`). */
  readonly repo?: string;
  /** Speaks to registries without TLS. */
  readonly plainHttp?: boolean;
}

export interface ChartContext {
  readonly paths: ChartPaths;
  /** Hears what helm logs as a warning. */
  readonly warn: Warn;
  /** Hears the lines that helm prints while it works. */
  readonly report: (line: string) => void;
  readonly signal?: AbortSignal;
  readonly proxy?: ProxyFor;
  readonly getter?: FindGetter;
  /** Used instead of clients of our own, when many charts come from registries; its owner closes it. */
  readonly registry?: RegistryClient;
  /** Indexes that are kept, and how old they may be in milliseconds; without it they are fetched each time. */
  readonly indexes?: { readonly cache: IndexCache; readonly maxAge: number };
}
