/** Connections through a proxy: HTTP's CONNECT (RFC 9110, section 9.3.6), and SOCKS version 5 (RFC 1928, RFC 1929). */
import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Socket } from 'node:net';
import { socksTunnel, type TunnelTarget } from './socks-tunnel.ts';

/** The proxy couldn't be reached, or didn't want to connect. */
export class ProxyError extends Error {
  override readonly name = 'ProxyError';
}

/**
 * A connection to the target, over which nothing was sent yet.
 *
 * @param proxy `http:`, `https:` or `socks5:`, with user and password when it wants them
 * @throws ProxyError
 */
export async function openTunnel(target: TunnelTarget, proxy: URL, signal?: AbortSignal): Promise<Socket> {
  if (!isSocks(proxy)) return connectTunnel(target, proxy, signal);
  try {
    return await socksTunnel(target, proxy, signal);
  } catch (error) {
    throw unreachable(error instanceof Error ? error : new Error(String(error)));
  }
}

/** Such a proxy only knows tunnels: requests without TLS go through one too. */
export function isSocks(proxy: URL): boolean {
  return proxy.protocol === 'socks5:' || proxy.protocol === 'socks5h:';
}

function connectTunnel({ host, port }: TunnelTarget, proxy: URL, signal: AbortSignal | undefined): Promise<Socket> {
  const path = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  const send = proxy.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const request = send({
      ...proxyAddress(proxy),
      method: 'CONNECT',
      path,
      headers: { host: path, ...proxyAuthorization(proxy) },
      agent: false,
      ...(signal === undefined ? {} : { signal }),
    });
    const refuse = (answer: IncomingMessage): void => {
      reject(new ProxyError(answer.statusMessage || `the proxy answered ${answer.statusCode}`));
    };
    request.on('connect', (answer: IncomingMessage, socket: Socket) => {
      if (answer.statusCode === 200) return resolve(socket);
      socket.destroy();
      refuse(answer);
    });
    request.on('response', (answer) => {
      answer.destroy();
      refuse(answer);
    });
    request.on('error', (error) => reject(unreachable(error)));
    request.end();
  });
}

function unreachable(error: Error): ProxyError {
  return new ProxyError(`proxyconnect tcp: ${error.message}`, { cause: error });
}

/** Where a proxy listens, for a request to it. */
export function proxyAddress(proxy: URL): RequestOptions {
  const fallback = proxy.protocol === 'https:' ? '443' : '80';
  return { host: proxy.hostname.replace(/^\[|\]$/g, ''), port: proxy.port === '' ? fallback : proxy.port };
}

/** The header that a proxy wants; none when its address names no user. */
export function proxyAuthorization(proxy: URL): Readonly<Record<string, string>> {
  if (proxy.username === '') return {};
  const login = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(login).toString('base64')}` };
}
