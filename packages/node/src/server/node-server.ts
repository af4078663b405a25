/**
 * The node's HTTPS endpoint that the API server proxies to, with the kubelet's paths: container logs, health, pods,
 * resource figures. On loopback only; a client certificate of the cluster's authority in the API server's name is required.
 */

import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { TLSSocket } from 'node:tls';
import type { Clock, Logger } from '@kindred/machinery';
import { errorText } from '@kindred/machinery';
import { parseLogQuery } from '../logs/log-query.ts';
import { readLog } from '../logs/read-log.ts';
import { listen } from '../platform/listen.ts';
import type { PodManager } from '../pods/pod-manager.ts';
import { resourceSummary } from './resource-summary.ts';

export interface NodeServerOptions {
  readonly pods: PodManager;
  readonly nodeName: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly tls: { readonly cert: string; readonly key: string; readonly ca: string };
  /** Common names of client certificates that may ask. */
  readonly allowedClients: readonly string[];
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
}

export class NodeServer {
  readonly #options: NodeServerOptions;
  readonly #server: Server;
  readonly #closing = new AbortController();

  constructor(options: NodeServerOptions) {
    this.#options = options;
    const tls = { ...options.tls, requestCert: true, rejectUnauthorized: true, minVersion: 'TLSv1.2' as const };
    this.#server = createServer(tls, (request, response) => void this.#serve(request, response));
  }

  /** Gives the port. */
  async start(): Promise<number> {
    const { host, port } = this.#options;
    return listen(this.#server, { host, port });
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      if (!this.#allowed(request)) return sendText(response, 403, 'Forbidden: this client may not ask the node');
      if (request.method !== 'GET') return sendText(response, 405, 'Method Not Allowed');
      await this.#route(new URL(request.url ?? '/', 'https://node'), response);
    } catch (error) {
      this.#options.log.error('Request failed', error, { path: request.url?.split('?')[0] });
      if (response.headersSent) response.destroy();
      else sendText(response, 500, errorText(error));
    }
  }

  #allowed(request: IncomingMessage): boolean {
    // Requests of an HTTPS server come over TLS sockets.
    const { subject } = (request.socket as TLSSocket).getPeerCertificate();
    return subject !== undefined && this.#options.allowedClients.includes(String(subject.CN));
  }

  async #route(url: URL, response: ServerResponse): Promise<void> {
    const [first, ...rest] = url.pathname.slice(1).split('/').map(decodeURIComponent);
    if (first === 'healthz') return sendText(response, 200, 'ok');
    if (first === 'pods') return sendJson(response, this.#podList());
    if (first === 'stats') return sendJson(response, resourceSummary(this.#options));
    const [namespace, pod, container] = rest;
    if (first === 'containerLogs' && namespace && pod && container) {
      return this.#sendLog({ namespace, pod, container, url }, response);
    }
    sendText(response, 404, `404 page not found: ${url.pathname}`);
  }

  #podList(): object {
    return {
      apiVersion: 'v1',
      kind: 'PodList',
      metadata: {},
      items: this.#options.pods.workers().map(({ pod }) => pod),
    };
  }

  async #sendLog(
    asked: { namespace: string; pod: string; container: string; url: URL },
    response: ServerResponse,
  ): Promise<void> {
    const worker = this.#options.pods.find(asked.namespace, asked.pod);
    if (!worker) return sendText(response, 404, `pod "${asked.pod}" is not on this node`);
    let query: ReturnType<typeof parseLogQuery>;
    try {
      query = parseLogQuery(asked.url.searchParams, this.#options.clock.now());
    } catch (error) {
      return sendText(response, 400, errorText(error));
    }
    const source = worker.logSource(asked.container, query.previous);
    if (typeof source === 'string') return sendText(response, 400, source);
    const ended = new AbortController();
    response.on('close', () => ended.abort());
    response.writeHead(200, { 'content-type': 'text/plain' });
    // A client that follows wants to know at once that it is connected, even if there is nothing yet.
    response.flushHeaders();
    const signal = AbortSignal.any([ended.signal, this.#closing.signal]);
    for await (const text of readLog(source, query, signal)) {
      if (!response.write(text)) await drained(response);
    }
    response.end();
  }
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      response.off('drain', done).off('close', done);
      resolve();
    };
    response.on('drain', done).on('close', done);
    if (response.destroyed) done();
  });
}

function sendText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(text);
}

function sendJson(response: ServerResponse, body: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
