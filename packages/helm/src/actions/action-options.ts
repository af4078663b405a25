/** Options that actions share, in the words of helm's flags; defaults are helm's. */

import type { ConflictPolicy } from '../resources/conflicts/conflict-policy.ts';
import type { WaitStrategy } from '../resources/wait/wait.ts';
import type { ValueSource } from '../values/sources.ts';
import type { RemoteSchemas } from '../values-schema/validate-values.ts';

/** `none`: it is done. `client`: nothing is asked of the cluster but what the action can't do without. `server`: it is, by GETs. */
export type DryRun = 'none' | 'client' | 'server';

/** `auto`: as the last revision was written. */
export type ServerSide = 'true' | 'false' | 'auto';

/** What is done with a chart's crds/. Without one: as helm, which creates and changes them on install only. */
export type CrdsPolicy = 'skip' | 'create' | 'update';

/** What becomes of a revision whose operation ended without a result. */
export type InterruptedPolicy = 'resume' | 'fail';

export interface WaitSettings {
  readonly wait?: WaitStrategy | undefined;
  /** Jobs must have ended too. */
  readonly waitForJobs?: boolean | undefined;
  /** For each wait, hooks among them; 5 minutes when not given. */
  readonly timeoutMilliseconds?: number | undefined;
  /** For the action as a whole; no limit when not given. */
  readonly deadlineMilliseconds?: number | undefined;
}

export interface WriteSettings {
  readonly forceConflicts?: boolean | undefined;
  readonly forceReplace?: boolean | undefined;
  /**
   * Looks for fields that others own before anything is written, and decides each; only with server-side apply. Without it
   * they fail when they are written, but for replicas that an autoscaler sets and what helm's client-side apply wrote.
   */
  readonly onConflict?: ConflictPolicy | undefined;
}

/** Options of actions that change a release. */
export interface OperationOptions extends WaitSettings {
  readonly noHooks?: boolean | undefined;
  readonly description?: string | undefined;
  /** `resume` when not given. */
  readonly onInterrupted?: InterruptedPolicy | undefined;
}

/** Options of install and upgrade, which render a chart. */
export interface RenderOptions {
  readonly enableDns?: boolean | undefined;
  readonly disableOpenApiValidation?: boolean | undefined;
  readonly skipSchemaValidation?: boolean | undefined;
  /** Schemas elsewhere that values.schema.json refers to. */
  readonly remoteSchemas?: RemoteSchemas | undefined;
  /** What the values were made of, so that errors can name lines of files. */
  readonly sources?: readonly ValueSource[] | undefined;
  /** False keeps rendered text out of errors, for messages that more people see than the values. */
  readonly excerpts?: boolean | undefined;
  /** Random functions give what they gave for the last revision. */
  readonly stableGenerators?: boolean | undefined;
  readonly hideSecret?: boolean | undefined;
  /** Notes of dependencies too. */
  readonly subchartNotes?: boolean | undefined;
  /** Takes the stream of all manifests, gives another one. */
  readonly postRender?: ((manifests: string) => Promise<string>) | undefined;
}

export const DEFAULT_TIMEOUT = 300_000;
export const DEFAULT_HISTORY_MAX = 10;

export function isDryRun(dryRun: DryRun | undefined): boolean {
  return dryRun !== undefined && dryRun !== 'none';
}
