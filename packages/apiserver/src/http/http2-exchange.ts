/** Answers over HTTP/2, on the stream API: the compatibility layer costs about as much again as a small request. */
import { constants, type OutgoingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import type { ApiResponse, StreamedBody } from '../request/api-response.ts';
import { discardBody, streamBodyWriter } from './body-writer.ts';

/** Sends the answer. Never rejects: a body that fails half-way resets the stream, which is all that can be said then. */
export async function respondHttp2(stream: ServerHttp2Stream, method: string, response: ApiResponse): Promise<void> {
  if (stream.destroyed || stream.closed) return discardBody(response);
  const headers = response.headers as OutgoingHttpHeaders;
  headers[':status'] = response.status;
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
