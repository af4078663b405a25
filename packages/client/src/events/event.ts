/** What a program says happened to an object, and the port through which it says so. */
import type { KubeObject } from '@kindred/machinery';

export interface EventRecord {
  readonly type: 'Normal' | 'Warning';
  /** Why, in CamelCase: `ScalingReplicaSet`, `GitSyncFailed`. */
  readonly reason: string;
  /** For people; cut to 1024 bytes. */
  readonly message: string;
  /** A part of the object: `spec.containers{nginx}`. */
  readonly fieldPath?: string;
}

export interface EventRecorder {
  record(object: KubeObject, event: EventRecord): void;
  /** The same recorder, under the name of another component. */
  for(component: string): EventRecorder;
}

/** A recorder that records nothing. */
export const silentRecorder: EventRecorder = { record: () => undefined, for: () => silentRecorder };
