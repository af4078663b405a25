/**
 * The transport to a cluster: HTTP/2 over TLS, HTTP/1.1 where the server chooses that or speaks no TLS.
 *
 * Connections are made when needed and shared; a second one is opened only when the first is full of streams (each watch is
 * one). Connection attempts are made one at a time, and wait a little longer after each failure.
 */
import { type TLSSocket, type ConnectionOptions as TlsOptions, connect as tlsConnect } from 'node:tls';
import { type Clock, errorText, systemClock } from '@kindred/machinery';
import { openTunnel } from '../proxy/tunnel.ts';
import { sleep } from '../sleep.ts';
import type { RequestHeaders, Transport, TransportRequest, TransportResponse } from '../transport.ts';
import { unlessAborted } from '../unless-aborted.ts';
import type { ConnectionOptions } from './connection-options.ts';
import type { Credentials } from './credential-source.ts';
import { Http1Requests } from './http1-requests.ts';
import { Http2Session, NotSentError } from './http2-session.ts';

export interface HttpTransportOptions extends ConnectionOptions {
  readonly clock?: Clock;
  /** Milliseconds between pings, and for each answer: a dead peer is found within twice that. 15 s when not given. */
  readonly pingInterval?: number;
  /** Milliseconds for a connection to be made; 10 s when not given. */
  readonly connectTimeout?: number;
}

interface Sender {
  request(request: TransportRequest, path: string, headers: RequestHeaders): Promise<TransportResponse>;
}

const longestConnectDelay = 5_000;
/** How often a request that was not sent is put on another connection. */
const mostMoves = 3;

/**
 * @example
 * const transport = createHttpTransport(await connectionOf(await loadKubeconfig({ env: process.env })));
 */
export function createHttpTransport(options: HttpTransportOptions): Transport {
  return new HttpTransport(options);
}

class HttpTransport implements Transport {
  readonly #options: HttpTransportOptions;
  readonly #clock: Clock;
  readonly #url: URL;
  readonly #prefix: string;
  readonly #proxy: URL | undefined;
  readonly #sessions = new Set<Http2Session>();
  readonly #closing = new AbortController();
  #http1: Http1Requests | undefined;
  #connecting: Promise<Sender> | undefined;
  #failures = 0;
  /** Those that connections are made with. */
  #credentials: Credentials = {};

  constructor(options: HttpTransportOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#url = new URL(options.server);
    this.#prefix = this.#url.pathname.replace(/\/$/, '');
    this.#proxy = options.proxy?.(this.#url);
    if (!this.#isTls) this.#http1 = new Http1Requests({ url: this.#url, tls: undefined, proxy: this.#proxy });
  }

  get #isTls(): boolean {
    return this.#url.protocol !== 'http:';
  }

  async request(request: TransportRequest): Promise<TransportResponse> {
    const { token, basic, credentials: source } = this.#options;
    if (source === undefined || token !== undefined || basic !== undefined) return this.#send(request);
    const credentials = await unlessAborted(source.get(), request.signal);
    this.#use(credentials);
    const answer = await this.#send(request, credentials.token);
    if (answer.status === 401) source.refused(credentials);
    return answer;
  }

