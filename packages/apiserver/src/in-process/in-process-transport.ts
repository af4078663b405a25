/**
 * A transport without a socket: requests of the same process go straight into the handler chain, as a fixed user. It has
 * the shape of `@kindred/client`'s Transport, which controllers take.
 */
import { setMaxListeners } from 'node:events';
import { Readable } from 'node:stream';
import type { UserInfo } from '../authentication/user-info.ts';
import type { Handler } from '../chain/handler-chain.ts';
import type { ApiRequest } from '../request/api-request.ts';
import type { WatchMessage } from '../request/api-response.ts';
import { BodyQueue, MessageQueue } from './body-queue.ts';

/** A list stands for several headers of that name. */
type RequestHeaders = Readonly<Record<string, string | readonly string[]>>;

export interface InProcessRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** With query, escaped. */
  readonly path: string;
  readonly headers: RequestHeaders;
  readonly body?: Uint8Array;
  readonly signal?: AbortSignal;
  /** The caller reads `messages` where the answer has them. */
  readonly takesMessages?: boolean;
}

export interface InProcessResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: AsyncIterable<Uint8Array>;
  /** What a watch says, as values; the body is empty then. */
  readonly messages?: AsyncIterable<readonly WatchMessage[]>;
}

export interface InProcessTransport {
  request(request: InProcessRequest): Promise<InProcessResponse>;
  /** Breaks off the streams of this transport; later requests fail. */
  close(): Promise<void>;
  /** Waits until no stream is being written any more: what is left of them is for their readers. */
  idle(): Promise<void>;
}

const noBody: Uint8Array = new Uint8Array();

/** A transport whose requests come from `user`, without credentials. */
export function inProcessTransport(handler: Handler, user: UserInfo): InProcessTransport {
  const closing = new AbortController();
  // Each open stream listens, and there is no telling how many there are.
  setMaxListeners(0, closing.signal);
  const open = new Map<BodyQueue | MessageQueue, Promise<void>>();
  return {
    async request(request) {
      closing.signal.throwIfAborted();
      request.signal?.throwIfAborted();
      const signal = request.signal === undefined ? closing.signal : AbortSignal.any([request.signal, closing.signal]);
      const response = await handler(toApiRequest(request, user, signal));
      const headers = flatHeaders(response.headers);
      const { body } = response;
      if (typeof body !== 'function') {
        return { status: response.status, headers, body: chunksOf(body instanceof Uint8Array ? [body] : body) };
      }
      const asMessages = request.takesMessages === true && response.hasMessages === true;
      const queue = asMessages ? new MessageQueue() : new BodyQueue();
      const abort = (): void => queue.abort(signal.reason);
      signal.addEventListener('abort', abort, { once: true });
      queue.onClose(() => {
        open.delete(queue);
        signal.removeEventListener('abort', abort);
      });
      if (signal.aborted) abort();
      const written = body(queue).then(
        () => queue.end(),
        (error: unknown) => queue.abort(error),
      );
      if (!queue.closed) open.set(queue, written);
      const { status } = response;
      if (queue instanceof MessageQueue) return { status, headers, body: chunksOf([]), messages: queue };
      return { status, headers, body: queue };
    },
    close() {
      closing.abort(new Error('the transport is closed'));
      for (const queue of open.keys()) queue.abort(closing.signal.reason);
      return Promise.resolve();
    },
    async idle() {
      await Promise.all(open.values());
    },
  };
}

function toApiRequest(request: InProcessRequest, user: UserInfo, signal: AbortSignal): ApiRequest {
  const question = request.path.indexOf('?');
  const rawQuery = question < 0 ? '' : request.path.slice(question + 1);
  let query: URLSearchParams | undefined;
  return {
    method: request.method,
    path: question < 0 ? request.path : request.path.slice(0, question),
    rawQuery,
    get query() {
      query ??= new URLSearchParams(rawQuery);
      return query;
    },
    headers: lowerCased(request.headers),
    body: () => Promise.resolve(request.body ?? noBody),
    stream: () => (request.body === undefined ? undefined : Readable.from([request.body])),
    upgrade: undefined,
    signal,
    remoteAddress: '',
    peerCertificate: undefined,
    user,
  };
}

function lowerCased(headers: RequestHeaders): Record<string, string> {
  const lower: Record<string, string> = {};
  for (const name in headers) lower[name.toLowerCase()] = oneText(headers[name] ?? '');
  return lower;
}

function flatHeaders(headers: RequestHeaders): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) flat[name] = oneText(value);
  return flat;
}

function oneText(value: string | readonly string[]): string {
  return typeof value === 'string' ? value : value.join(', ');
}

async function* chunksOf(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks;
}
