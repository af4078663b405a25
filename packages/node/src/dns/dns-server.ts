/**
 * The cluster's DNS server (RFC 1035 over UDP and TCP): names of the cluster from its services, everything else from the
 * machine's resolvers, within a time limit.
 */

import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { createServer, type Server, type Socket } from 'node:net';
import type { Logger } from '@kindred/machinery';
import {
  type Answer,
  AUTHORITATIVE_ANSWER,
  decode,
  encode,
  type Packet,
  type Question,
  RECURSION_AVAILABLE,
  RECURSION_DESIRED,
  TRUNCATED_RESPONSE,
} from 'dns-packet';
import { listen } from '../platform/listen.ts';
import { answerFromZone, type ZoneView } from './cluster-zone.ts';
import type { Upstream } from './upstream.ts';

export interface DnsServerOptions {
  readonly host: string;
  /** 53, or 0 for a free one. */
  readonly port: number;
  readonly zone: ZoneView;
  readonly upstream: Upstream;
  readonly log: Logger;
}

const refused = 5;
const serverFailure = 2;
const nameError = 3;
const formatError = 1;
/** Without EDNS, an answer over UDP is at most this long. */
const longestDatagram = 512;
const idleMs = 10_000;

export class DnsServer {
  readonly #options: DnsServerOptions;
  readonly #udp: UdpSocket = createSocket('udp4');
  readonly #tcp: Server;
  readonly #connections = new Set<Socket>();
  #closed = false;

  constructor(options: DnsServerOptions) {
    this.#options = options;
    this.#tcp = createServer((socket) => this.#serveConnection(socket));
    this.#udp.on('message', (message, { address, port }) => {
      this.#reply(message, longestDatagram, (answer) => this.#udp.send(answer, port, address));
    });
  }

  /** Gives the port. Rejects when the address can't be listened on. */
  async start(): Promise<number> {
    const { host } = this.#options;
    // First the port that more programs want: what the system chooses for UDP may be taken for TCP.
    const port = await listen(this.#tcp, { host, port: this.#options.port, exclusive: true });
    await new Promise<void>((resolve, reject) => {
      this.#udp.once('error', reject);
      this.#udp.bind({ address: host, port, exclusive: true }, () => {
        this.#udp.off('error', reject);
        this.#udp.on('error', (error) => this.#options.log.error('DNS socket failed', error));
        resolve();
      });
    });
    return port;
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const socket of this.#connections) socket.destroy();
    await Promise.all([
      new Promise<void>((resolve) => this.#udp.close(() => resolve())),
      new Promise<void>((resolve) => this.#tcp.close(() => resolve())),
    ]);
  }

  /** Messages over TCP have their length, two bytes, in front. */
  #serveConnection(socket: Socket): void {
    let received = Buffer.alloc(0);
    this.#connections.add(socket);
    socket.setTimeout(idleMs, () => socket.destroy());
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#connections.delete(socket));
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      while (received.length >= 2 && received.length >= 2 + received.readUInt16BE(0)) {
        const end = 2 + received.readUInt16BE(0);
        const message = received.subarray(2, end);
        received = received.subarray(end);
        this.#reply(message, 65_535, (answer) => {
          if (!socket.destroyed) socket.write(withLength(answer));
        });
      }
    });
  }

  /** Whatever a client sends, and whenever the server closes meanwhile: no message may end the agent. */
  #reply(message: Buffer, limit: number, send: (answer: Buffer) => void): void {
    this.#answer(message, limit)
      .then((answer) => {
        if (answer && !this.#closed) send(answer);
      })
      .catch((error: unknown) => this.#options.log.error('DNS question could not be answered', error));
  }

  /** undefined for what isn't a question. */
  async #answer(message: Buffer, limit: number): Promise<Buffer | undefined> {
    let query: ReturnType<typeof decode>;
    try {
      query = decode(message);
    } catch (error) {
      this.#options.log.error('DNS message could not be read', error);
      return message.length < 2
        ? undefined
        : encode({ type: 'response', id: message.readUInt16BE(0), flags: formatError });
    }
    if (query.type !== 'query') return undefined;
    const [question] = query.questions ?? [];
    if (!question) return this.#respond(query, { flags: refused });
    const known = answerFromZone(question, this.#options.zone);
    if (!known) return this.#forward(query, message);
    const { additionals } = known;
    const answers = [...known.answers, ...(await this.#behindAlias(question, known.answers, query.id ?? 0))];
    const flags = AUTHORITATIVE_ANSWER | (known.nameError ? nameError : 0);
    const answer = this.#respond(query, { flags, answers, additionals: [...additionals] });
    return answer.length <= limit ? answer : this.#respond(query, { flags: flags | TRUNCATED_RESPONSE });
  }

  /** A last CNAME out of the cluster: what the machine's resolvers say of that name. */
  async #behindAlias(question: Question, answers: readonly Answer[], id: number): Promise<Answer[]> {
    const last = answers.at(-1);
    if (last?.type !== 'CNAME' || question.type === 'CNAME') return [];
    if (answerFromZone({ ...question, name: last.data }, this.#options.zone)) return [];
    try {
      const questions = [{ ...question, name: last.data }];
      const answer = await this.#options.upstream.ask(
        encode({ type: 'query', id, flags: RECURSION_DESIRED, questions }),
      );
      return decode(answer).answers ?? [];
    } catch (error) {
      this.#options.log.error('DNS name behind an ExternalName could not be asked for', error);
      return [];
    }
  }

  async #forward(query: Packet, message: Buffer): Promise<Buffer> {
    try {
      return await this.#options.upstream.ask(message);
    } catch (error) {
      this.#options.log.error('DNS question could not be passed on', error);
      return this.#respond(query, { flags: serverFailure });
    }
  }

  #respond(query: Packet, response: Packet): Buffer {
    const flags = (response.flags ?? 0) | RECURSION_AVAILABLE | ((query.flags ?? 0) & RECURSION_DESIRED);
    const { id = 0, questions = [] } = query;
    return encode({ ...response, type: 'response', id, questions, flags });
  }
}

function withLength(message: Buffer): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(message.length);
  return Buffer.concat([length, message]);
}
