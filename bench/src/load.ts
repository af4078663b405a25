/** A load generator over HTTP/2: several sessions, each with requests under way at the same time. */
import { once } from 'node:events';
import type { ClientHttp2Session, OutgoingHttpHeaders } from 'node:http2';
import { connect } from 'node:http2';

export interface Endpoint {
  readonly url: string;
  /** PEM texts. */
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
}

export interface Answer {
  readonly status: number;
  readonly bytes: number;
  /** Milliseconds from sending to the first byte of the body. */
  readonly firstByte: number;
  /** Empty unless it was asked to be kept. */
  readonly body: Buffer;
}

export async function openSession({ url, ca, certificate, key }: Endpoint): Promise<ClientHttp2Session> {
  const session = connect(url, { ca, cert: certificate, key, settings: { initialWindowSize: 4 << 20 } });
  await once(session, 'connect');
  session.setLocalWindowSize(64 << 20);
  // The server ends before its connections do; a request that this breaks fails by itself.
  session.on('error', () => undefined);
  return session;
}

/** One request and its whole answer, whatever the status. */
export function request(
  session: ClientHttp2Session,
  headers: OutgoingHttpHeaders,
  body?: Buffer,
  { keep = false }: { keep?: boolean } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    // With the length of a body, as Kubernetes' clients tell it.
    const head = body === undefined ? headers : { ...headers, 'content-length': body.length };
    const stream = session.request(head, { endStream: body === undefined });
    const kept: Buffer[] = [];
    let status = 0;
    let bytes = 0;
    let firstByte = 0;
    stream.on('response', (answer) => {
      status = answer[':status'] ?? 0;
    });
    stream.on('data', (chunk: Buffer) => {
      if (bytes === 0) firstByte = performance.now() - started;
      bytes += chunk.length;
      if (keep) kept.push(chunk);
    });
    stream.on('end', () => resolve({ status, bytes, firstByte, body: Buffer.concat(kept) }));
    stream.on('error', reject);
    if (body !== undefined) stream.end(body);
  });
}

/** @throws Error when the answer is not one of success. */
export function expectSuccess({ status, body }: Answer): void {
  if (status !== 200 && status !== 201) throw new Error(`A request was answered with ${status}: ${body.toString()}`);
}

/** Sends `count` requests with `clients` of them under way at a time; any that does not succeed is an error. */
export async function hammer(
  sessions: readonly ClientHttp2Session[],
  { count, clients }: { count: number; clients: number },
  send: (session: ClientHttp2Session) => Promise<Answer>,
): Promise<void> {
  let sent = 0;
  const client = async (number: number): Promise<void> => {
    const session = sessions[number % sessions.length];
    while (session !== undefined && sent++ < count) expectSuccess(await send(session));
  };
  await Promise.all(Array.from({ length: clients }, (_, number) => client(number)));
}
