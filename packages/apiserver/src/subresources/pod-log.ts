/**
 * `pods/log`: streams a container's log from the node that runs it (`GET /containerLogs/…` of the node's endpoint, the
 * kubelet's path), with the query as the client gave it.
 */
import type { IncomingMessage } from 'node:http';
import { Agent, request as httpsRequest } from 'node:https';
import type { Unstructured } from '@kindred/machinery';
import {
  badRequest,
  failure,
  getList,
  getNumber,
  getString,
  internalError,
  isJsonObject,
  notFound,
} from '@kindred/machinery';
import type { ApiResponse, BodyWriter } from '../request/api-response.ts';
import type { ResourceRequest } from '../resources/resource-request.ts';
import type { SubresourceHandler } from '../resources/subresources/subresource-handler.ts';

export interface NodeClientOptions {
  /** PEM: the authority of node certificates, and the API server's client certificate for nodes. */
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
}

/** Milliseconds until a node must have begun to answer. */
const answerTimeout = 15_000;
const defaultContainerAnnotation = 'kubectl.kubernetes.io/default-container';

/** The handler, and what closes its connections. */
export function podLog(options: NodeClientOptions): SubresourceHandler & { close(): void } {
  const agent = new Agent({
    ca: options.ca,
    cert: options.certificate,
    key: options.key,
    keepAlive: true,
    maxSockets: 256,
  });
  return {
    group: '',
    resource: 'pods',
    subresource: 'log',
    async handle(request) {
      const { namespace, name, storage, exchange } = request;
      const pod = storage.get(namespace, name)?.object;
      if (pod === undefined) throw notFound({ group: '', resource: 'pods' }, name);
      const container = chooseContainer(pod, exchange.request.query.get('container') ?? '');
      const nodeName = getString(pod, 'spec.nodeName') ?? '';
      // Nothing has run yet: there is no log, which is no failure.
      if (nodeName === '') return { status: 204, headers: {}, body: new Uint8Array() };
      const endpoint = await nodeEndpoint(request, nodeName);
      const path = `/containerLogs/${namespace}/${name}/${container}?${exchange.request.rawQuery}`;
      const answer = await askNode({ agent, ...endpoint, path }, exchange.request.signal);
      if (answer.statusCode !== 200) throw await refusal(answer);
      return streamed(answer);
    },
    close: () => agent.destroy(),
  };
}

/** @throws StatusError 400 when the pod has several containers and none was named, or no container of that name. */
function chooseContainer(pod: Unstructured, wanted: string): string {
  const { name = '', annotations } = pod.metadata;
  const names = ['containers', 'initContainers', 'ephemeralContainers'].map((field) =>
    getList(pod, `spec.${field}`).flatMap((item) =>
      isJsonObject(item) && typeof item['name'] === 'string' ? [item['name']] : [],
    ),
  );
  const [containers = [], initContainers = []] = names;
  if (wanted !== '') {
    if (names.flat().includes(wanted)) return wanted;
    throw badRequest(`container ${wanted} is not valid for pod ${name}`);
  }
  const [only = ''] = containers;
  if (containers.length === 1) return only;
  const preferred = annotations?.[defaultContainerAnnotation] ?? '';
  if (containers.includes(preferred)) return preferred;
  const choice = `choose one of: [${containers.join(' ')}]`;
  const init = initContainers.length === 0 ? '' : ` or one of the init containers: [${initContainers.join(' ')}]`;
  throw badRequest(`a container name must be specified for pod ${name}, ${choice}${init}`);
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
  { agent, host, port, path }: NodeEndpoint & { readonly agent: Agent; readonly path: string },
  signal: AbortSignal,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void =>
      reject(internalError(`the node's agent at ${host}:${port} could not be asked: ${error.message}`));
    const request = httpsRequest({ agent, host, port, path, signal, timeout: answerTimeout }, resolve);
    // The time limit is for the beginning of the answer: a followed log may be silent for hours.
    request.on('timeout', () => request.destroy(new Error(`no answer within ${answerTimeout} ms`)));
    request.on('response', () => request.setTimeout(0));
    request.on('error', fail);
    request.end();
  });
}

/** What the node says in words, as a Status of the same code. */
async function refusal(answer: IncomingMessage): Promise<Error> {
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString().trim();
  if (answer.statusCode === 400) return badRequest(text);
  if (answer.statusCode === 404) return failure('NotFound', text);
  return internalError(`the node's agent answered ${answer.statusCode ?? 0}: ${text}`);
}

function streamed(answer: IncomingMessage): ApiResponse {
  return {
    status: 200,
    headers: { 'content-type': 'text/plain' },
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
