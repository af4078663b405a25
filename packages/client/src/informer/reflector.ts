/**
 * The reflector: keeps a sink up to date with a collection, as client-go's does.
 *
 * It starts with a streaming list (KEP-3157: a watch whose initial events end with an annotated bookmark), or with a paged
 * list where the server has none, then watches. A watch that ends goes on from the last version seen; one that is too old
 * (410) starts over. A stream without any sign of life is given up: half-open connections tell nothing by themselves.
 */
import { type Clock, isStatusError, type KindRef, type KubeObject, type Observed } from '@kindred/machinery';
import type { Client } from '../client/client.ts';
import type { CollectionAddress, SelectorOptions } from '../client/options.ts';
import { receivedEvents, type WatchEvent } from '../list-watch/watch-event.ts';
import type { Random } from '../random.ts';
import { sleep } from '../sleep.ts';
import { createBackoff } from './backoff.ts';
import { keyOf } from './indexed-store.ts';

/** Where a collection goes. */
export interface ReflectorSink<T extends KubeObject> {
  /** The whole collection at a version: everything else is gone. */
  replace(items: readonly Observed<T>[], resourceVersion: string): void;
  change(type: 'ADDED' | 'MODIFIED' | 'DELETED', object: Observed<T>): void;
  /** The collection is known up to this version. */
  bookmark(resourceVersion: string): void;
}

export interface ReflectorOptions<T extends KubeObject> {
  readonly client: Client;
  readonly kind: KindRef<T>;
  readonly scope: CollectionAddress & SelectorOptions & { readonly projection?: 'metadata' | undefined };
  readonly sink: ReflectorSink<T>;
  readonly clock: Clock;
  readonly random: Random;
  /** Told of every failure; the reflector goes on by itself. */
  readonly onError: (error: unknown) => void;
  /** A watch that is silent for longer is opened anew. Servers send bookmarks at least every minute. */
  readonly inactivityMilliseconds: number;
}

/** A watch that ends sooner, with nothing in it, is a failure: without back-off it would be a storm. */
const shortestWatchMilliseconds = 1000;

export class Reflector<T extends KubeObject> {
  readonly #options: ReflectorOptions<T>;
  #resourceVersion = '';
  #streamingList = true;

  constructor(options: ReflectorOptions<T>) {
    this.#options = options;
  }

  /** Runs until the signal is aborted; never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, onError } = this.#options;
    const backoff = createBackoff(this.#options);
    while (!signal.aborted) {
      try {
        await this.#round(signal);
      } catch (error) {
        if (signal.aborted) return;
        // Too old a version is the normal end of a long quiet watch: nothing to report, but waited for like the rest.
        if (isTooOld(error)) this.#resourceVersion = '';
        else onError(error);
        await sleep(clock, backoff(), signal).catch(() => undefined);
      }
    }
  }

  /** One list where none is there yet, then one watch until it ends. */
  async #round(signal: AbortSignal): Promise<void> {
    if (this.#resourceVersion !== '') return this.#watch(signal, { initialEvents: false });
    if (!this.#streamingList) return this.#list(signal);
    try {
      await this.#watch(signal, { initialEvents: true });
    } catch (error) {
      if (!lacksStreamingList(error)) throw error;
      this.#streamingList = false;
    }
  }

  async #list(signal: AbortSignal): Promise<void> {
    const { client, kind, scope, sink } = this.#options;
    const { namespace, ...selectors } = scope;
    const list = await client.list(kind, { namespace }, { ...selectors, signal });
    sink.replace(list.items, list.resourceVersion);
    this.#resourceVersion = list.resourceVersion;
  }

