/**
 * An HTTP proxy (RFC 9110, CONNECT, and absolute-form requests) on the bridge's address: the way to other machines for
 * programs that use one, on nodes that can't translate addresses. Reachable from pods and this machine only.
 */

import { lookup } from 'node:dns/promises';
import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Logger } from '@kindred/machinery';
import { listen } from '../platform/listen.ts';

export interface EgressProxyOptions {
  readonly host: string;
  readonly log: Logger;
  /** Addresses that nobody is led to; unless told otherwise those that only this machine has. */
  readonly refuses?: (address: string) => boolean;
}

const connectTimeoutMs = 10_000;
/** IPv6 forms of IPv4 addresses (::ffff:7f00:1) too: nothing but a way around the others here. */
const ownAddresses = /^(127\.|0\.|169\.254\.|::1?$|::ffff:|fe80:)/;

export class EgressProxy {
  readonly #options: EgressProxyOptions;
  readonly #server: Server;
  readonly #tunnels = new Set<Duplex>();

  constructor(options: EgressProxyOptions) {
    this.#options = options;
    this.#server = createServer((request, response) => void this.#forward(request, response));
    this.#server.on(
      'connect',
      (request: IncomingMessage, socket: Duplex, head: Buffer) => void this.#tunnel(request, socket, head),
    );
  }

  /** Gives the port. */
  async start(): Promise<number> {
    return listen(this.#server, { host: this.#options.host, port: 0 });
  }

  async close(): Promise<void> {
    for (const socket of this.#tunnels) socket.destroy();
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  /** The address to connect to; undefined when it can't be found or must not be asked. */
  async #address({ hostname }: URL): Promise<string | undefined> {
    const refuses = this.#options.refuses ?? ((address: string) => ownAddresses.test(address));
    try {
      const { address } = await lookup(hostname.replace(/^\[|\]$/g, ''));
      return refuses(address) ? undefined : address;
    } catch (error) {
      this.#options.log.error('Proxy could not find a host', error, { host: hostname });
      return undefined;
    }
  }

  async #tunnel(request: IncomingMessage, client: Duplex, head: Buffer): Promise<void> {
    client.on('error', () => client.destroy());
    const target = parseTarget(`http://${request.url}`);
    const host = target && (await this.#address(target));
    if (!target || host === undefined) return void client.end('HTTP/1.1 403 Forbidden\r\n\r\n');
    const upstream = connect({ host, port: Number(target.port || 80), timeout: connectTimeoutMs });
    for (const socket of [client, upstream]) {
      this.#tunnels.add(socket);
      socket.on('close', () => this.#tunnels.delete(socket));
    }
    client.on('close', () => upstream.destroy());
    upstream.on('timeout', () => upstream.destroy(new Error('no answer in time')));
    upstream.on('error', (error) => {
      this.#options.log.error('Proxy could not connect', error, { target: request.url });
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

  async #forward(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const target = parseTarget(request.url ?? '');
    if (target?.protocol !== 'http:') return void response.writeHead(400).end();
    const host = await this.#address(target);
    if (host === undefined) return void response.writeHead(403).end();
    const { 'proxy-connection': _, connection: __, ...headers } = request.headers;
    const options = { method: request.method ?? 'GET', headers, agent: false as const };
    const { port, pathname, search } = target;
    const to = { host, port: Number(port || 80), path: pathname + search };
    const upstream = httpRequest({ ...options, ...to }, (answer) => {
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
