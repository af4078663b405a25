/**
 * Streamed bodies made of chunks that are produced as fast as the client takes them, plain or compressed.
 */
import { once } from 'node:events';
import { createGzip } from 'node:zlib';
import type { BodyWriter, StreamedBody } from '../request/api-response.ts';

/** Writes the chunks one after the other, waiting whenever the client is behind. */
export function streamChunks(chunks: Iterable<Uint8Array>): StreamedBody {
  return async (writer) => {
    for (const chunk of chunks) {
      if (writer.closed) return;
      if (!writer.write(chunk)) await writer.drained();
    }
  };
}

/** The same through gzip at its fastest level. */
export function streamGzip(chunks: Iterable<Uint8Array>): StreamedBody {
  return async (writer) => {
    const gzip = createGzip({ level: 1 });
    // A client that goes away ends the reading side early; what is written after that has no reader to miss it.
    gzip.on('error', () => undefined);
    const output = pump(gzip, writer);
    for (const chunk of chunks) {
      if (writer.closed) break;
      if (!gzip.write(chunk)) await Promise.race([once(gzip, 'drain'), output]);
    }
    gzip.end();
    await output;
  };
}

async function pump(source: AsyncIterable<Uint8Array>, writer: BodyWriter): Promise<void> {
  for await (const chunk of source) {
    if (writer.closed) return;
    if (!writer.write(chunk)) await writer.drained();
  }
}
