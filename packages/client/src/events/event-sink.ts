/**
 * Events: what happened to an object, for people to read. Written as core/v1 Events with `involvedObject`, which every version
 * of `kubectl describe` and `kubectl get events` shows (an API server shows the same objects in events.k8s.io/v1).
 *
 * As client-go's correlator: repeats raise a count, many similar ones become one combined event, a source that floods one
 * object is cut off. Recording never waits and never throws: events are news, not state.
 */
import { Event } from '@kindred/apis/core/v1';
import { type Clock, formatTime, isStatusError, type KubeObject } from '@kindred/machinery';
import type { Client } from '../client/client.ts';
import type { Random } from '../random.ts';
import { sleep } from '../sleep.ts';
import type { EventRecord, EventRecorder } from './event.ts';
import { type CorrelatedEvent, EventCorrelator } from './event-correlator.ts';

export interface EventSinkOptions {
  readonly client: Client;
  readonly clock: Clock;
  readonly random: Random;
  /** Where the source runs; the event's `source.host`. */
  readonly host?: string;
  /** Told of events that could not be written. */
  readonly onError: (error: unknown) => void;
}

/** Events that wait to be written; more are dropped. */
const queueLimit = 1000;
const longestMessageBytes = 1024;
const attempts = 3;

/** Writes events one after another, in the background. Owner of the correlation state: one for each process. */
export class EventSink {
  readonly #options: EventSinkOptions;
  readonly #correlator: EventCorrelator;
  readonly #queue: CorrelatedEvent[] = [];
  readonly #closing = new AbortController();
  #writing: Promise<void> | undefined;
  #sequence = 0;

  constructor(options: EventSinkOptions) {
    this.#options = options;
    this.#correlator = new EventCorrelator(options.clock);
  }

  recorder(component: string): EventRecorder {
    return {
      record: (object, event) => this.#record(component, object, event),
      for: (other) => this.recorder(other),
    };
  }

  /** Resolves when everything recorded so far is written or given up. */
  async flush(): Promise<void> {
    await this.#writing;
  }

  /** Gives up what isn't written yet. */
  async close(): Promise<void> {
    this.#closing.abort(new Error('The event sink was closed'));
    this.#queue.length = 0;
    await this.#writing;
  }

  #record(component: string, object: KubeObject, event: EventRecord): void {
    if (this.#closing.signal.aborted || this.#queue.length >= queueLimit) return;
    const correlated = this.#correlator.correlate(component, object, { ...event, message: cut(event.message) });
    if (correlated === undefined) return;
    this.#queue.push(correlated);
    this.#writing ??= this.#drain().finally(() => {
      this.#writing = undefined;
    });
  }

  async #drain(): Promise<void> {
    for (let event = this.#queue.shift(); event !== undefined; event = this.#queue.shift()) {
      try {
        await this.#write(event);
      } catch (error) {
        if (!this.#closing.signal.aborted) this.#options.onError(error);
      }
    }
  }

  async #write(event: CorrelatedEvent): Promise<void> {
    const { clock } = this.#options;
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#writeOnce(event);
      } catch (error) {
        // What the server refuses (a namespace that goes away, missing rights) will not be better later.
        if (isStatusError(error) || attempt === attempts) throw error;
        await sleep(clock, 1000 * 2 ** attempt, this.#closing.signal);
      }
    }
  }

  async #writeOnce(event: CorrelatedEvent): Promise<void> {
    const { client } = this.#options;
    const { signal } = this.#closing;
    const written = event.state.name;
    if (written !== undefined) {
      try {
        const { count, message, last } = event;
        const patch = { count, message, lastTimestamp: timestamp(last) };
        await client.mergePatch(Event, { namespace: event.namespace, name: written }, patch, { signal });
        return;
      } catch (error) {
        // Events expire: the repeat starts a new one.
        if (!isStatusError(error, 'NotFound')) throw error;
      }
    }
    const created = await client.create(Event, this.#draft(event), { signal });
    event.state.name = created.metadata.name;
  }

  #draft(event: CorrelatedEvent) {
    const { object, component, namespace } = event;
    const source = this.#options.host === undefined ? { component } : { component, host: this.#options.host };
    return {
      metadata: { name: `${object.metadata.name}.${this.#uniqueSuffix()}`, namespace },
      involvedObject: {
        apiVersion: object.apiVersion,
        kind: object.kind,
        ...pick(object.metadata, 'name', 'namespace', 'uid', 'resourceVersion'),
        ...(event.fieldPath === undefined ? {} : { fieldPath: event.fieldPath }),
      },
      type: event.type,
      reason: event.reason,
      message: event.message,
      source,
      reportingComponent: component,
      reportingInstance: this.#options.host ?? '',
      firstTimestamp: timestamp(event.first),
      lastTimestamp: timestamp(event.last),
      count: event.count,
    };
  }

  /** Nanoseconds in hexadecimal, as client-go has it; what the clock can't tell apart is filled by chance and order. */
  #uniqueSuffix(): string {
    const { clock, random } = this.#options;
    this.#sequence = (this.#sequence + 1) % 1000;
    const below = Math.floor(random() * 1000) * 1000 + this.#sequence;
    return (BigInt(clock.now()) * 1_000_000n + BigInt(below)).toString(16);
  }
}

function timestamp(milliseconds: number): string {
  return formatTime(milliseconds);
}

function cut(message: string): string {
  const bytes = Buffer.from(message, 'utf8');
  if (bytes.length <= longestMessageBytes) return message;
  // A character cut in half would come out as U+FFFD.
  return `${bytes
    .subarray(0, longestMessageBytes - 3)
    .toString('utf8')
    .replace(/\uFFFD+$/, '')}...`;
}

function pick<T extends object, K extends keyof T>(from: T, ...names: K[]): Partial<Pick<T, K>> {
  const picked: Partial<Pick<T, K>> = {};
  for (const name of names) if (from[name] !== undefined) picked[name] = from[name];
  return picked;
}
