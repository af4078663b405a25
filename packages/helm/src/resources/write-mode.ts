/** The ways in which helm writes objects, from its flags `--server-side`, `--force-conflicts` and `--force-replace`. */
import type { Resource } from './resource.ts';
import { ResourceError } from './resource-error.ts';

/** What to apply instead of an object whose fields others own; undefined when that can't be decided. */
export type ConflictResolver = (
  resource: Resource,
) => Promise<{ readonly resource: Resource; readonly force: boolean } | undefined>;

/** How objects are written. */
export interface WriteMode {
  /** True: the server merges (SSA). False: objects are created, and patched with what changed from the old manifest. */
  readonly serverSide: boolean;
  /** Server-side apply takes fields over from other managers. */
  readonly forceConflicts?: boolean | undefined;
  /** Keys of single resources (`resourceKey`) for which it does. */
  readonly forced?: ReadonlySet<string> | undefined;
  /** Asked once for each object that server-side apply refuses because of other managers. */
  readonly resolveConflict?: ConflictResolver | undefined;
  /** Objects that exist are replaced as a whole. Not with server-side apply. */
  readonly forceReplace?: boolean | undefined;
  /** Nothing is stored. */
  readonly dryRun?: boolean | undefined;
  /** What client-side apply wrote before becomes server-side apply's: for a release that changes over. */
  readonly upgradeFieldManager?: boolean | undefined;
}

/** @throws ResourceError for combinations that helm refuses when it updates. */
export function checkUpdateMode({ serverSide, forceConflicts, forceReplace }: WriteMode): void {
  if (forceConflicts === true && !serverSide) {
    throw new ResourceError('invalid client update option(s): forceConflicts enabled when serverSideApply disabled');
  }
  if (forceReplace === true && serverSide) {
    throw new ResourceError('invalid operation: cannot use server-side apply and force replace together');
  }
}
