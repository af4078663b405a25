/** Reads what a server sends, up to a limit, and unpacks gzip up to the same limit. */
import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { ChartError } from '../chart/chart.ts';

const unzip = promisify(gunzip);

/** Throws ChartError for a body that is too large, and the stream's error for one that breaks off. */
export async function readBody(message: IncomingMessage, maxBytes: number): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of message as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > maxBytes) throw tooLarge(maxBytes);
      chunks.push(chunk);
    }
  } catch (error) {
    message.destroy();
    // Node calls it a reset when the server closes before it has sent all that it announced.
    if (!message.complete && isReset(error)) throw new Error('unexpected EOF', { cause: error });
    throw error;
  }
  const [first = Buffer.alloc(0)] = chunks;
  return chunks.length <= 1 ? first : Buffer.concat(chunks, length);
}

/** The body of an answer that says `Content-Encoding: gzip`. Throws ChartError. */
export async function unzipBody(body: Uint8Array, maxBytes: number): Promise<Uint8Array> {
  try {
    return await unzip(body, { maxOutputLength: maxBytes });
  } catch (error) {
    if (error instanceof RangeError) throw tooLarge(maxBytes);
    throw new ChartError('the answer is not the gzip that it claims to be', { cause: error });
  }
}

function tooLarge(maxBytes: number): ChartError {
  return new ChartError(`the answer is larger than ${maxBytes} bytes`);
}

function isReset(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ECONNRESET';
}
