/** Answers over HTTP/2, on the stream API: the compatibility layer costs about as much again as a small request. */
import { constants, type OutgoingHttpHeaders, type ServerHttp2Stream, sensitiveHeaders } from 'node:http2';
import { headersToBytes } from '@kindred/machinery';
import type { ApiResponse, StreamedBody } from '../request/api-response.ts';
import { discardBody, streamBodyWriter } from './body-writer.ts';

/** Told not to be remembered for later answers: each has another, which would push out of that memory what they share. */
const notRemembered = ['audit-id'];

/**
 * Sends the answer; gives a promise only for a body that takes its time. A body that fails half-way resets the stream, which
 * is all that can be said then.
 *
 * @throws what HTTP/2 doesn't allow, such as a header.
 */
export function respondHttp2(stream: ServerHttp2Stream, method: string, response: ApiResponse): void | Promise<void> {
  if (stream.destroyed || stream.closed) return discardBody(response);
  // The response was made for this exchange alone, so its headers are ours to complete.
  const headers = headersToBytes(response.headers) as OutgoingHttpHeaders & Record<symbol, readonly string[]>;
  headers[':status'] = response.status;
  headers[sensitiveHeaders] = notRemembered;
  if (method === 'HEAD') {
    stream.respond(headers, { endStream: true });
    return discardBody(response);
  }
  const body = response.body;
  if (typeof body === 'function') return respondStreamed(stream, headers, response, body);
  const whole = body instanceof Uint8Array ? body : Buffer.concat(body);
  headers['content-length'] = whole.byteLength;
  stream.respond(headers);
  stream.end(whole);
}

async function respondStreamed(
  stream: ServerHttp2Stream,
  headers: OutgoingHttpHeaders,
  response: ApiResponse,
  body: StreamedBody,
): Promise<void> {
  try {
    stream.respond(headers);
  } catch (error) {
    await discardBody(response);
    throw error;
  }
  try {
    await body(streamBodyWriter(stream));
    stream.end();
  } catch {
    // The handler chain has reported the fault.
    stream.close(constants.NGHTTP2_INTERNAL_ERROR);
  }
}
