/**
 * A custom API server as its extension knows it. `defineApiServer` of `@kindred/operator/api-server` makes them; extensions
 * without one load nothing of an API server.
 */
import type { PolicyRule } from '@kindred/apis/rbac/v1';
import type { GroupVersion } from '@kindred/machinery';

/** On what leads to a server that is a part of the process which made it: it ends with it. */
export const API_SERVER_PROCESS_LABEL = 'extensions.kindred.dev/api-server-of-process';

/** A group and version that the cluster's API server passes on, and where it stands in discovery. */
export interface ServedGroupVersion extends GroupVersion {
  readonly groupPriorityMinimum: number;
  readonly versionPriority: number;
}

export interface ExtensionApiServer {
  readonly name: string;
  readonly groupVersions: readonly ServedGroupVersion[];
  /** What it and its functions must be allowed to do, beside what `delegationBindings` grants. */
  readonly rules: readonly PolicyRule[];
}
