/** Requests exactly as given, over HTTP/1.1 and HTTP/2, with the admin's certificate: for what no client library would send. */
import { connect as connectHttp2 } from 'node:http2';
import { request as httpsRequest } from 'node:https';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { connectionOf, loadKubeconfig } from '@kindred/client';

export interface RawRequest {
  readonly method: string;
  readonly path: string;
  readonly contentType?: string;
  readonly body?: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface RawResponse {
  readonly status: number;
  readonly text: string;
  /** The `message` of a Status body. */
  readonly message: string;
  /** `details.causes` of a Status body, as `field: message`. */
  readonly causes: readonly string[];
}

export interface RawClient {
  readonly port: number;
  readonly http1: (request: RawRequest) => Promise<RawResponse>;
  readonly http2: (request: RawRequest) => Promise<RawResponse>;
  /** A TLS connection that speaks whatever the test writes. */
  readonly connect: (protocol: 'h2' | 'http/1.1') => Promise<TLSSocket>;
}

export async function rawClient(kubeconfig: string): Promise<RawClient> {
  const { server, tls } = connectionOf(await loadKubeconfig({ path: kubeconfig, env: {} }));
  const material = (await tls?.()) ?? {};
  const port = Number(new URL(server).port);
  return {
    port,
    http1: (request) => sendHttp1(server, material, request),
    http2: (request) => sendHttp2(server, material, request),
    connect: (protocol) =>
      new Promise((resolve, reject) => {
        const socket = connectTls({ ...material, host: '127.0.0.1', port, ALPNProtocols: [protocol] }, () => {
          socket.off('error', reject);
          resolve(socket);
        });
        socket.once('error', reject);
      }),
  };
}

function headersOf({ contentType, headers }: RawRequest): Record<string, string> {
  return { ...(contentType === undefined ? {} : { 'content-type': contentType }), ...headers };
}

function sendHttp1(server: string, tls: object, raw: RawRequest): Promise<RawResponse> {
  return new Promise((resolve, reject) => {
    const options = { ...tls, agent: false as const, method: raw.method, headers: headersOf(raw) };
    const request = httpsRequest(new URL(raw.path, server), options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve(toResponse(response.statusCode ?? 0, chunks)));
      response.on('error', reject);
    });
    request.on('error', reject);
    request.end(raw.body ?? '');
  });
}

async function sendHttp2(server: string, tls: object, raw: RawRequest): Promise<RawResponse> {
  const session = connectHttp2(server, tls);
  try {
    return await new Promise((resolve, reject) => {
      session.on('error', reject);
      const stream = session.request(
        { ':method': raw.method, ':path': raw.path, ...headersOf(raw) },
        { endStream: raw.body === undefined },
      );
      let status = 0;
      const chunks: Buffer[] = [];
      stream.on('response', (headers) => {
        status = Number(headers[':status']);
      });
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => resolve(toResponse(status, chunks)));
      // An answer that comes before the body was sent may end with a reset of the stream.
      stream.on('error', (error) => (status === 0 ? reject(error) : resolve(toResponse(status, chunks))));
      if (raw.body !== undefined) stream.end(raw.body);
    });
  } finally {
    session.destroy();
  }
}

function toResponse(status: number, chunks: readonly Buffer[]): RawResponse {
  const text = Buffer.concat(chunks).toString();
  // Bodies that are no Status have none of these.
  const body = (text.startsWith('{') ? JSON.parse(text) : {}) as {
    message?: string;
    details?: { causes?: { field?: string; message?: string }[] };
  };
  const causes = (body.details?.causes ?? []).map(({ field = '', message = '' }) => `${field}: ${message}`);
  return { status, text, message: body.message ?? '', causes };
}
