/**
 * One watch of a resource: a position in the resource's history, moved forward as fast as its client takes events. What a
 * slow client has not taken costs nothing here; when history goes past its position, the watch ends.
 */
import { StoreError } from '@kindred/store';
import type { ResourceHistory } from './resource-history.ts';
import type { ResourceWatch, ResourceWatchHandler, ResourceWatchRequest } from './resource-storage.ts';
import type { StoredObject } from './stored-object.ts';
import { EncodedOnce, type WatchEvent } from './watch-event.ts';

/** Events handed over in one call at most, so that no watcher holds the event loop for long. */
const batchLength = 128;
/** Bytes of objects handed over in one call, about: what a slow client costs at most. */
const batchBytes = 512 * 1024;
/** Present objects looked at in one call at most: selectors may have to decode each. */
const lookLength = 512;

/** What a watch needs of its resource. */
export interface WatchSource {
  readonly history: ResourceHistory;
  /** Newest revision of the whole store. */
  revision(): number;
  /** Asks for a call of `pump` in a later turn. */
  wake(watch: ObjectWatch): void;
  closed(watch: ObjectWatch): void;
}

/** See the file's head. */
export class ObjectWatch implements ResourceWatch {
  readonly #source: WatchSource;
  readonly #request: ResourceWatchRequest;
  readonly #handler: ResourceWatchHandler;
  /** Present objects that are still to be sent as ADDED. */
  #initial: Iterator<StoredObject | undefined> | undefined;
  #initialRevision: number;
  #position: number;
  #paused = false;
  #bookmarkDue = false;
  #closed = false;

  constructor(
    source: WatchSource,
    request: ResourceWatchRequest,
    handler: ResourceWatchHandler,
    from: { position: number; initial?: Iterator<StoredObject | undefined> },
  ) {
    this.#source = source;
    this.#request = request;
    this.#handler = handler;
    this.#position = from.position;
    this.#initial = from.initial;
    this.#initialRevision = source.revision();
  }

  get wantsBookmarks(): boolean {
    return this.#request.bookmarks === true;
  }

  resume(): void {
    if (!this.#paused || this.#closed) return;
    this.#paused = false;
    this.#source.wake(this);
  }

  bookmark(): void {
    if (this.#closed) return;
    this.#bookmarkDue = true;
    if (!this.#paused) this.#source.wake(this);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#initial = undefined;
    this.#source.closed(this);
  }

  end(reason: Error): void {
    if (this.#closed) return;
    this.close();
    this.#handler.onEnd(reason);
  }

  /** Hands over what is due, one batch; asks to be called again when there is more. */
  pump(): void {
    if (this.#closed || this.#paused) return;
    const { history } = this.#source;
    if (this.#position < history.first) {
      const message = `too old resource version: the watch is slower than its events, history begins at ${history.startRevision}`;
      this.end(new StoreError('compacted', message, { compactedRevision: history.startRevision }));
      return;
    }
    const events = new Batch();
    this.#takeInitial(events);
    if (this.#initial === undefined) this.#takeChanges(events);
    const caughtUp = this.#initial === undefined && this.#position === history.end;
    if (caughtUp && this.#bookmarkDue) {
      this.#bookmarkDue = false;
      events.push({ type: 'BOOKMARK', revision: this.#source.revision(), initialEventsEnd: false });
    }
    if (events.list.length > 0 && this.#handler.onEvents(events.list) === false) this.#paused = true;
    else if (!caughtUp) this.#source.wake(this);
  }

  #takeInitial(events: Batch): void {
    for (let looked = 0; this.#initial !== undefined && looked < lookLength && !events.full; looked++) {
      const { done, value } = this.#initial.next();
      if (done !== true) {
        if (value !== undefined) events.push(new EncodedOnce('ADDED', value));
        continue;
      }
      this.#initial = undefined;
      if (this.#request.initialEventsEnd === true) {
        events.push({ type: 'BOOKMARK', revision: this.#initialRevision, initialEventsEnd: true });
      }
    }
  }

  #takeChanges(events: Batch): void {
    const { history } = this.#source;
    while (!events.full && this.#position < history.end) {
      const event = history.at(this.#position)?.eventFor(this.#request);
      if (event !== undefined) events.push(event);
      this.#position++;
    }
  }
}

/** Events on their way to the client. */
class Batch {
  readonly list: WatchEvent[] = [];
  #bytes = 0;

  get full(): boolean {
    return this.list.length >= batchLength || this.#bytes >= batchBytes;
  }

  push(event: WatchEvent): void {
    this.list.push(event);
    if (event.type !== 'BOOKMARK') this.#bytes += event.stored.bytes.byteLength;
  }
}
