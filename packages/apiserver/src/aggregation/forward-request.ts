/**
 * Forwards one request to the server of an APIService and its answer to the client, both as they come: with the client's
 * query and body, without its credentials. Whoever ends first, the client, the other server or this one, ends both sides.
 */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type Clock, failure, headersFromBytes, serviceUnavailable, timeout } from '@kindred/machinery';
import type { Exchange } from '../chain/exchange.ts';
import { isLongRunning } from '../chain/flow-control.ts';
import type { ApiResponse, BodyWriter } from '../request/api-response.ts';
import { clientGone } from '../request/body-errors.ts';
import { type ServiceLookup, serviceAddress } from '../services/service-endpoints.ts';
import type { ResourceStorage } from '../storage/resource-storage.ts';
import { type Backend, type BackendAnswer, BackendError } from './backend.ts';
import { requestHeaders, responseHeaders } from './forwarded-headers.ts';
import type { RemoteApi } from './remote-api.ts';
import { noteStoredElsewhere } from './stored-elsewhere.ts';

export interface ForwardParts {
  readonly services: ServiceLookup;
  readonly namespaces: ResourceStorage;
  readonly clock: Clock;
  /** In [0, 1): which of several endpoints is asked. */
  readonly random: () => number;
  /** Aborts when this server closes. */
  readonly closing: AbortSignal;
}

/** Milliseconds for everything that isn't long-running, as for requests that are served here. */
const requestLimit = 60_000;

/** @throws StatusError 503 when the other server can't be reached, 504 when it takes too long, 500 for a redirection. */
export async function forwardRequest(
  exchange: Exchange,
  { api, backend }: { readonly api: RemoteApi; readonly backend: Backend },
  parts: ForwardParts,
): Promise<ApiResponse> {
  if (api.unavailable !== undefined) {
    throw serviceUnavailable(
      `service unavailable: the server of APIService ${api.name} is not available (${api.unavailable})`,
    );
  }
  await noteStoredElsewhere(parts.namespaces, exchange.info);
  const end = new AbortController();
  const release = endsWith(end, exchange, parts);
  try {
    const answered = await send(exchange, backend, api, parts, end.signal);
    if (answered.upgraded !== undefined) return upgradedResponse(answered, release, parts.closing);
    refuseRedirection(answered.message);
    return streamedResponse(answered.message, release, parts.closing);
  } catch (error) {
    release();
    throw error;
  }
}

/** Aborts `end` when the client is gone or the time is over. The returned function ends the watch for both. */
function endsWith(end: AbortController, exchange: Exchange, { clock }: ForwardParts): () => void {
  const { signal } = exchange.request;
  const gone = (): void => end.abort(clientGone());
  if (signal.aborted) gone();
  signal.addEventListener('abort', gone, { once: true });
  const late = (): void => end.abort(timeout('request did not complete within the allotted timeout'));
  const cancel = isLongRunning(exchange) ? (): void => undefined : clock.after(requestLimit, late);
  return () => {
    signal.removeEventListener('abort', gone);
    cancel();
  };
}

async function send(
  exchange: Exchange,
  backend: Backend,
  { service }: RemoteApi,
  { services, random }: ForwardParts,
  signal: AbortSignal,
): Promise<BackendAnswer> {
  const { method, path, rawQuery } = exchange.request;
  try {
    return await backend.send(serviceAddress(services, service, random), {
      method,
      path: rawQuery === '' ? path : `${path}?${rawQuery}`,
      headers: requestHeaders(exchange),
      body: exchange.request.stream(),
      signal,
    });
  } catch (error) {
    if (!(error instanceof BackendError)) throw error;
    throw serviceUnavailable(`error trying to reach service: ${error.message}`);
  }
}

/** A client that followed it would show its credentials to whoever the other server likes. */
function refuseRedirection(message: IncomingMessage): void {
  const { statusCode = 0, headers } = message;
  if (statusCode < 300 || statusCode > 399 || headers.location === undefined) return;
  message.destroy();
  throw failure('InternalError', 'the backend attempted to redirect this request, which is not permitted');
}

function streamedResponse(message: IncomingMessage, release: () => void, closing: AbortSignal): ApiResponse {
  return {
    status: message.statusCode ?? 0,
    headers: responseHeaders(headersFromBytes(message.headers)),
    async body(writer) {
      try {
        await copy(message, writer, closing);
      } finally {
        release();
        message.destroy();
      }
    },
  };
}

/** @throws StatusError when the other server broke off: the client must not take what it has for everything. */
async function copy(message: IncomingMessage, writer: BodyWriter, closing: AbortSignal): Promise<void> {
  const stop = (): void => void message.destroy();
  writer.onClose(stop);
  closing.addEventListener('abort', stop, { once: true });
  try {
    for await (const chunk of message) {
      // Without an encoding, chunks are bytes.
      if (!writer.write(chunk as Buffer)) await writer.drained();
    }
  } catch (error) {
    if (writer.closed || closing.aborted) return;
    throw serviceUnavailable(`the server that the request was forwarded to broke off: ${String(error)}`);
  } finally {
    closing.removeEventListener('abort', stop);
  }
}

function upgradedResponse(
  { message, upgraded }: BackendAnswer,
  release: () => void,
  closing: AbortSignal,
): ApiResponse {
  const { upgrade = '' } = message.headers;
  return {
    status: 101,
    headers: { ...responseHeaders(headersFromBytes(message.headers)), connection: 'Upgrade', upgrade },
    body: new Uint8Array(),
    async upgraded(client) {
      try {
        if (upgraded !== undefined) await join(client, upgraded.socket, upgraded.head, closing);
      } finally {
        release();
      }
    },
  };
}

/** Both directions, until one side ends or breaks; either way nothing of the other is left open. */
async function join(client: Duplex, server: Duplex, head: Buffer, closing: AbortSignal): Promise<void> {
  const stop = (): void => {
    client.destroy();
    server.destroy();
  };
  closing.addEventListener('abort', stop, { once: true });
  if (head.length > 0) server.unshift(head);
  try {
    await Promise.all([carry(client, server), carry(server, client)]);
  } finally {
    closing.removeEventListener('abort', stop);
  }
}

/** Resolves when `from` is closed, and sees to it that `to` closes then, with all that was read for it. */
function carry(from: Duplex, to: Duplex): Promise<void> {
  from.pipe(to);
  return new Promise((resolve) => {
    const ended = (): void => {
      if (!from.readableEnded || to.writableFinished) to.destroy();
      else to.once('finish', () => to.destroy());
      resolve();
    };
    from.on('error', () => from.destroy());
    if (from.closed) ended();
    else from.once('close', ended);
  });
}
