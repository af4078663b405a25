/** Answers over HTTP/1.1: older clients, and those that need an upgrade. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { headersToBytes } from '@kindred/machinery';
import type { ApiResponse } from '../request/api-response.ts';
import { discardBody, streamBodyWriter } from './body-writer.ts';

/** Sends the answer. Never rejects: a body that fails half-way breaks the connection, which is all that can be said then. */
export async function respondHttp1(
  message: IncomingMessage,
  outgoing: ServerResponse,
  response: ApiResponse,
): Promise<void> {
  if (outgoing.destroyed) return discardBody(response);
  const headers: Record<string, string | readonly string[] | number> = { ...headersToBytes(response.headers) };
  // What is left of an unread body would be taken for the next request.
  if (!message.complete && hasBody(message)) headers['connection'] = 'close';
  const body = response.body;
  if (typeof body === 'function') return respondStreamed(message, outgoing, response, headers);
  const whole = body instanceof Uint8Array ? body : Buffer.concat(body);
  headers['content-length'] = whole.byteLength;
  outgoing.writeHead(response.status, headers as Record<string, string>);
  outgoing.end(message.method === 'HEAD' ? undefined : whole);
}

async function respondStreamed(
  message: IncomingMessage,
  outgoing: ServerResponse,
  response: ApiResponse,
  headers: Record<string, string | readonly string[] | number>,
): Promise<void> {
  const { body } = response;
  try {
    outgoing.writeHead(response.status, headers as Record<string, string>);
    outgoing.flushHeaders();
  } catch (error) {
    await discardBody(response);
    throw error;
  }
  try {
    if (message.method === 'HEAD') await discardBody(response);
    else if (typeof body === 'function') await body(streamBodyWriter(outgoing));
    outgoing.end();
  } catch {
    // The handler chain has reported the fault.
    outgoing.destroy();
  }
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? '0') > 0;
}
