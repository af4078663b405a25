/**
 * The connections to the server of one APIService: TLS that is verified unless the APIService says otherwise, with this
 * server's proxy certificate, kept open between requests.
 */
import type { ClientRequest, IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import { Agent, request } from 'node:https';
import type { Duplex, Readable } from 'node:stream';
import { createSecureContext } from 'node:tls';
import { type Clock, hasErrorCode, headersToBytes } from '@kindred/machinery';
import type { KeyAndCertificate } from '@kindred/machinery/certificates';
import { networkErrorText } from '../http/network-error.ts';
import type { ServiceAddress } from '../services/service-endpoints.ts';
import type { RemoteApi } from './remote-api.ts';

export interface BackendRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: OutgoingHttpHeaders;
  readonly body?: Readable | undefined;
  readonly signal: AbortSignal;
}

export interface BackendAnswer {
  /** Its head; the body is to be read by the caller. */
  readonly message: IncomingMessage;
  /** The connection, after an answer that agreed to an upgrade. */
  readonly upgraded?: { readonly socket: Duplex; readonly head: Buffer };
}

export interface BackendParts {
  /** What the server knows this one by; undefined: it learns of nobody that requests are forwarded for. */
  readonly proxyClient: KeyAndCertificate | undefined;
  readonly clock: Clock;
}

/** Milliseconds for a connection to be made and secured. */
const connectLimit = 10_000;
/** Milliseconds after which a connection that nobody uses is closed: longer than from one check to the next, less than servers wait. */
const idleLimit = 60_000;
/** They may be sent twice when the first one was lost. */
const safeMethods = new Set(['GET', 'HEAD']);

/** The connection was closed before anything came back; the message says why, in the words that Go has for it. */
export class BackendError extends Error {
  override readonly name = 'BackendError';
}

export class Backend {
  readonly #serverName: string;
  readonly #clock: Clock;
  readonly #agent: Agent;

  constructor({ serverName, authorities, insecure }: RemoteApi, { proxyClient, clock }: BackendParts) {
    this.#serverName = serverName;
    this.#clock = clock;
    const client = proxyClient === undefined ? {} : { cert: proxyClient.certificate, key: proxyClient.key };
    const ca = authorities === undefined ? {} : { ca: authorities };
    this.#agent = new Agent({
      keepAlive: true,
      timeout: idleLimit,
      servername: serverName,
      rejectUnauthorized: !insecure,
      secureContext: createSecureContext({ ...ca, ...client, minVersion: 'TLSv1.2' }),
    });
  }

  /**
   * Sends a request and waits for the head of the answer.
   * @throws BackendError; what `signal` was aborted with.
   */
  async send(address: ServiceAddress, sent: BackendRequest): Promise<BackendAnswer> {
    try {
      return await this.#sendOnce(address, sent);
    } catch (error) {
      // The server closed an idle connection in the moment in which it was taken.
      if (!(error instanceof LostConnectionError) || !safeMethods.has(sent.method) || sent.body !== undefined)
        throw error;
      return this.#sendOnce(address, sent);
    }
  }

  /** Breaks what is still going on. */
  close(): void {
    this.#agent.destroy();
  }

  #sendOnce(address: ServiceAddress, { method, path, headers, body, signal }: BackendRequest): Promise<BackendAnswer> {
    return new Promise((resolve, reject) => {
      const sent = request({
        agent: this.#agent,
        ...address,
        method,
        path,
        signal,
        headers: headersToBytes({ ...headers, ...framing(headers, body), host: this.#serverName }),
      });
      this.#limitConnecting(sent);
      sent.on('response', (message) => resolve({ message }));
      sent.on('upgrade', (message, socket, head) => resolve({ message, upgraded: { socket, head } }));
      sent.on('error', (error) => reject(signal.aborted ? signal.reason : failureOf(sent, error, address)));
      if (body === undefined) sent.end();
      else body.pipe(sent);
    });
  }

  #limitConnecting(sent: ClientRequest): void {
    sent.on('socket', (socket) => {
      if (sent.reusedSocket) return;
      const cancel = this.#clock.after(connectLimit, () => sent.destroy(new Error('net/http: TLS handshake timeout')));
      socket.once('secureConnect', cancel);
      sent.once('close', cancel);
    });
  }
}

/** Node doesn't say by itself where the body of a DELETE ends. */
function framing(headers: OutgoingHttpHeaders, body: Readable | undefined): OutgoingHttpHeaders {
  const isFramed = body === undefined || headers['content-length'] !== undefined;
  return isFramed ? {} : { 'transfer-encoding': 'chunked' };
}

class LostConnectionError extends BackendError {
  override readonly name = 'BackendError';
}

function failureOf(sent: ClientRequest, error: Error, address: ServiceAddress): BackendError {
  const lost = sent.reusedSocket && (hasErrorCode(error, 'ECONNRESET') || hasErrorCode(error, 'EPIPE'));
  const text = networkErrorText(error, address);
  return lost ? new LostConnectionError(text, { cause: error }) : new BackendError(text, { cause: error });
}
