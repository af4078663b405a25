/**
 * The port through which webhooks are asked, and its form over HTTPS. Connections are kept open between calls: a handshake
 * for each write would cost more than the webhook.
 */
import { Agent, type RequestOptions, request } from 'node:https';
import { isIP } from 'node:net';
import { hasErrorCode } from '@kindred/machinery';
import { networkErrorText } from '../../http/network-error.ts';

export interface WebhookPost {
  /** Where to connect. */
  readonly host: string;
  readonly port: number;
  /** With its query. */
  readonly path: string;
  /** The name that the certificate must have, and the `Host` of the request. */
  readonly serverName: string;
  /** PEM of the authorities that may have signed the certificate; undefined: those of this machine. */
  readonly authorities: string | undefined;
  readonly body: string;
  readonly signal: AbortSignal;
}

export interface WebhookAnswer {
  readonly status: number;
  readonly body: Uint8Array;
}

export interface WebhookTransport {
  /** Rejects with an Error whose message says what went wrong, in Go's words where clients know them. */
  post(call: WebhookPost): Promise<WebhookAnswer>;
  close(): void;
}

/** Most bytes of an answer. */
const maxAnswer = 8 * 1024 * 1024;

export function httpsWebhooks(): WebhookTransport {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  return {
    async post(call) {
      try {
        return await postOnce(agent, call);
      } catch (error) {
        // The webhook closed an idle connection in the moment in which it was taken: it has seen nothing yet.
        if (!(error instanceof LostConnectionError)) throw error;
        return postOnce(agent, call);
      }
    },
    close: () => agent.destroy(),
  };
}

class LostConnectionError extends Error {
  override readonly name = 'LostConnectionError';
}

function postOnce(agent: Agent, call: WebhookPost): Promise<WebhookAnswer> {
  return new Promise((resolve, reject) => {
    const sent = request(optionsOf(agent, call), (answer) => {
      const chunks: Buffer[] = [];
      let length = 0;
      answer.on('data', (chunk: Buffer) => {
        length += chunk.length;
        if (length > maxAnswer) sent.destroy(new Error(`the answer is longer than ${maxAnswer} bytes`));
        chunks.push(chunk);
      });
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body: Buffer.concat(chunks) }));
      answer.on('error', (error) => reject(failed(error, call)));
    });
    sent.on('error', (error) => {
      const lost = sent.reusedSocket && (hasErrorCode(error, 'ECONNRESET') || hasErrorCode(error, 'EPIPE'));
      reject(lost ? new LostConnectionError(error.message, { cause: error }) : failed(error, call));
    });
    sent.end(call.body);
  });
}

function optionsOf(
  agent: Agent,
  { host, port, path, serverName, authorities, body, signal }: WebhookPost,
): RequestOptions {
  return {
    agent,
    host,
    port,
    path,
    method: 'POST',
    // Certificates of addresses are checked against the host; TLS has no names for them.
    ...(isIP(serverName) === 0 ? { servername: serverName } : {}),
    ...(authorities === undefined ? {} : { ca: authorities }),
    signal,
    headers: {
      host: serverName.includes(':') ? `[${serverName}]` : serverName,
      'content-type': 'application/json',
      accept: 'application/json, */*',
      'content-length': Buffer.byteLength(body),
      'user-agent': 'kube-apiserver-admission',
    },
  };
}

function failed(error: Error, call: WebhookPost): Error {
  return new Error(call.signal.aborted ? 'context deadline exceeded' : networkErrorText(error, call), { cause: error });
}
