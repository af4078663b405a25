/**
 * Watches of a resource without storage: the source's events, as the client's selectors and representation show them. A
 * watch that begins with the present objects lists them first where the source can say which state its list shows, so that
 * the source only has to tell what comes after a state.
 */
import { forbiddenField, internalError, invalidOptions, isStatusError } from '@kindred/machinery';
import { negotiateFor } from '../negotiation/encode.ts';
import type { ApiResponse, BodyWriter } from '../request/api-response.ts';
import type { ServedRequest } from '../resources/resource-request.ts';
import { selectionOf } from '../resources/selection-of-request.ts';
import { errorLine, type LineOf, watchLines } from '../resources/watch-lines.ts';
import { readWatchFlags, type WatchFlags } from '../resources/watch-options.ts';
import type { Selection } from '../storage/selection.ts';
import type { SourceEvent, SourceList, SourceObject, VirtualSource, WatchWish } from './virtual-source.ts';
import { WatchedObjects } from './watched-objects.ts';

export type WatchableSource = VirtualSource & Required<Pick<VirtualSource, 'watch'>>;

/** @throws StatusError 400, 406, 422, and what the source's list throws. */
export async function watchVirtual(request: ServedRequest, source: WatchableSource): Promise<ApiResponse> {
  const { exchange, server, name } = request;
  const { query } = exchange.request;
  const flags = readWatchFlags(query, server.random);
  const selection = { ...selectionOf(request), ...(name === '' ? {} : { name }) };
  const lineOf = watchLines(request, negotiateFor(exchange.request));
  const version = query.get('resourceVersion') ?? '';
  const fromNow = version === '' || version === '0';
  const found = fromNow || flags.sendInitialEvents === true ? await presentObjects(request, source) : undefined;
  if (found === undefined && flags.sendInitialEvents === true) throw cannotStreamLists();
  const present = flags.sendInitialEvents === false ? [] : (found?.items ?? []);
  const since = found?.resourceVersion ?? (fromNow ? '' : version);
  return {
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: (writer) => follow({ request, source, flags, selection, lineOf, present, since, writer }),
  };
}

/** Undefined when the source can't list, or its lists are of no state that a watch could go on from. */
async function presentObjects(request: ServedRequest, { list }: VirtualSource): Promise<SourceList | undefined> {
  if (list === undefined) return undefined;
  const { labelSelector, fieldSelector } = listSelectors(request);
  const wish = { labelSelector, fieldSelector, limit: 0, continue: '', resourceVersion: '' };
  const found = await list(request, wish);
  return found.resourceVersion === '' ? undefined : found;
}

function listSelectors({ exchange }: ServedRequest): { labelSelector: string; fieldSelector: string } {
  const { query } = exchange.request;
  return { labelSelector: query.get('labelSelector') ?? '', fieldSelector: query.get('fieldSelector') ?? '' };
}

/** Clients that hear this list and watch instead. */
function cannotStreamLists(): Error {
  const text = 'sendInitialEvents is forbidden for watch: the resource has no states';
  return invalidOptions('ListOptions', [forbiddenField('sendInitialEvents', text)]);
}

interface Following {
  readonly request: ServedRequest;
  readonly source: WatchableSource;
  readonly flags: WatchFlags;
  readonly selection: Selection;
  readonly lineOf: LineOf;
  /** Sent first, as ADDED. */
  readonly present: readonly SourceObject[];
  /** The state from which the source goes on. */
  readonly since: string;
  readonly writer: BodyWriter;
}

async function follow(following: Following): Promise<void> {
  const { request, source, flags, since, writer } = following;
  const over = new AbortController();
  const end = (): void => over.abort();
  const { closing, clock } = request.server;
  const { withdrawn } = request.resource;
  const cancel = clock.after(flags.timeoutSeconds * 1000, end);
  for (const signal of [closing, withdrawn]) signal.addEventListener('abort', end, { once: true });
  writer.onClose(end);
  if (closing.aborted || withdrawn.aborted) end();
  try {
    await send(following, over.signal, source.watch(request, wishOf(request, since, over.signal)));
  } catch (error) {
    if (!over.signal.aborted) writer.write(errorLine(statusOf(error, request)));
  } finally {
    end();
    cancel();
    for (const signal of [closing, withdrawn]) signal.removeEventListener('abort', end);
  }
}

function wishOf(request: ServedRequest, resourceVersion: string, signal: AbortSignal): WatchWish {
  return { ...listSelectors(request), resourceVersion, signal };
}

async function send(following: Following, signal: AbortSignal, events: AsyncIterable<SourceEvent>): Promise<void> {
  const { request, flags, selection, lineOf, present, since, writer } = following;
  const objects = new WatchedObjects(request, selection);
  const write = async (line: Uint8Array): Promise<void> => {
    if (!writer.write(line)) await writer.drained();
  };
  for (const object of present) {
    const event = objects.shown({ type: 'ADDED', object });
    if (event !== undefined) await write(lineOf(event));
  }
  if (flags.sendInitialEvents === true && flags.bookmarks)
    await write(lineOf({ type: 'BOOKMARK', revision: since, initialEventsEnd: true }));
  for await (const event of untilAborted(events, signal)) {
    if (event.type === 'BOOKMARK') {
      const { resourceVersion, initialEventsEnd = false } = event;
      if (flags.bookmarks) await write(lineOf({ type: 'BOOKMARK', revision: resourceVersion, initialEventsEnd }));
    } else {
      const shown = objects.shown(event);
      if (shown !== undefined) await write(lineOf(shown));
    }
  }
}

/** A source that waits for its next event must not hold the watch open. */
async function* untilAborted(events: AsyncIterable<SourceEvent>, signal: AbortSignal): AsyncGenerator<SourceEvent> {
  const iterator = events[Symbol.asyncIterator]();
  const aborted = new Promise<undefined>((resolve) => {
    if (signal.aborted) resolve(undefined);
    else signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
  try {
    for (;;) {
      const next = iterator.next();
      const result = await Promise.race([next, aborted]);
      if (result === undefined) {
        // What the source still says, or throws because it was told to end, is of no interest to anybody.
        next.catch(() => undefined);
        return;
      }
      if (result.done === true) return;
      yield result.value;
    }
  } finally {
    iterator.return?.()?.catch(() => undefined);
  }
}

function statusOf(error: unknown, { exchange, server }: ServedRequest) {
  if (isStatusError(error)) return error.status;
  server.reportFault({ method: exchange.request.method, path: exchange.request.path, error });
  return internalError(error instanceof Error ? error.message : 'the watch failed').status;
}
