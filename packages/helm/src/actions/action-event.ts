/** What an action tells while it works: a stream that a command prints and a controller logs. */

import type { RecordSize } from '../release/record-size.ts';
import type { Release, ReleaseHook } from '../release/release.ts';
import type { ProgressEvent } from '../resources/progress.ts';

export type ActionPhase =
  | 'crds'
  | 'render'
  | 'namespace'
  | 'hooks'
  | 'apply'
  | 'wait'
  | 'delete'
  | 'record'
  | 'rollback';

export type ActionEvent =
  | { readonly type: 'phase'; readonly phase: ActionPhase; readonly detail: string }
  /** Something happened to an object of the release. */
  | { readonly type: 'resource'; readonly progress: ProgressEvent }
  | { readonly type: 'hook'; readonly event: string; readonly hook: ReleaseHook; readonly state: HookState }
  /** What a container of a hook wrote, when the hook asks for it. */
  | {
      readonly type: 'hook-log';
      readonly hook: ReleaseHook;
      readonly namespace: string;
      readonly pod: string;
      readonly container: string;
      readonly text: string;
    }
  /** A release was found whose operation ended without a result. */
  | { readonly type: 'interrupted'; readonly release: Release; readonly decision: 'resume' | 'fail' }
  /** The record is large: more than half of what an object holds. */
  | { readonly type: 'record-size'; readonly size: RecordSize }
  /** What helm logs, and what it should: manifests that are left out, defaults that reused values hide. */
  | { readonly type: 'warning'; readonly message: string; readonly fields?: Readonly<Record<string, string>> }
  | { readonly type: 'debug'; readonly message: string };

export type HookState = 'deleting' | 'running' | 'succeeded' | 'failed';
