/** The port between the manager and what it runs: controllers, and anything else with a start and a stop. */

import type { PolicyRule } from '@kindred/apis/rbac/v1';
import type { Client, EventRecorder, InformerFactory, Random } from '@kindred/client';
import type { Clock, Logger } from '@kindred/machinery';

/** What the manager shares among all that it runs. */
export interface ManagerContext {
  readonly client: Client;
  readonly informers: InformerFactory;
  readonly events: EventRecorder;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}

/** A value that says what to run; nothing happens before `prepare`. */
export interface Runnable {
  readonly name: string;
  /** What the runnable must be allowed to do. */
  readonly rules: readonly PolicyRule[];
  /** False: runs in every replica, from before the controllers; a server does. */
  readonly needsLeadership?: false;
  /** Asks for the informers it needs, so that the manager can start them and wait for them. */
  prepare(context: ManagerContext): RunningPart;
}

export interface RunningPart {
  /** Called once the informers have synced, and this process leads. What a promise is given for is waited for. */
  start(): void | Promise<void>;
  /** Takes no new work and resolves when the work at hand is done; `signal` aborts when that takes too long. */
  stop(signal: AbortSignal): Promise<void>;
  /** True when nothing is queued or running; delayed work doesn't count. */
  isIdle?(): boolean;
}
