/** Sends one request, straight or through a proxy: in absolute form for HTTP, by a tunnel for HTTPS. */
import { type Agent as HttpAgent, request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { type Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { type ConnectionOptions, connect as tlsConnect } from 'node:tls';
import { isSocks, openTunnel, proxyAddress, proxyAuthorization } from '@kindred/client';

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
  if (!isTls && !isSocks(proxy)) {
    const headers = { ...outgoing.headers, host: url.host, ...proxyAuthorization(proxy) };
    const options = { ...proxyAddress(proxy), path: url.href, agent: connections.http };
    return finish({ ...outgoing, headers }, (rest, then) => httpRequest({ ...rest, ...options }, then));
  }
  const target = { host: url.hostname.replace(/^\[|\]$/g, ''), port: Number(url.port || (isTls ? 443 : 80)) };
  const socket = await openTunnel(target, proxy, outgoing.signal);
  if (!isTls)
    return finish(outgoing, (rest, then) => httpRequest(url, { ...rest, createConnection: () => socket }, then));
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

function isIpHost(url: URL): boolean {
  return /^(?:\[.*\]|\d+\.\d+\.\d+\.\d+)$/.test(url.hostname);
}
