/**
 * The watches of one store: who watches which range and how far each has been told. Drivers publish every revision here in
 * order, and hand over history to those that start in the past.
 */
import type { Revision, StoreError, StoreEvent, WatchBatch, Watcher, WatchHandler, WatchRequest } from '../port.ts';
import { inRange } from '../txn/check-txn.ts';

/** One watch. `live` ones get what is published; the others are waiting for history from their driver. */
export class Watch implements Watcher {
  readonly request: WatchRequest;
  readonly #handler: WatchHandler;
  readonly #release: (watch: Watch) => void;
  /** Batches that wait until the call that opened the watch has returned. */
  #held: WatchBatch[] | undefined = [];
  #end: StoreError | undefined;
  #closed = false;
  live: boolean;

  constructor(request: WatchRequest, handler: WatchHandler, live: boolean, release: (watch: Watch) => void) {
    this.request = request;
    this.#handler = handler;
    this.live = live;
    this.#release = release;
    queueMicrotask(() => this.#letGo());
  }

  get closed(): boolean {
    return this.#closed;
  }

  deliver(batch: WatchBatch): void {
    if (this.#closed) return;
    if (this.#held === undefined) this.#handler.onBatch(batch);
    else this.#held.push(batch);
  }

  end(reason: StoreError): void {
    if (this.#closed) return;
    if (this.#held !== undefined) {
      this.live = false;
      this.#end ??= reason;
      return;
    }
    this.close();
    this.#handler.onEnd(reason);
  }

  close(): void {
    this.#closed = true;
    this.#held = undefined;
    this.#release(this);
  }

  #letGo(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const batch of held) this.deliver(batch);
    if (this.#end !== undefined) this.end(this.#end);
  }
}

/** See the file's head. */
export class WatchHub {
  readonly #watches = new Set<Watch>();
  #previousWanted = 0;

  /** True while some watch wants previous values with its events. */
  get wantsPrevious(): boolean {
    return this.#previousWanted > 0;
  }

  open(request: WatchRequest, handler: WatchHandler, options: { live: boolean }): Watch {
    const watch = new Watch(request, handler, options.live, (closed) => this.#remove(closed));
    this.#watches.add(watch);
    if (request.prevKv === true) this.#previousWanted++;
    return watch;
  }

  /** Tells every live watch what a revision did. Watches of other ranges hear nothing. */
  publish(revision: Revision, events: readonly StoreEvent[]): void {
    for (const watch of this.#watches) {
      if (!watch.live || revision < (watch.request.startRevision ?? 0)) continue;
      const wanted = eventsFor(watch.request, events);
      if (wanted.length > 0) watch.deliver({ revision, events: wanted });
    }
  }

  endAll(reason: StoreError): void {
    // Whoever hears of the end may open a new watch at once: that one stays.
    const open = [...this.#watches];
    for (const watch of open) watch.end(reason);
  }

  #remove(watch: Watch): void {
    if (this.#watches.delete(watch) && watch.request.prevKv === true) this.#previousWanted--;
  }
}

/** The events of the watched range, with previous values only if asked for. */
export function eventsFor(request: WatchRequest, events: readonly StoreEvent[]): readonly StoreEvent[] {
  const wanted = events.every((event) => isWanted(event, request))
    ? events
    : events.filter((event) => isWanted(event, request));
  if (request.prevKv === true || wanted.every(({ prevKv }) => prevKv === undefined)) return wanted;
  return wanted.map(withoutPrevious);
}

function isWanted(event: StoreEvent, { key, rangeEnd }: WatchRequest): boolean {
  return inRange(keyOf(event), key, rangeEnd);
}

function keyOf(event: StoreEvent): string {
  return event.type === 'put' ? event.kv.key : event.key;
}

function withoutPrevious(event: StoreEvent): StoreEvent {
  if (event.prevKv === undefined) return event;
  return event.type === 'put'
    ? { type: 'put', kv: event.kv }
    : { type: 'delete', key: event.key, modRevision: event.modRevision };
}
