/** What the decision about a release is made from: what is recorded in the cluster, what is wanted, and what came of it so far. */
import type { ReleaseIntent } from '../intent/release-intent.ts';

/** One revision as its record (the Secret that helm keeps) has it. */
export interface RecordedRevision {
  readonly revision: number;
  /** `deployed`, `failed`, `pending-upgrade`, … */
  readonly status: string;
  readonly chartName: string;
  readonly chartVersion: string;
  readonly configDigest: string;
  /** Of manifest, hooks and values: tells whether the record is the one that the controller has seen. */
  readonly digest: string;
}

/** What a release is made from. Two equal inputs are not rendered twice. */
export interface ReleaseInputs {
  readonly chartName: string;
  readonly chartVersion: string;
  readonly chartDigest: string;
  readonly configDigest: string;
  readonly postRenderersDigest: string;
}

export type ReleaseAction = 'install' | 'upgrade' | 'rollback' | 'adopt';

export type TestOutcome = 'none' | 'succeeded' | 'failed';

/** What the controller knows of its own doings; kept in the object's status. */
export interface Progress {
  /** The revision that it made or took over last. */
  readonly made:
    | {
        readonly revision: number;
        readonly digest: string;
        readonly action: ReleaseAction;
        readonly tests: TestOutcome;
      }
    | undefined;
  /** What the last attempt was made from. */
  readonly attempted: { readonly inputs: ReleaseInputs; readonly action: 'install' | 'upgrade' } | undefined;
  /** Failed attempts with these inputs. */
  readonly failures: number;
  /** Revisions whose tests failed: nothing to go back to. */
  readonly untrusted: readonly number[];
}

export interface Observation {
  /** Newest first. */
  readonly history: readonly RecordedRevision[];
  readonly inputs: ReleaseInputs;
  readonly progress: Progress;
  /** Whether live objects differ from the manifest of the deployed revision. */
  readonly drifted: boolean;
  /** A pending record whose writer is still alive. */
  readonly pendingIsAlive: boolean;
  /** Installs and upgrades wait for somebody's word, and it hasn't been given for these inputs. */
  readonly isUnapproved: boolean;
  /** Somebody asked for an upgrade whatever has changed. */
  readonly forced: boolean;
  readonly settings: Pick<ReleaseIntent, 'install' | 'upgrade' | 'test' | 'externalChanges' | 'driftDetection'>;
}
