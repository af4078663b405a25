/** `nodes/proxy`: what the agent of a node answers below its own paths, such as `/stats/summary` and `/healthz`. */
import type { SubresourceHandler } from '../resources/subresources/subresource-handler.ts';
import { type NodeConnections, streamed } from './node-connections.ts';

/** `/api/v1/nodes/NAME/proxy/PATH`. */
const segmentsBeforePath = 6;

/** @example kubectl get --raw /api/v1/nodes/NAME/proxy/stats/summary */
export function nodeProxy(nodes: NodeConnections): SubresourceHandler {
  return {
    group: '',
    resource: 'nodes',
    subresource: 'proxy',
    async handle(request) {
      const { method, path, rawQuery } = request.exchange.request;
      const asked = `/${path.split('/').slice(segmentsBeforePath).join('/')}`;
      const answer = await nodes.ask(request, request.name, {
        method,
        path: rawQuery === '' ? asked : `${asked}?${rawQuery}`,
      });
      return streamed(answer, answer.headers['content-type'] ?? 'text/plain');
    },
  };
}