  async #watch(signal: AbortSignal, { initialEvents }: { initialEvents: boolean }): Promise<void> {
    const { client, kind, scope, clock, random, inactivityMilliseconds } = this.#options;
    const { namespace, ...selectors } = scope;
    const started = clock.now();
    const guard = new InactivityGuard(clock, inactivityMilliseconds, signal);
    try {
      const response = await client.openWatch(
        kind,
        { namespace },
        {
          ...selectors,
          allowWatchBookmarks: true,
          timeoutSeconds: Math.round(300 * (1 + random())),
          signal: guard.signal,
          takesMessages: true,
          ...(initialEvents
            ? { sendInitialEvents: true, resourceVersionMatch: 'NotOlderThan' as const }
            : { resourceVersion: this.#resourceVersion }),
        },
      );
      const batches = receivedEvents<T>(response, () => guard.sign());
      const seen = await this.#consume(batches, initialEvents);
      if (seen === 0 && clock.now() - started < shortestWatchMilliseconds) {
        throw new Error(`The watch of ${kind.plural} ended at once without an event`);
      }
    } catch (error) {
      throw guard.expired && !signal.aborted ? guard.reason(kind.plural) : error;
    } finally {
      guard.close();
    }
  }

  async #consume(batches: AsyncIterable<Iterable<WatchEvent<T>>>, initialEvents: boolean): Promise<number> {
    let initial = initialEvents ? new Map<string, Observed<T>>() : undefined;
    let seen = 0;
    for await (const events of batches) {
      for (const event of events) {
        seen++;
        if (initial === undefined) this.#follow(event);
        else if (this.#collect(initial, event)) initial = undefined;
      }
    }
    // A server that ignores `sendInitialEvents` never sends the bookmark that ends them.
    if (initial !== undefined) this.#streamingList = false;
    return seen;
  }

  /** Takes in one of the initial events; true for the bookmark that ends them. */
  #collect(initial: Map<string, Observed<T>>, event: WatchEvent<T>): boolean {
    if (event.type === 'DELETED') initial.delete(keyOf(event.object));
    else if (event.type !== 'BOOKMARK') initial.set(keyOf(event.object), event.object);
    else if (event.initialEventsEnd) {
      this.#options.sink.replace([...initial.values()], event.resourceVersion);
      this.#resourceVersion = event.resourceVersion;
      return true;
    }
    return false;
  }

  #follow(event: WatchEvent<T>): void {
    const { sink } = this.#options;
    if (event.type === 'BOOKMARK') {
      this.#resourceVersion = event.resourceVersion;
      sink.bookmark(event.resourceVersion);
    } else {
      this.#resourceVersion = event.object.metadata.resourceVersion;
      sink.change(event.type, event.object);
    }
  }
}

/** Aborts a request when nothing has arrived for a while. One timer that looks at a time stamp, not one for each event. */
class InactivityGuard {
  readonly #clock: Clock;
  readonly #limit: number;
  readonly #parent: AbortSignal;
  readonly #controller = new AbortController();
  readonly #onParentAbort = (): void => this.#controller.abort(this.#parent.reason);
  #lastSign: number;
  #cancel: () => void = () => undefined;
  expired = false;

  constructor(clock: Clock, limit: number, parent: AbortSignal) {
    this.#clock = clock;
    this.#limit = limit;
    this.#parent = parent;
    this.#lastSign = clock.now();
    if (parent.aborted) this.#onParentAbort();
    parent.addEventListener('abort', this.#onParentAbort, { once: true });
    this.#arm(limit);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  sign(): void {
    this.#lastSign = this.#clock.now();
  }

  reason(plural: string): Error {
    return new Error(`The watch of ${plural} was silent for ${this.#limit} ms`);
  }

  close(): void {
    this.#cancel();
    this.#parent.removeEventListener('abort', this.#onParentAbort);
    // The transport still holds the stream when the consumer left it early (a handler's 410, garbage).
    this.#controller.abort();
  }

  #arm(milliseconds: number): void {
    this.#cancel = this.#clock.after(milliseconds, () => {
      const silent = this.#clock.now() - this.#lastSign;
      if (silent < this.#limit) return this.#arm(this.#limit - silent);
      this.expired = true;
      this.#controller.abort(new Error('inactive'));
    });
  }
}

function isTooOld(error: unknown): boolean {
  return isStatusError(error) && (error.code === 410 || error.reason === 'Expired' || error.reason === 'Gone');
}

/** How servers without streaming lists answer: they refuse the parameters. */
function lacksStreamingList(error: unknown): boolean {
  return isStatusError(error, 'Invalid') || isStatusError(error, 'BadRequest');
}
