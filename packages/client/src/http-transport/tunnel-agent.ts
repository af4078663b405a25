/** Agents of Node's HTTP/1.1 client whose connections go through a proxy's tunnel. */
import { type AgentOptions, type ClientRequestArgs, Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent, type AgentOptions as HttpsAgentOptions, type RequestOptions } from 'node:https';
import type { Socket } from 'node:net';
import { type Duplex, PassThrough } from 'node:stream';
import { connect as tlsConnect } from 'node:tls';
import { openTunnel } from '../proxy/tunnel.ts';

type Done = (error: Error | null, stream: Duplex) => void;

/** For servers without TLS. */
export class TunnelAgent extends HttpAgent {
  readonly #proxy: URL;

  constructor(proxy: URL, options: AgentOptions) {
    super(options);
    this.#proxy = proxy;
  }

  override createConnection(options: ClientRequestArgs, done?: Done): undefined {
    open(this.#proxy, options, done, (socket) => socket);
  }
}

export class TunnelTlsAgent extends HttpsAgent {
  readonly #proxy: URL;

  constructor(proxy: URL, options: HttpsAgentOptions) {
    super(options);
    this.#proxy = proxy;
  }

  override createConnection(options: RequestOptions, done?: Done): undefined {
    const { ca, cert, key, servername, rejectUnauthorized } = { ...this.options, ...options };
    open(this.#proxy, options, done, (socket) => tlsConnect({ socket, ca, cert, key, servername, rejectUnauthorized }));
  }
}

function open(
  proxy: URL,
  { host, hostname, port }: ClientRequestArgs,
  done: Done | undefined,
  wrap: (socket: Socket) => Duplex,
): void {
  openTunnel({ host: hostname ?? host ?? '', port: Number(port) }, proxy).then(
    (socket) => done?.(null, wrap(socket)),
    // With an error Node doesn't look at the stream.
    (error: Error) => done?.(error, new PassThrough()),
  );
}
