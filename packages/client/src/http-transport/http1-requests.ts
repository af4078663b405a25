/** Requests over HTTP/1.1: for servers that don't offer HTTP/2, and for local proxies without TLS. */
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { headersFromBytes, headersToBytes } from '@kindred/machinery';
import { isSocks, proxyAddress, proxyAuthorization } from '../proxy/tunnel.ts';
import type { RequestHeaders, TransportRequest, TransportResponse } from '../transport.ts';
import type { TlsMaterial } from './connection-options.ts';
import { joinHeaders } from './headers.ts';
import { TunnelAgent, TunnelTlsAgent } from './tunnel-agent.ts';

export interface Http1Options {
  readonly url: URL;
  /** Undefined for plain HTTP. */
  readonly tls: (TlsMaterial & { readonly servername: string; readonly rejectUnauthorized: boolean }) | undefined;
  readonly proxy: URL | undefined;
}

export class Http1Requests {
  readonly #options: Http1Options;
  readonly #agent: HttpAgent;

  constructor(options: Http1Options) {
    this.#options = options;
    this.#agent = agentFor(options);
  }

  request(request: TransportRequest, path: string, headers: RequestHeaders): Promise<TransportResponse> {
    const { url, tls, proxy } = this.#options;
    // A proxy gets requests without TLS itself, with the whole address.
    const isForProxy = tls === undefined && proxy !== undefined && !isSocks(proxy);
    const options: RequestOptions = {
      agent: this.#agent,
      hostname: url.hostname.replace(/^\[|\]$/g, ''),
      port: url.port || (tls === undefined ? 80 : 443),
      method: request.method,
      path,
      headers: {
        ...headersToBytes(headers),
        ...(request.body === undefined ? {} : { 'content-length': String(request.body.length) }),
        ...(isForProxy ? { host: url.host, ...proxyAuthorization(proxy) } : {}),
      },
      ...(isForProxy ? { ...proxyAddress(proxy), hostname: undefined, path: url.origin + path } : {}),
      ...(request.signal === undefined ? {} : { signal: request.signal }),
    };
    return new Promise((resolve, reject) => {
      const onAnswer = (answer: IncomingMessage): void => {
        // Without a listener, an abort after the body was read to its end would be an uncaught error.
        answer.on('error', () => undefined);
        resolve({
          status: answer.statusCode ?? 0,
          headers: joinHeaders(headersFromBytes(answer.headers)),
          body: answer,
        });
      };
      const outgoing = tls === undefined ? httpRequest(options, onAnswer) : httpsRequest(options, onAnswer);
      outgoing.once('error', reject);
      outgoing.end(request.body);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}

function agentFor({ tls, proxy }: Http1Options): HttpAgent {
  if (tls !== undefined) {
    const options = { keepAlive: true, ...tls };
    return proxy === undefined ? new HttpsAgent(options) : new TunnelTlsAgent(proxy, options);
  }
  if (proxy !== undefined && isSocks(proxy)) return new TunnelAgent(proxy, { keepAlive: true });
  return new HttpAgent({ keepAlive: true });
}
