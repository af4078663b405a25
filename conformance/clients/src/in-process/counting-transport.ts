/** Writes down what is changed through a transport. */
import type { Transport, TransportRequest } from '@kindred/client';

/** @param writes gets `PATCH /apis/…` of each request that changes something, in order; events are left out */
export function countingTransport(transport: Transport, writes: string[]): Transport {
  return {
    request(request: TransportRequest) {
      const [path = ''] = request.path.split('?', 1);
      if (request.method !== 'GET' && !path.includes('/events')) writes.push(`${request.method} ${path}`);
      return transport.request(request);
    },
    close: () => transport.close(),
  };
}
