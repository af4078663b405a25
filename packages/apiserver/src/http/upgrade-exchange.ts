/**
 * Requests that want to leave HTTP (RFC 9110, section 7.8): WebSockets and SPDY. When the answer agrees, the connection is
 * handed to whoever made it; any other answer is sent as usual, and the connection ends with it.
 */
import { type IncomingMessage, ServerResponse, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { headersToBytes } from '@kindred/machinery';
import type { ApiResponse } from '../request/api-response.ts';
import { respondHttp1 } from './http1-exchange.ts';

/** Sends the answer. @param head what the client sent behind its request */
export async function respondUpgrade(
  message: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  response: ApiResponse,
): Promise<void> {
  const { upgraded } = response;
  if (upgraded === undefined) return respondOrdinarily(message, socket, response);
  socket.write(headOf(response), 'latin1');
  if (head.length > 0) socket.unshift(head);
  try {
    await upgraded(socket);
  } finally {
    socket.destroy();
  }
}

function headOf({ status, headers }: ApiResponse): string {
  const lines = Object.entries(headersToBytes(headers)).flatMap(([name, value]) =>
    (typeof value === 'string' ? [value] : value).map((each) => `${name}: ${each}`),
  );
  return [`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`, ...lines, '', ''].join('\r\n');
}

async function respondOrdinarily(message: IncomingMessage, socket: Duplex, response: ApiResponse): Promise<void> {
  const outgoing = new ServerResponse(message);
  outgoing.setHeader('connection', 'close');
  // The connections of an HTTP server are sockets, whatever the type of the event says.
  outgoing.assignSocket(socket as Parameters<ServerResponse['assignSocket']>[0]);
  outgoing.on('error', () => undefined);
  outgoing.on('finish', () => socket.end());
  await respondHttp1(message, outgoing, response);
}
