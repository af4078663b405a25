/** One UDP listener of the service proxy: a socket to the backend for each client, until it has been quiet for a minute. */
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import type { Clock } from '@kindred/machinery';
import type { Forwarder, ForwarderOptions } from './tcp-forwarder.ts';

interface Session {
  readonly socket: Socket;
  readonly host: string;
  readonly port: number;
  cancelExpiry: () => void;
}

const idleMs = 60_000;
/** A flood of clients must not use up the descriptors of the agent. */
const mostSessions = 1024;

export class UdpForwarder implements Forwarder {
  readonly #options: ForwarderOptions;
  readonly #clock: Clock;
  readonly #socket = createSocket('udp4');
  readonly #sessions = new Map<string, Session>();

  constructor(options: ForwarderOptions, clock: Clock) {
    this.#options = options;
    this.#clock = clock;
    this.#socket.on('message', (message, client) => this.#forward(message, client));
  }

  async start(): Promise<void> {
    const { host, port } = this.#options;
    await new Promise<void>((resolve, reject) => {
      this.#socket.once('error', reject);
      this.#socket.bind({ address: host, port, exclusive: true }, () => {
        this.#socket.off('error', reject);
        // Errors on an open UDP socket are answers such as "port unreachable": the client will notice.
        this.#socket.on('error', () => {});
        resolve();
      });
    });
  }

  async close(): Promise<void> {
    for (const key of this.#sessions.keys()) this.#end(key);
    await new Promise<void>((resolve) => this.#socket.close(() => resolve()));
  }

  #forward(message: Buffer, client: RemoteInfo): void {
    const key = `${client.address}:${client.port}`;
    const session = this.#sessions.get(key) ?? this.#open(key, client);
    if (!session) return;
    session.cancelExpiry();
    session.cancelExpiry = this.#clock.after(idleMs, () => this.#end(key));
    session.socket.send(message, session.port, session.host);
  }

  #open(key: string, client: RemoteInfo): Session | undefined {
    const [backend] = this.#options.choice.order(client.address);
    if (!backend || this.#sessions.size >= mostSessions) return undefined;
    const socket = createSocket('udp4');
    const port = this.#options.hostPort(backend.host, backend.port);
    const session: Session = { socket, host: backend.host, port, cancelExpiry: () => {} };
    socket.on('message', (answer) => this.#socket.send(answer, client.port, client.address));
    socket.on('error', () => this.#end(key));
    this.#sessions.set(key, session);
    return session;
  }

  #end(key: string): void {
    const session = this.#sessions.get(key);
    if (!session) return;
    this.#sessions.delete(key);
    session.cancelExpiry();
    session.socket.close();
  }
}
