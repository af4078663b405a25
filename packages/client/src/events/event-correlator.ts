/**
 * Decides what becomes of an event: a new one, one more of the last, a combined one, or nothing. The numbers are client-go's:
 * 10 similar events within 10 minutes are combined; each source may send 25 at once about an object, then one every 5 minutes.
 */
import type { Clock, KubeObject } from '@kindred/machinery';
import type { EventRecord } from './event.ts';

export interface CorrelatedEvent extends EventRecord {
  readonly component: string;
  readonly object: KubeObject;
  readonly namespace: string;
  readonly count: number;
  /** First and last time, in milliseconds since the epoch. */
  readonly first: number;
  readonly last: number;
  /** Shared by the repeats of one event; `name` is set once it is written. */
  readonly state: { name?: string };
}

interface Series {
  count: number;
  first: number;
  readonly state: { name?: string };
}

interface Similar {
  start: number;
  readonly messages: Set<string>;
}

interface Bucket {
  tokens: number;
  filledAt: number;
}

const cacheLimit = 4096;
const similarLimit = 10;
const similarWindow = 600_000;
const burst = 25;
const refillMilliseconds = 300_000;

export class EventCorrelator {
  readonly #clock: Clock;
  readonly #series = new Map<string, Series>();
  readonly #similar = new Map<string, Similar>();
  readonly #buckets = new Map<string, Bucket>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Undefined when the source has sent too much about this object. */
  correlate(component: string, object: KubeObject, event: EventRecord): CorrelatedEvent | undefined {
    const { namespace, name, uid } = object.metadata;
    const about = [component, object.apiVersion, object.kind, namespace, name, uid, event.fieldPath].join('\n');
    const combined = this.#isCombined(`${about}\n${event.type}\n${event.reason}`, event.message);
    if (!this.#takeToken(about)) return undefined;
    const message = combined ? `(combined from similar events): ${event.message}` : event.message;
    const identity = `${about}\n${event.type}\n${event.reason}\n${combined ? '' : event.message}`;
    const now = this.#clock.now();
    const series = remember(this.#series, identity, () => ({ count: 0, first: now, state: {} }));
    series.count++;
    return {
      ...event,
      message,
      component,
      object,
      namespace: namespace ?? 'default',
      count: series.count,
      first: series.first,
      last: now,
      state: series.state,
    };
  }

  #isCombined(kind: string, message: string): boolean {
    const now = this.#clock.now();
    const similar = remember(this.#similar, kind, () => ({ start: now, messages: new Set<string>() }));
    if (now - similar.start > similarWindow) {
      similar.start = now;
      similar.messages.clear();
    }
    if (similar.messages.size >= similarLimit) return !similar.messages.has(message);
    similar.messages.add(message);
    return false;
  }

  #takeToken(about: string): boolean {
    const now = this.#clock.now();
    const bucket = remember(this.#buckets, about, () => ({ tokens: burst, filledAt: now }));
    const filled = Math.floor((now - bucket.filledAt) / refillMilliseconds);
    if (filled > 0) {
      bucket.tokens = Math.min(burst, bucket.tokens + filled);
      bucket.filledAt += filled * refillMilliseconds;
    }
    if (bucket.tokens === 0) return false;
    bucket.tokens--;
    return true;
  }
}

/** The entry of a key, made when missing; the least recently used one goes when there are too many. */
function remember<V>(cache: Map<string, V>, key: string, make: () => V): V {
  const value = cache.get(key) ?? make();
  cache.delete(key);
  cache.set(key, value);
  if (cache.size > cacheLimit) {
    const oldest = cache.keys().next();
    if (!oldest.done) cache.delete(oldest.value);
  }
  return value;
}
