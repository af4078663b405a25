/** Sends one request, straight or through a proxy: in absolute form for HTTP, by a tunnel (CONNECT) for HTTPS. */
import { type Agent as HttpAgent, request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { type Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Socket } from 'node:net';
import { type ConnectionOptions, connect as tlsConnect } from 'node:tls';

export interface Outgoing {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | undefined;
  readonly signal: AbortSignal;
}

export interface Connections {
  readonly http: HttpAgent;
  readonly https: HttpsAgent;
  /** For TLS inside a tunnel. */
  readonly tls: ConnectionOptions;
}

/** The head of the answer, with its body still to be read. Rejects with what Node throws. */
export async function openRequest(
  outgoing: Outgoing,
  connections: Connections,
  proxy: URL | undefined,
): Promise<IncomingMessage> {
  const { url } = outgoing;
  const isTls = url.protocol === 'https:';
  if (proxy === undefined) {
    const send = isTls ? httpsRequest : httpRequest;
    return finish(outgoing, (options, then) =>
      send(url, { ...options, agent: isTls ? connections.https : connections.http }, then),
    );
  }
  if (!isTls) {
    const headers = { ...outgoing.headers, host: url.host, ...proxyAuthorization(proxy) };
    const options = { ...addressOf(proxy), path: url.href, agent: connections.http };
    return finish({ ...outgoing, headers }, (rest, then) => httpRequest({ ...rest, ...options }, then));
  }
  const socket = await tunnel(url, proxy, outgoing.signal);
  const secure = tlsConnect({ ...connections.tls, socket, ...(isIpHost(url) ? {} : { servername: url.hostname }) });
  return finish(outgoing, (options, then) => httpsRequest(url, { ...options, createConnection: () => secure }, then));
}

type Start = (options: RequestOptions, then: (message: IncomingMessage) => void) => ReturnType<typeof httpRequest>;

function finish({ method, headers, body, signal }: Outgoing, start: Start): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const request = start({ method, headers, signal }, resolve);
    request.on('error', reject);
    request.end(body);
  });
}

function tunnel(url: URL, proxy: URL, signal: AbortSignal): Promise<Socket> {
  const path = `${url.hostname}:${url.port === '' ? '443' : url.port}`;
  const send = proxy.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const request = send({
      ...addressOf(proxy),
      method: 'CONNECT',
      path,
      headers: { host: path, ...proxyAuthorization(proxy) },
      agent: false,
      signal,
    });
    request.on('connect', (answer: IncomingMessage, socket: Socket) => {
      if (answer.statusCode === 200) return resolve(socket);
      socket.destroy();
      reject(new Error(`${answer.statusCode} ${answer.statusMessage ?? ''}`.trim()));
    });
    request.on('response', (answer) => {
      answer.destroy();
      reject(new Error(`${answer.statusCode} ${answer.statusMessage ?? ''}`.trim()));
    });
    request.on('error', reject);
    request.end();
  });
}

function addressOf(proxy: URL): RequestOptions {
  const fallback = proxy.protocol === 'https:' ? '443' : '80';
  return { host: proxy.hostname.replace(/^\[|\]$/g, ''), port: proxy.port === '' ? fallback : proxy.port };
}

function proxyAuthorization(proxy: URL): Readonly<Record<string, string>> {
  if (proxy.username === '') return {};
  const login = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(login).toString('base64')}` };
}

function isIpHost(url: URL): boolean {
  return /^(?:\[.*\]|\d+\.\d+\.\d+\.\d+)$/.test(url.hostname);
}
