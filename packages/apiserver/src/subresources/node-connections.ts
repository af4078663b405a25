/**
 * Requests to the agents of nodes, at the address and port that each has written to its status, with the API server's
 * client certificate for nodes. What they answer is handed on as it comes.
 */
import type { IncomingMessage } from 'node:http';
import { Agent, request as httpsRequest } from 'node:https';
import { getList, getNumber, internalError, isJsonObject, notFound } from '@kindred/machinery';
import type { ApiResponse, BodyWriter } from '../request/api-response.ts';
import type { ResourceRequest } from '../resources/resource-request.ts';

export interface NodeClientOptions {
  /** PEM: the authority of node certificates, and the API server's client certificate for nodes. */
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
}

export interface NodeQuestion {
  readonly method: string;
  /** With the query. */
  readonly path: string;
}

/** Milliseconds until a node must have begun to answer. */
const answerTimeout = 15_000;

/** Connections are kept for further questions until `close`. */
export class NodeConnections {
  readonly #agent: Agent;

  constructor({ ca, certificate, key }: NodeClientOptions) {
    this.#agent = new Agent({ ca, cert: certificate, key, keepAlive: true, maxSockets: 256 });
  }

  /**
   * Asks on behalf of a request, and stops when its client is gone.
   *
   * @throws StatusError 404 for an unknown node, 500 for one that can't be asked.
   */
  async ask(request: ResourceRequest, nodeName: string, question: NodeQuestion): Promise<IncomingMessage> {
    const endpoint = await nodeEndpoint(request, nodeName);
    return askNode({ agent: this.#agent, ...endpoint, ...question }, request.exchange.request.signal);
  }

  close(): void {
    this.#agent.destroy();
  }
}

interface NodeEndpoint {
  readonly host: string;
  readonly port: number;
}

async function nodeEndpoint({ server }: ResourceRequest, nodeName: string): Promise<NodeEndpoint> {
  const nodes = await server.apiStorage.open('', 'nodes');
  const node = nodes.get('', nodeName)?.object;
  if (node === undefined) throw notFound({ group: '', resource: 'nodes' }, nodeName);
  const address = getList(node, 'status.addresses').find((item) => isJsonObject(item) && item['type'] === 'InternalIP');
  const port = getNumber(node, 'status.daemonEndpoints.kubeletEndpoint.Port');
  if (!isJsonObject(address) || typeof address['address'] !== 'string' || port === undefined) {
    throw internalError(`node ${nodeName} has not told where its agent listens`);
  }
  return { host: address['address'], port };
}

function askNode(
  { agent, host, port, method, path }: NodeEndpoint & NodeQuestion & { readonly agent: Agent },
  signal: AbortSignal,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void =>
      reject(internalError(`the node's agent at ${host}:${port} could not be asked: ${error.message}`));
    const request = httpsRequest({ agent, host, port, method, path, signal, timeout: answerTimeout }, resolve);
    // The time limit is for the beginning of the answer: a followed log may be silent for hours.
    request.on('timeout', () => request.destroy(new Error(`no answer within ${answerTimeout} ms`)));
    request.on('response', () => request.setTimeout(0));
    request.on('error', fail);
    request.end();
  });
}

/** The answer with its status, piece by piece. */
export function streamed(answer: IncomingMessage, contentType: string): ApiResponse {
  return {
    status: answer.statusCode ?? 0,
    headers: { 'content-type': contentType },
    body: async (writer: BodyWriter) => {
      writer.onClose(() => answer.destroy());
      try {
        for await (const chunk of answer) {
          if (!writer.write(chunk as Buffer)) await writer.drained();
        }
      } catch (error) {
        // The reader went away, and with it the connection to the node: nobody is left to tell.
        if (!writer.closed) throw error;
      }
    },
  };
}
