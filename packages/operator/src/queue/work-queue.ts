/**
 * The work queue of controllers, with the semantics of client-go's workqueue and controller-runtime's priority queue.
 *
 * A key is in the queue at most once; while a worker has it, further adds wait until that worker is done with it, so one key
 * is never in two workers. Higher priorities go first, equal ones in the order they came. Failed keys come back after
 * 5 ms, 10 ms, 20 ms … 1000 s.
 */
import type { Clock } from '@kindred/machinery';
import { Heap } from './heap.ts';

/** Priority of what is only seen again: the objects of the first list, and resyncs. */
export const initialListPriority = -100;

export interface AddOptions {
  /** 0 when not given. Of several adds the highest counts. */
  readonly priority?: number;
  /** Milliseconds before the key may be taken. Of several adds the shortest counts. */
  readonly after?: number;
}

export interface WorkQueueOptions {
  readonly clock: Clock;
  readonly baseDelayMilliseconds?: number;
  readonly maxDelayMilliseconds?: number;
}

export interface WorkItem {
  readonly key: string;
  readonly priority: number;
}

interface Entry {
  readonly key: string;
  priority: number;
  order: number;
  /** Superseded entries stay in the heap until they come up. */
  live: boolean;
}

interface Delayed {
  readonly due: number;
  readonly priority: number;
  readonly cancel: () => void;
}

interface Taker {
  readonly resolve: (item: WorkItem | undefined) => void;
}

/**
 * @example
 * const queue = new WorkQueue({ clock });
 * queue.add('default/kubia');
 * for (let item = await queue.take(); item !== undefined; item = await queue.take()) {
 *   try { await reconcile(item.key); queue.forget(item.key); } catch { queue.addRateLimited(item.key, item); }
 *   queue.done(item.key);
 * }
 */
export class WorkQueue {
  readonly #clock: Clock;
  readonly #base: number;
  readonly #max: number;
  readonly #ready = new Heap<Entry>(
    (a, b) => a.priority > b.priority || (a.priority === b.priority && a.order < b.order),
  );
  readonly #entries = new Map<string, Entry>();
  readonly #processing = new Set<string>();
  /** Keys added while a worker has them, with their priority. */
  readonly #dirty = new Map<string, number>();
  readonly #delayed = new Map<string, Delayed>();
  readonly #failures = new Map<string, number>();
  readonly #takers: Taker[] = [];
  readonly #idleWaiters: (() => void)[] = [];
  #order = 0;
  #shutDown = false;

  constructor({ clock, baseDelayMilliseconds = 5, maxDelayMilliseconds = 1_000_000 }: WorkQueueOptions) {
    this.#clock = clock;
    this.#base = baseDelayMilliseconds;
    this.#max = maxDelayMilliseconds;
  }

  /** Keys that wait for a worker. */
  get length(): number {
    return this.#entries.size;
  }

  /** Keys that wait for their time. */
  get delayedLength(): number {
    return this.#delayed.size;
  }

  get processingLength(): number {
    return this.#processing.size;
  }

  /** When the next delayed key is due, in milliseconds since the epoch. */
  nextDue(): number | undefined {
    let next: number | undefined;
    for (const { due } of this.#delayed.values()) if (next === undefined || due < next) next = due;
    return next;
  }

  add(key: string, { priority = 0, after = 0 }: AddOptions = {}): void {
    if (this.#shutDown) return;
    if (after > 0) return this.#delay(key, after, priority);
    const delayed = this.#delayed.get(key);
    // What is wanted now need not come again later: the later run was for the same reason or an older one.
    if (delayed !== undefined) this.#undelay(key, delayed);
    this.#enqueue(key, Math.max(priority, delayed?.priority ?? priority));
  }

  /** Adds the key after the delay that its failures so far have earned. */
  addRateLimited(key: string, { priority = 0 }: { readonly priority?: number } = {}): void {
    const failures = this.#failures.get(key) ?? 0;
    this.#failures.set(key, failures + 1);
    this.add(key, { priority, after: Math.min(this.#base * 2 ** failures, this.#max) });
  }

  /** Failures of the key since it was last forgotten. */
  failures(key: string): number {
    return this.#failures.get(key) ?? 0;
  }

  /** The key succeeded: its next failure starts from the shortest delay. */
  forget(key: string): void {
    this.#failures.delete(key);
  }

  /** The next key, when there is one. Undefined after shutdown, once nothing is left to take. */
  take(): Promise<WorkItem | undefined> {
    const entry = this.#pop();
    if (entry !== undefined) return Promise.resolve(this.#start(entry));
    if (this.#shutDown) return Promise.resolve(undefined);
    return new Promise((resolve) => this.#takers.push({ resolve }));
  }

  /** A worker is done with the key that it took; must be called once for each key taken. */
  done(key: string): void {
    this.#processing.delete(key);
    const priority = this.#dirty.get(key);
    this.#dirty.delete(key);
    if (priority !== undefined && !this.#shutDown) this.#enqueue(key, priority);
    if (this.#processing.size === 0) for (const resolve of this.#idleWaiters.splice(0)) resolve();
  }

  /** Nothing more goes in, nothing waiting comes out; resolves when the workers are done with what they have. */
  async shutDown(): Promise<void> {
    this.#shutDown = true;
    for (const [key, delayed] of this.#delayed) this.#undelay(key, delayed);
    this.#entries.clear();
    this.#dirty.clear();
    this.#ready.clear();
    for (const taker of this.#takers.splice(0)) taker.resolve(undefined);
    if (this.#processing.size > 0) await new Promise<void>((resolve) => this.#idleWaiters.push(resolve));
  }

  #enqueue(key: string, priority: number): void {
    if (this.#processing.has(key)) {
      this.#dirty.set(key, Math.max(priority, this.#dirty.get(key) ?? priority));
      return;
    }
    const existing = this.#entries.get(key);
    if (existing !== undefined) {
      if (existing.priority >= priority) return;
      existing.live = false;
    }
    const entry = { key, priority, order: existing?.order ?? this.#order++, live: true };
    const taker = this.#takers.shift();
    if (taker !== undefined) return taker.resolve(this.#start(entry));
    this.#entries.set(key, entry);
    this.#ready.push(entry);
  }

  #pop(): Entry | undefined {
    for (let entry = this.#ready.pop(); entry !== undefined; entry = this.#ready.pop()) {
      if (entry.live) return entry;
    }
    return undefined;
  }

  #start({ key, priority }: Entry): WorkItem {
    this.#entries.delete(key);
    this.#processing.add(key);
    return { key, priority };
  }

  #delay(key: string, after: number, priority: number): void {
    // Ready already: sooner than any delay.
    if (this.#entries.has(key) || this.#dirty.has(key)) return this.#enqueue(key, priority);
    const existing = this.#delayed.get(key);
    const due = Math.min(this.#clock.now() + after, existing?.due ?? Number.POSITIVE_INFINITY);
    const highest = Math.max(priority, existing?.priority ?? priority);
    if (existing !== undefined) this.#undelay(key, existing);
    const cancel = this.#clock.after(due - this.#clock.now(), () => {
      this.#delayed.delete(key);
      this.#enqueue(key, highest);
    });
    this.#delayed.set(key, { due, priority: highest, cancel });
  }

  #undelay(key: string, delayed: Delayed): void {
    delayed.cancel();
    this.#delayed.delete(key);
  }
}
