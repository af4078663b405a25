/**
 * Questions that the API server has for the servers of APIServices itself: whether they are there, what they serve, and how
 * it is described. Asked as a user who may read everything.
 */
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import { type Clock, DecodeError, decodeJson, isStatusError } from '@kindred/machinery';
import { type ServiceAddress, type ServiceLookup, serviceAddress } from '../services/service-endpoints.ts';
import type { Remote } from './api-services.ts';
import { type Backend, BackendError } from './backend.ts';
import { userHeaders } from './forwarded-headers.ts';

const aggregatorUser = { username: 'system:kube-aggregator', groups: ['system:masters'] };

export interface Question {
  readonly backend: Backend;
  readonly address: ServiceAddress;
  readonly path: string;
  readonly headers: OutgoingHttpHeaders;
  /** Milliseconds for the whole answer. */
  readonly limit: number;
  readonly clock: Clock;
}

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface AskParts {
  readonly services: ServiceLookup;
  readonly clock: Clock;
  /** In [0, 1): which of several endpoints is asked. */
  readonly random: () => number;
}

/**
 * Asks one of the servers behind an APIService.
 * @throws BackendError also when its Service leads nowhere.
 */
export async function askRemote(
  { api, backend }: Remote,
  { path, headers = {}, limit }: { path: string; headers?: OutgoingHttpHeaders; limit: number },
  { services, clock, random }: AskParts,
): Promise<Reply> {
  try {
    const address = serviceAddress(services, api.service, random);
    return await askAs({ backend, address, path, headers, limit, clock });
  } catch (error) {
    if (isStatusError(error)) throw new BackendError(error.message, { cause: error });
    throw error;
  }
}

/** The JSON of a reply; undefined for whatever is no document. */
export function documentOf({ status, body }: Reply): unknown {
  if (status !== 200) return undefined;
  try {
    return decodeJson(body).value;
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}

/** Most bytes of a reply: OpenAPI documents are the largest. */
const mostBytes = 32 * 1024 * 1024;

/** @throws BackendError when there is no complete answer within the time. */
export async function askAs({ backend, address, path, headers, limit, clock }: Question): Promise<Reply> {
  const end = new AbortController();
  const late = new BackendError('context deadline exceeded (Client.Timeout exceeded while awaiting headers)');
  const cancel = clock.after(limit, () => end.abort(late));
  try {
    const { message, upgraded } = await backend.send(address, {
      method: 'GET',
      path,
      headers: {
        accept: 'application/json',
        'user-agent': 'kube-aggregator',
        ...headers,
        ...userHeaders(aggregatorUser),
      },
      signal: end.signal,
    });
    upgraded?.socket.destroy();
    const chunks: Buffer[] = [];
    let length = 0;
    for await (const chunk of message) {
      // Without an encoding, chunks are bytes.
      chunks.push(chunk as Buffer);
      length += (chunk as Buffer).length;
      if (length > mostBytes) throw new BackendError(`the answer is longer than ${mostBytes} bytes`);
    }
    return { status: message.statusCode ?? 0, headers: message.headers, body: Buffer.concat(chunks) };
  } catch (error) {
    if (end.signal.aborted) throw late;
    if (error instanceof BackendError) throw error;
    throw new BackendError('unexpected EOF', { cause: error });
  } finally {
    cancel();
  }
}
