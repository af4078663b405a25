/**
 * The one secure port of an API server: HTTP/2 first, HTTP/1.1 for clients that ask for it, always TLS. A client
 * certificate is asked for and never demanded.
 *
 * Guarded against slow and broken clients: time limits for the handshake, the headers and the body; a body limit; idle
 * connections are closed. Closing lets running answers end, then breaks what is left.
 */
import type { X509Certificate } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { createServer as createHttp2Server, type Http2Server } from 'node:http2';
import { createServer as createHttpsServer, type Server as HttpsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { SecureContextOptions, TLSSocket } from 'node:tls';
import type { Clock } from '@kindred/machinery';
import type { Handler } from '../chain/handler-chain.ts';
import { maxBodyBytes } from '../request/body-errors.ts';
import { BodyDeadlines } from './body-deadlines.ts';
import type { BodyReading } from './body-reader.ts';
import { respondHttp1 } from './http1-exchange.ts';
import { Http2Sessions } from './http2-sessions.ts';
import { keepEndUnread } from './keep-end-unread.ts';
import { listenError } from './listen-error.ts';
import { type Connection, NetworkRequest, type RequestHead } from './network-request.ts';
import { certificatesOf, readPeerCertificate } from './peer-certificate.ts';
import { respondUpgrade } from './upgrade-exchange.ts';

export interface TlsMaterial {
  /** PEM; the server's certificate, and what links it to its authority. */
  readonly cert: string;
  /** PEM. */
  readonly key: string;
  /** PEM; signs the client certificates that are believed. */
  readonly clientCa: string;
  /** PEM; signs the client certificates of front proxies. */
  readonly frontProxyCa?: string;
}

export interface ListenOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly tls: TlsMaterial;
}

const handshakeTimeout = 10_000;
const headersTimeout = 15_000;
const bodyTimeout = 60_000;
const idleTimeout = 10 * 60_000;
const keepAliveInitialDelay = 60_000;
/** An informer-heavy client keeps hundreds of watches on one connection. */
const maxConcurrentStreams = 4000;
const closeGrace = 3_000;

export class SecureServer {
  readonly #handler: Handler;
  readonly #deadlines: BodyDeadlines;
  readonly #reading: BodyReading;
  readonly #clock: Clock;
  readonly #sessions: Http2Sessions;
  readonly #sockets = new Set<TLSSocket>();
  /** Connections whose handshake is not over, by the client's end: the TLS socket made over one has the same. */
  readonly #newcomers = new Map<string, Socket>();
  #https: HttpsServer | undefined;
  #frontProxyAuthorities: readonly X509Certificate[] = [];

  constructor(handler: Handler, clock: Clock) {
    this.#handler = handler;
    this.#clock = clock;
    this.#deadlines = new BodyDeadlines(clock, bodyTimeout);
    this.#reading = { maxBytes: maxBodyBytes, deadlines: this.#deadlines };
    const reading = { ...this.#reading, onComplete: keepEndUnread };
    this.#sessions = new Http2Sessions({ handler, reading, clock, idleTimeout });
  }

  /**
   * Starts listening.
   *
   * @throws ListenError that says why the address can't be had.
   */
  async listen({ host, port, tls }: ListenOptions): Promise<AddressInfo> {
    const https = createHttpsServer({
      ...this.#secureContext(tls),
      requestCert: true,
      rejectUnauthorized: false,
      ALPNProtocols: ['h2', 'http/1.1'],
      handshakeTimeout,
      headersTimeout,
      requestTimeout: bodyTimeout,
      keepAliveTimeout: idleTimeout,
      // Finds out about clients that vanished without a word while their watches were silent.
      keepAlive: true,
      keepAliveInitialDelay,
    });
    this.#serveHttp1(https);
    this.#serveUpgrades(https);
    this.#routeByProtocol(https, this.#makeHttp2Server());
    this.#https = https;
    await listening(https, host, port);
    https.on('error', () => undefined);
    // A TCP listener's address is never a string.
    return https.address() as AddressInfo;
  }

  /** Serves new connections with another certificate, or believes other authorities; those that are open stay as they are. */
  setTls(tls: TlsMaterial): void {
    this.#https?.setSecureContext(this.#secureContext(tls));
  }

  /** Ends connections when their answers are complete, at the latest after three seconds. */
  async close(): Promise<void> {
    const https = this.#https;
    if (https === undefined) return;
    this.#https = undefined;
    const ended = new Promise<void>((resolve) => https.close(() => resolve()));
    https.closeIdleConnections();
    for (const socket of this.#newcomers.values()) socket.destroy();
    this.#sessions.close();
    const cancel = this.#clock.after(closeGrace, () => {
      this.#sessions.destroy();
      for (const socket of this.#sockets) socket.destroy();
    });
    await ended;
    cancel();
    this.#deadlines.close();
  }

  #secureContext({ cert, key, clientCa, frontProxyCa }: TlsMaterial): SecureContextOptions {
    this.#frontProxyAuthorities = frontProxyCa === undefined ? [] : certificatesOf(frontProxyCa);
    const ca = frontProxyCa === undefined ? clientCa : [clientCa, frontProxyCa];
    return { cert, key, ca, minVersion: 'TLSv1.2' };
  }

