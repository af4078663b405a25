/**
 * `pods/log`: streams a container's log from the node that runs it (`GET /containerLogs/…` of the node's endpoint, the
 * kubelet's path), with the query as the client gave it.
 */
import type { IncomingMessage } from 'node:http';
import type { Unstructured } from '@kindred/machinery';
import { badRequest, failure, getList, getString, internalError, isJsonObject, notFound } from '@kindred/machinery';
import type { SubresourceHandler } from '../resources/subresources/subresource-handler.ts';
import { type NodeConnections, streamed } from './node-connections.ts';

const defaultContainerAnnotation = 'kubectl.kubernetes.io/default-container';

export function podLog(nodes: NodeConnections): SubresourceHandler {
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
      const path = `/containerLogs/${namespace}/${name}/${container}?${exchange.request.rawQuery}`;
      const answer = await nodes.ask(request, nodeName, { method: 'GET', path });
      if (answer.statusCode !== 200) throw await refusal(answer);
      return streamed(answer, 'text/plain');
    },
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

/** What the node says in words, as a Status of the same code. */
async function refusal(answer: IncomingMessage): Promise<Error> {
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString().trim();
  if (answer.statusCode === 400) return badRequest(text);
  if (answer.statusCode === 404) return failure('NotFound', text);
  return internalError(`the node's agent answered ${answer.statusCode ?? 0}: ${text}`);
}
