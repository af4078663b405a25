/** Watch events (`k8s.io/apimachinery/pkg/apis/meta/v1` WatchEvent), decoded from a stream of JSON lines. */
import { isJsonObject, type KubeObject, type Observed, StatusError } from '@kindred/machinery';
import { decodeBody, textOf } from '../client/body.ts';
import { toStatus } from '../client/response-error.ts';
import type { TransportResponse } from '../transport.ts';
import { LineSplitter } from './json-lines.ts';

export type WatchEvent<T extends KubeObject> =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: Observed<T> }
  | {
      readonly type: 'BOOKMARK';
      readonly resourceVersion: string;
      /** True on the bookmark that ends the initial events of a streaming list. */
      readonly initialEventsEnd: boolean;
    };

const initialEventsEndAnnotation = 'k8s.io/initial-events-end';

/**
 * Decodes a watch. Ends when the server ends it.
 *
 * @throws StatusError what an ERROR event carries: 410 Expired when the version is too old
 * @throws SyntaxError when a line is not a watch event
 */
export async function* watchEvents<T extends KubeObject>(
  body: AsyncIterable<Uint8Array>,
): AsyncGenerator<WatchEvent<T>, void, undefined> {
  for await (const events of watchEventBatches<T>(body)) yield* events;
}

/**
 * The same, with the events that came together in one chunk as one batch: waiting costs more than decoding. Iterating a
 * batch decodes it, and throws where `watchEvents` does, behind the events before.
 *
 * @param onChunk called when something has arrived
 */
async function* watchEventBatches<T extends KubeObject>(
  body: AsyncIterable<Uint8Array>,
  onChunk: () => void = () => undefined,
): AsyncGenerator<Iterable<WatchEvent<T>>, void, undefined> {
  const splitter = new LineSplitter();
  for await (const chunk of body) {
    onChunk();
    const lines = splitter.push(chunk);
    if (lines.length > 0) yield decodeLines<T>(lines);
  }
}

/** The events of a watch that was asked for with `takesMessages`, in batches, however the server gives them. */
export async function* receivedEvents<T extends KubeObject>(
  { body, messages }: Pick<TransportResponse, 'body' | 'messages'>,
  onChunk: () => void,
): AsyncGenerator<Iterable<WatchEvent<T>>, void, undefined> {
  if (messages === undefined) return yield* watchEventBatches<T>(body, onChunk);
  for await (const batch of messages) {
    onChunk();
    // As for decoded ones, the server is taken at its word: its messages are the events, but for the one that is an error.
    const failure = batch.findIndex(({ type }) => type === 'ERROR');
    const events = (failure < 0 ? batch : batch.slice(0, failure)) as readonly WatchEvent<T>[];
    if (events.length > 0) yield events;
    const failed = batch[failure];
    if (failed?.type === 'ERROR') throw errorOf(failed.status);
  }
}

function* decodeLines<T extends KubeObject>(lines: readonly Uint8Array[]): Generator<WatchEvent<T>> {
  for (const line of lines) yield decodeWatchEvent<T>(line);
}

function decodeWatchEvent<T extends KubeObject>(line: Uint8Array): WatchEvent<T> {
  const event = decodeBody(line);
  if (!isJsonObject(event) || !isJsonObject(event['object'])) throw notAnEvent();
  const object = event['object'];
  switch (event['type']) {
    case 'ADDED':
    case 'MODIFIED':
    case 'DELETED':
      if (!isJsonObject(object['metadata'])) throw notAnEvent();
      return { type: event['type'], object: asObserved<T>(object) };
    case 'BOOKMARK': {
      const metadata = isJsonObject(object['metadata']) ? object['metadata'] : {};
      const annotations = isJsonObject(metadata['annotations']) ? metadata['annotations'] : {};
      return {
        type: 'BOOKMARK',
        resourceVersion: textOf(metadata['resourceVersion']),
        initialEventsEnd: annotations[initialEventsEndAnnotation] === 'true',
      };
    }
    case 'ERROR':
      throw errorOf(object);
    default:
      throw notAnEvent();
  }
}

/** The server's answer is taken at its word: it serves the kind that the path names. */
function asObserved<T extends KubeObject>(object: object): Observed<T> {
  return object as Observed<T>;
}

function errorOf(object: object): StatusError {
  const message = 'The watch ended with an error that is not a Status';
  const unknown = {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    details: {},
    code: 500,
  } as const;
  return new StatusError(toStatus(object) ?? unknown);
}

function notAnEvent(): SyntaxError {
  return new SyntaxError('A line of the watch stream is not a watch event');
}
