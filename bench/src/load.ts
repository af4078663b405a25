/** A load generator over HTTP/2: several sessions, each with requests under way at the same time. */

import { once } from 'node:events';
import type { ClientHttp2Session, OutgoingHttpHeaders } from 'node:http2';
import { connect } from 'node:http2';

export interface Endpoint {
  readonly url: string;
  /** PEM texts. */
  readonly ca: string;
  readonly certificate?: string;
  readonly key?: string;
}

export interface Exchange {
  readonly status: number;
  readonly bytes: number;
  /** Milliseconds from sending to the first byte of the body. */
  readonly firstByte: number;
}

export async function openSession(endpoint: Endpoint): Promise<ClientHttp2Session> {
  const session = connect(endpoint.url, {
    ca: endpoint.ca,
    ...(endpoint.certificate === undefined ? {} : { cert: endpoint.certificate }),
    ...(endpoint.key === undefined ? {} : { key: endpoint.key }),
    settings: { initialWindowSize: 4 << 20 },
  });
  await once(session, 'connect');
  session.setLocalWindowSize(64 << 20);
  return session;
}

export function exchange(session: ClientHttp2Session, headers: OutgoingHttpHeaders, body?: Buffer): Promise<Exchange> {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const stream = session.request(headers, { endStream: body === undefined });
    let status = 0;
    let bytes = 0;
    let firstByte = 0;
    stream.on('response', (answer) => (status = Number(answer[':status'])));
    stream.on('data', (chunk: Buffer) => {
      if (bytes === 0) firstByte = performance.now() - started;
      bytes += chunk.length;
    });
    stream.on('end', () => resolve({ status, bytes, firstByte }));
    stream.on('error', reject);
    if (body !== undefined) stream.end(body);
  });
}

/** Sends `count` requests with `clients` of them under way at a time; any status but those allowed is an error. */
export async function hammer(
  sessions: readonly ClientHttp2Session[],
  { count, clients }: { count: number; clients: number },
  send: (session: ClientHttp2Session, index: number) => Promise<Exchange>,
): Promise<void> {
  let next = 0;
  const client = async (number: number): Promise<void> => {
    const session = sessions[number % sessions.length];
    if (session === undefined) return;
    while (next < count) {
      const { status } = await send(session, next++);
      if (status !== 200 && status !== 201) throw new Error(`A request was answered with ${status}`);
    }
  };
  await Promise.all(Array.from({ length: clients }, (_, number) => client(number)));
}