  /** A connection is made with one certificate: with another one, there must be others. */
  #use(credentials: Credentials): void {
    const { cert, key } = this.#credentials;
    this.#credentials = credentials;
    if (cert === credentials.cert && key === credentials.key) return;
    for (const session of this.#sessions) session.retire();
    this.#sessions.clear();
    if (!this.#isTls) return;
    this.#http1?.close();
    this.#http1 = undefined;
  }

  async #send(request: TransportRequest, token?: string): Promise<TransportResponse> {
    const headers = { ...this.#options.headers, ...request.headers, ...(await this.#authorization(token)) };
    for (let move = 0; ; move++) {
      request.signal?.throwIfAborted();
      // Connecting may take long, and is shared: who gives up leaves it to the others.
      const sender = await unlessAborted(this.#sender(), request.signal);
      try {
        return await sender.request(request, this.#prefix + request.path, headers);
      } catch (error) {
        if (!(error instanceof NotSentError) || move === mostMoves) throw error;
      }
    }
  }

  close(): Promise<void> {
    this.#closing.abort(new Error('The transport was closed'));
    this.#http1?.close();
    for (const session of this.#sessions) session.destroy();
    this.#options.credentials?.close();
    return Promise.resolve();
  }

  async #authorization(given: string | undefined): Promise<Record<string, string>> {
    const { token, basic } = this.#options;
    if (given !== undefined) return { authorization: `Bearer ${given}` };
    if (token !== undefined) return { authorization: `Bearer ${await token()}` };
    if (basic === undefined) return {};
    return { authorization: `Basic ${Buffer.from(`${basic.username}:${basic.password}`).toString('base64')}` };
  }

  async #sender(): Promise<Sender> {
    this.#closing.signal.throwIfAborted();
    if (this.#http1 !== undefined) return this.#http1;
    for (const session of this.#sessions) if (session.hasRoom) return session;
    this.#connecting ??= this.#connect().finally(() => {
      this.#connecting = undefined;
    });
    return this.#connecting;
  }

  async #connect(): Promise<Sender> {
    if (this.#failures > 0) {
      const delay = Math.min(50 * 2 ** this.#failures, longestConnectDelay);
      await sleep(this.#clock, delay, this.#closing.signal);
    }
    try {
      const sender = await this.#connectOnce();
      this.#failures = 0;
      return sender;
    } catch (error) {
      this.#failures++;
      throw error;
    }
  }

  async #connectOnce(): Promise<Sender> {
    const { tlsServerName, insecureSkipTlsVerify = false, pingInterval = 15_000 } = this.#options;
    const host = this.#url.hostname.replace(/^\[|\]$/g, '');
    const { cert, key } = this.#credentials;
    const material = { ...(await this.#options.tls?.()), ...(cert === undefined ? {} : { cert, key }) };
    // An address is no server name: Node refuses it in SNI, and checks it against the certificate's addresses by itself.
    const servername = tlsServerName ?? (/^[\d.]+$|:/.test(host) ? '' : host);
    const tls = { ...material, servername, rejectUnauthorized: !insecureSkipTlsVerify };
    const socket = await this.#openSocket({ ...tls, host, port: Number(this.#url.port || 443) });
    if (socket.alpnProtocol !== 'h2') {
      socket.destroy();
      this.#http1 = new Http1Requests({ url: this.#url, tls, proxy: this.#proxy });
      return this.#http1;
    }
    const session = new Http2Session({
      socket,
      authority: this.#url.origin,
      clock: this.#clock,
      pingInterval,
      onClose: () => this.#sessions.delete(session),
    });
    this.#sessions.add(session);
    if (this.#closing.signal.aborted) session.destroy();
    return session;
  }

  /** All of it, the way through a proxy too, within the time for a connection. */
  async #openSocket(options: TlsOptions & { readonly host: string; readonly port: number }): Promise<TLSSocket> {
    const { connectTimeout = 10_000 } = this.#options;
    const giveUp = new AbortController();
    const onClosing = (): void => giveUp.abort(new Error('the transport was closed'));
    const cancel = this.#clock.after(connectTimeout, () =>
      giveUp.abort(new Error(`no connection within ${connectTimeout} ms`)),
    );
    this.#closing.signal.addEventListener('abort', onClosing, { once: true });
    try {
      const proxy = this.#proxy;
      const socket = proxy === undefined ? undefined : await openTunnel(options, proxy, giveUp.signal);
      return await secured({ ...options, ...(socket === undefined ? {} : { socket }) }, giveUp.signal);
    } catch (error) {
      const reason = giveUp.signal.aborted ? errorText(giveUp.signal.reason) : errorText(error);
      throw new Error(`Unable to connect to ${this.#url.origin}: ${reason}`, { cause: error });
    } finally {
      cancel();
      this.#closing.signal.removeEventListener('abort', onClosing);
    }
  }
}

function secured(options: TlsOptions, signal: AbortSignal): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = tlsConnect({ ...options, ALPNProtocols: ['h2', 'http/1.1'] });
    const settle = (finish: () => void): void => {
      signal.removeEventListener('abort', onAbort);
      socket.off('error', onError);
      finish();
    };
    const onError = (error: Error): void => settle(() => reject(error));
    const onAbort = (): void => void socket.destroy(new Error(errorText(signal.reason)));
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    socket.setKeepAlive(true, 15_000);
    socket.setNoDelay(true);
    socket.once('error', onError);
    socket.once('secureConnect', () => settle(() => resolve(socket)));
  });
}
