/** Who runs hooks: the operation that they belong to, and where what they do and write is told. */
import type { OperationRecord } from '../release/operation-record.ts';
import type { ReleaseHook } from '../release/release.ts';
import type { Cluster } from '../resources/cluster.ts';
import type { WaitStrategy } from '../resources/wait/wait.ts';

export interface HookLog {
  readonly hook: ReleaseHook;
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly text: string;
}

/** What running hooks needs from the action that runs them. */
export interface HookHost {
  readonly cluster: Cluster;
  readonly record: OperationRecord;
  readonly serverSide: boolean;
  readonly strategy: WaitStrategy;
  readonly timeoutMilliseconds: number;
  /** Now, as the record has times. */
  readonly now: () => string;
  readonly tell: (event: string, hook: ReleaseHook, state: 'deleting' | 'running' | 'succeeded' | 'failed') => void;
  readonly log: (log: HookLog) => void;
  readonly warn: (message: string) => void;
}
