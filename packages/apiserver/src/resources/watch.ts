/**
 * Watches: a stream of lines, one event each, shared by everybody who watches alike. It ends cleanly at its timeout, when
 * the server closes and when the resource is no longer served; with an ERROR event when history has gone past it.
 */
import { expired, internalError, type StatusError, tooLargeResourceVersion } from '@kindred/machinery';
import { StoreError } from '@kindred/store';
import { negotiateFor } from '../negotiation/encode.ts';
import type { ApiResponse, BodyWriter } from '../request/api-response.ts';
import type { ResourceWatch, ResourceWatchRequest } from '../storage/resource-storage.ts';
import type { ResourceRequest } from './resource-request.ts';
import { selectionOf } from './selection-of-request.ts';
import { watchLines } from './watch-lines.ts';
import { readWatchOptions, type WatchOptions } from './watch-options.ts';
import { type WatchSender, watchMessages, watchSender } from './watch-sender.ts';

/** A bookmark tells the client where it stands this long before its watch times out, in milliseconds. */
const lastBookmarkBefore = 2000;

/** @throws StatusError 400, 406, 410 when the events since the resourceVersion are forgotten, 422, 504. */
export async function watch(request: ResourceRequest): Promise<ApiResponse> {
  const { exchange, storage, server, name } = request;
  const negotiated = negotiateFor(exchange.request);
  const options = readWatchOptions(exchange.request.query, storage.revision, server.random);
  const newest = options.since ?? options.atLeast;
  if (newest > storage.revision && !(await server.apiStorage.reaches(newest))) {
    throw tooLargeResourceVersion(newest, storage.revision);
  }
  const wanted: ResourceWatchRequest = {
    ...selectionOf(request),
    ...(name === '' ? {} : { name }),
    ...(options.since === undefined ? {} : { since: options.since }),
    initialEventsEnd: options.initialEventsEnd,
    bookmarks: options.bookmarks,
  };
  const lineOf = watchLines(request, negotiated);
  const messageOf = watchMessages(request, negotiated);
  demandHistory(request, wanted);
  return {
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: (writer) => {
      const sender = watchSender(writer, lineOf, messageOf);
      return new Promise((resolve) => follow({ request, wanted, options, sender, writer, resolve }));
    },
    hasMessages: messageOf !== undefined,
  };
}

/** Events that are forgotten must be told before the answer begins. */
function demandHistory({ storage }: ResourceRequest, wanted: ResourceWatchRequest): void {
  if (wanted.since === undefined) return;
  try {
    storage.watch(wanted, { onEvents: () => undefined, onEnd: () => undefined }).close();
  } catch (error) {
    throw watchFailure(error);
  }
}

interface Following {
  readonly request: ResourceRequest;
  readonly wanted: ResourceWatchRequest;
  readonly options: WatchOptions;
  readonly sender: WatchSender;
  readonly writer: BodyWriter;
  resolve(): void;
}

function follow({ request, wanted, options, sender, writer, resolve }: Following): void {
  const { server, storage, resource } = request;
  const stops: (() => void)[] = [];
  let watching: ResourceWatch | undefined;
  const end = (): void => {
    watching?.close();
    for (const stop of stops.splice(0)) stop();
    resolve();
  };
  try {
    const started = storage.watch(wanted, {
      onEvents(events) {
        if (sender.events(events)) return true;
        void writer.drained().then(() => started.resume());
        return false;
      },
      onEnd(reason) {
        if (!(reason instanceof StoreError && reason.code === 'closed')) sender.failure(watchFailure(reason));
        end();
      },
    });
    watching = started;
  } catch (error) {
    sender.failure(watchFailure(error));
    resolve();
    return;
  }
  const { clock, closing } = server;
  const timeout = options.timeoutSeconds * 1000;
  stops.push(clock.after(timeout, end), listen(closing, end), listen(resource.withdrawn, end));
  if (options.bookmarks && timeout > lastBookmarkBefore) {
    const started = watching;
    stops.push(clock.after(timeout - lastBookmarkBefore, () => started.bookmark()));
  }
  writer.onClose(end);
}

function listen(signal: AbortSignal, end: () => void): () => void {
  if (signal.aborted) queueMicrotask(end);
  else signal.addEventListener('abort', end, { once: true });
  return () => signal.removeEventListener('abort', end);
}

function watchFailure(error: unknown): StatusError {
  if (error instanceof StoreError && error.code === 'compacted') return expired(error.message);
  return internalError(error instanceof Error ? error.message : 'the watch failed');
}
