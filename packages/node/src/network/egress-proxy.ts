/**
 * An HTTP proxy (RFC 9110, CONNECT, and absolute-form requests) on the bridge's address: the way to other machines for
 * programs that use one, on nodes that can't translate addresses. Reachable from pods and this machine only.
 */
import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { errorText, type Logger } from '../platform/logger.ts';

export interface EgressProxyOptions {
  readonly host: string;
  readonly log: Logger;
}

const connectTimeoutMs = 10_000;

export class EgressProxy {
  readonly #options: EgressProxyOptions;
  readonly #server: Server;
  readonly #tunnels = new Set<Duplex>();

  constructor(options: EgressProxyOptions) {
    this.#options = options;
    this.#server = createServer((request, response) => this.#forward(request, response));
    this.#server.on('connect', (request: IncomingMessage, socket: Duplex, head: Buffer) =>
      this.#tunnel(request, socket, head),
    );
  }

  /** Gives the port. */
  async start(): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(0, this.#options.host, resolve);
    });
    // A TCP server's address is an object.
    return (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    for (const socket of this.#tunnels) socket.destroy();
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #tunnel(request: IncomingMessage, client: Duplex, head: Buffer): void {
    const target = parseTarget(`http://${request.url}`);
    if (!target) return void client.end('HTTP/1.1 400 Bad Request\r\n\r\n');
    const upstream = connect({ host: target.hostname, port: Number(target.port || 80), timeout: connectTimeoutMs });
    for (const socket of [client, upstream]) {
      this.#tunnels.add(socket);
      socket.on('close', () => this.#tunnels.delete(socket));
    }
    client.on('error', () => upstream.destroy()).on('close', () => upstream.destroy());
    upstream.on('timeout', () => upstream.destroy(new Error('no answer in time')));
    upstream.on('error', (error) => {
      this.#options.log.warn('Proxy could not connect', { target: request.url, error: errorText(error) });
      client.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
    });
    upstream.on('connect', () => {
      upstream.setTimeout(0);
      client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      upstream.write(head);
      upstream.pipe(client);
      client.pipe(upstream);
    });
  }

  #forward(request: IncomingMessage, response: ServerResponse): void {
    const target = parseTarget(request.url ?? '');
    if (target?.protocol !== 'http:') return void response.writeHead(400).end();
    const { 'proxy-connection': _, connection: __, ...headers } = request.headers;
    const options = { method: request.method ?? 'GET', headers, agent: false as const };
    const upstream = httpRequest(target, options, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    upstream.on('error', (error) => {
      if (response.headersSent) response.destroy();
      else response.writeHead(502, { 'content-type': 'text/plain' }).end(`${error.message}\n`);
    });
    response.on('close', () => upstream.destroy());
    request.pipe(upstream);
  }
}

function parseTarget(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}
