/** What the worker knows of each container of its pod. Plain values, replaced as a whole; decisions and status read them. */

export interface Termination {
  readonly id: string;
  readonly exitCode: number;
  readonly signal: number;
  /** Completed, Error, OOMKilled, StartError, ContainerStatusUnknown. */
  readonly reason: string;
  readonly message: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly finishedAt: number;
}

export type ContainerPhase =
  | { readonly kind: 'waiting'; readonly reason: string; readonly message: string }
  | {
      readonly kind: 'running';
      readonly id: string;
      readonly startedAt: number;
      /** The startup probe has succeeded, or there is none. */
      readonly started: boolean;
      readonly ready: boolean;
    }
  | ({ readonly kind: 'terminated' } & Termination);

export interface Backoff {
  /** What the next failure waits. */
  readonly delayMs: number;
  readonly since: number;
}

export interface ContainerRecord {
  readonly name: string;
  readonly phase: ContainerPhase;
  /** The termination before the current state. */
  readonly last?: Termination;
  readonly restartCount: number;
  /** True once a start succeeded since the pod has its sandbox. */
  readonly everStarted: boolean;
  readonly backoff?: Backoff;
  /** Not to be started before this time. */
  readonly retryAt: number;
  /** What the status says while it waits for its restart. */
  readonly waitingMessage?: string;
  readonly imageId: string;
  /** The image's full name, or the name as written while it isn't there. */
  readonly image: string;
}

export function newRecord(name: string, image: string, reason = 'ContainerCreating'): ContainerRecord {
  const phase = { kind: 'waiting', reason, message: '' } as const;
  return { name, phase, restartCount: 0, everStarted: false, retryAt: 0, imageId: '', image };
}
