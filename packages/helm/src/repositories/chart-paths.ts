/** The files and directories that repositories and registries are kept in; helm's defaults are in its documentation. */
export interface ChartPaths {
  /** repositories.yaml. */
  readonly repositoryConfig: string;
  /** The directory with the indexes. */
  readonly repositoryCache: string;
  /** The directory of charts by digest. */
  readonly contentCache: string;
  /** registry/config.json with credentials. */
  readonly registryConfig: string;
  /** Further files with credentials of registries, docker's for example. */
  readonly registryFallbacks?: readonly string[];
}