  #serveHttp1(https: HttpsServer): void {
    const connections = new WeakMap<object, Connection>();
    https.on('request', (message, outgoing) => {
      const { socket } = message;
      let connection = connections.get(socket);
      if (connection === undefined) {
        // Every socket of an HTTPS server is a TLS socket.
        connection = this.#connectionOf(socket as TLSSocket);
        connections.set(socket, connection);
      }
      message.on('error', () => undefined);
      outgoing.on('error', () => undefined);
      const answer = async (): Promise<void> => {
        const request = new NetworkRequest(headOfMessage(message), message, connection, this.#reading);
        // Not the socket's own event: on a connection that is kept alive its listeners would add up.
        outgoing.on('close', () => request.close());
        await respondHttp1(message, outgoing, await this.#handler(request));
      };
      // What can't be said in the protocol (a header that it doesn't allow) ends this connection, not the server.
      answer().catch(() => outgoing.destroy());
    });
  }

  #serveUpgrades(https: HttpsServer): void {
    https.on('upgrade', (message, socket, head) => {
      socket.on('error', () => socket.destroy());
      message.on('error', () => undefined);
      const answer = async (): Promise<void> => {
        // Every socket of an HTTPS server is a TLS socket.
        const connection = this.#connectionOf(message.socket as TLSSocket);
        const requestHead = { ...headOfMessage(message), upgrade: message.headers.upgrade };
        const request = new NetworkRequest(requestHead, message, connection, this.#reading);
        socket.on('close', () => request.close());
        await respondUpgrade(message, socket, head, await this.#handler(request));
      };
      // What can't be said in the protocol (a header that it doesn't allow) ends this connection, not the server.
      answer().catch(() => socket.destroy());
    });
  }

  #makeHttp2Server(): Http2Server {
    const http2 = createHttp2Server({
      settings: { maxConcurrentStreams, initialWindowSize: 1024 * 1024 },
      maxSessionMemory: 64,
    });
    http2.on('session', (session) => {
      // The HTTP/2 session hides its socket behind a proxy; the certificate is read from it while it surely lives.
      this.#sessions.add(session, this.#connectionOf(session.socket as TLSSocket));
    });
    http2.on('sessionError', () => undefined);
    return http2;
  }

  #connectionOf(socket: TLSSocket): Connection {
    const peerCertificate = readPeerCertificate(socket, this.#frontProxyAuthorities);
    return { remoteAddress: socket.remoteAddress ?? '', peerCertificate };
  }

  /** Takes over Node's own listener for connections, and gives it only those that speak HTTP/1.1. */
  #routeByProtocol(https: HttpsServer, http2: Http2Server): void {
    const http1Listeners = https.listeners('secureConnection');
    https.removeAllListeners('secureConnection');
    https.on('connection', (socket: Socket) => {
      const client = clientEnd(socket);
      this.#newcomers.set(client, socket);
      socket.once('close', () => {
        if (this.#newcomers.get(client) === socket) this.#newcomers.delete(client);
      });
    });
    https.on('secureConnection', (socket: TLSSocket) => {
      this.#newcomers.delete(clientEnd(socket));
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
      socket.on('error', () => socket.destroy());
      if (socket.alpnProtocol === 'h2') http2.emit('connection', socket);
      else for (const listener of http1Listeners) listener.call(https, socket);
    });
    https.on('tlsClientError', (_error, socket) => socket.destroy());
  }
}

function clientEnd({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress}:${remotePort}`;
}

function headOfMessage({ method, url, headers, rawHeaders }: IncomingMessage): RequestHead {
  return { method, target: url, headers, rawHeaders };
}

function listening(https: HttpsServer, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException): void => reject(listenError(error, host, port));
    https.once('error', onError);
    https.listen(port, host, () => {
      https.off('error', onError);
      resolve();
    });
  });
}
