/**
 * Writes the status of a release's object: conditions with their times, and nothing when nothing has changed. What changes
 * in `Ready` is an event too.
 */
import type { Client, EventRecorder } from '@kindred/client';
import { deepEqual, type KindRef } from '@kindred/machinery';
import { type ConditionState, conditionsOf, nextConditions } from '@kindred/operator';
import type { ReleaseObject, ReleaseStatus } from './release-object.ts';

/** Conditions by type. */
export type Conditions = Readonly<Record<string, ConditionState>>;

export interface StatusWriterOptions {
  readonly kind: KindRef<ReleaseObject>;
  readonly client: Client;
  readonly fieldManager: string;
  readonly events: EventRecorder;
  readonly now: () => number;
  readonly signal: AbortSignal;
}

const LONGEST_MESSAGE = 2000;

export class StatusWriter {
  readonly #options: StatusWriterOptions;
  #current: ReleaseObject;

  constructor(object: ReleaseObject, options: StatusWriterOptions) {
    this.#options = options;
    this.#current = object;
  }

  /** As it was written last. */
  get current(): ReleaseObject {
    return this.#current;
  }

  get status(): ReleaseStatus {
    return this.#current.status ?? {};
  }

  get conditions(): Conditions {
    return Object.fromEntries(
      conditionsOf(this.#current).map(({ type, status, reason, message }) => [
        type,
        { status: status === 'Unknown' ? status : status === 'True', reason, message },
      ]),
    );
  }

  /** Replaces the whole status. */
  async write(status: Omit<ReleaseStatus, 'conditions'>, conditions: Conditions): Promise<void> {
    const { kind, client, fieldManager, now, signal } = this.#options;
    const wanted = Object.fromEntries(Object.entries(conditions).map(([type, state]) => [type, shortened(state)]));
    const { conditions: list, changes } = nextConditions(this.#current, wanted, now());
    const next = { ...status, conditions: list };
    if (deepEqual(next, this.#current.status)) return;
    const { name, namespace } = this.#current.metadata;
    const intent = { metadata: { name, ...(namespace === undefined ? {} : { namespace }) }, status: next };
    this.#current = await client.applyStatus(kind, intent, { fieldManager, force: true, signal });
    for (const { type, state } of changes) if (type === 'Ready' && state.status !== 'Unknown') this.tell(state);
  }

  /** An event about the object. */
  tell({ status, reason, message = '' }: ConditionState): void {
    this.#options.events.record(this.#current, { type: status === false ? 'Warning' : 'Normal', reason, message });
  }
}

function shortened(state: ConditionState): ConditionState {
  const { message = '' } = state;
  return message.length <= LONGEST_MESSAGE ? state : { ...state, message: `${message.slice(0, LONGEST_MESSAGE - 1)}…` };
}
