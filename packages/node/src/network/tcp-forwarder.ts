/** One TCP listener of the service proxy: each connection is joined with one to a backend, byte for byte. */
import { connect, createServer, type Server, type Socket } from 'node:net';
import { listen } from '../platform/listen.ts';
import type { BackendChoice } from './backend-choice.ts';
import type { Backend } from './service-table.ts';

export interface ForwarderOptions {
  readonly host: string;
  readonly port: number;
  readonly choice: BackendChoice;
  /** Where a backend's port answers on this machine. */
  readonly hostPort: (ip: string, port: number) => number;
}

export interface Forwarder {
  /** Rejects when the address can't be listened on. */
  start(): Promise<void>;
  close(): Promise<void>;
}

const connectTimeoutMs = 5_000;

export class TcpForwarder implements Forwarder {
  readonly #options: ForwarderOptions;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  constructor(options: ForwarderOptions) {
    this.#options = options;
    this.#server = createServer({ allowHalfOpen: true, pauseOnConnect: true, noDelay: true }, (socket) => {
      this.#own(socket);
      void this.#join(socket);
    });
  }

  async start(): Promise<void> {
    const { host, port } = this.#options;
    await listen(this.#server, { host, port, exclusive: true });
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  async #join(client: Socket): Promise<void> {
    for (const backend of this.#options.choice.order(client.remoteAddress ?? '')) {
      const upstream = await this.#connect(backend);
      if (!upstream) continue;
      if (client.destroyed) return void upstream.destroy();
      client.pipe(upstream);
      upstream.pipe(client);
      client.on('error', () => upstream.destroy()).on('close', () => upstream.destroy());
      upstream.on('error', () => client.destroy()).on('close', () => client.destroy());
      return;
    }
    // As kube-proxy does without endpoints: the client is refused, not left waiting.
    client.resetAndDestroy();
  }

  /** undefined when the backend doesn't answer: the next one is tried. */
  #connect({ host, port }: Backend): Promise<Socket | undefined> {
    return new Promise((resolve) => {
      const target = { host, port: this.#options.hostPort(host, port), allowHalfOpen: true, noDelay: true };
      const socket = connect(target);
      this.#own(socket);
      const failed = () => {
        socket.destroy();
        resolve(undefined);
      };
      socket.setTimeout(connectTimeoutMs, failed);
      socket.once('error', failed);
      socket.once('connect', () => {
        socket.setTimeout(0);
        socket.off('error', failed);
        resolve(socket);
      });
    });
  }

  #own(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    // Every socket needs a listener; what follows from an error is done on close.
    socket.on('error', () => {});
  }
}
