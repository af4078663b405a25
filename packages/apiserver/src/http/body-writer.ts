/**
 * The BodyWriter over a Node stream: an HTTP/2 stream or an HTTP/1.1 response.
 */
import type { Writable } from 'node:stream';
import type { ApiResponse, BodyWriter } from '../request/api-response.ts';

/** Wraps `stream`; closing comes from the stream's own `close` event. */
export function streamBodyWriter(stream: Writable): BodyWriter {
  return {
    write(chunk) {
      return stream.destroyed || stream.writableEnded ? true : stream.write(chunk);
    },
    drained() {
      if (stream.destroyed || !stream.writableNeedDrain) return Promise.resolve();
      return new Promise((resolve) => {
        const done = (): void => {
          stream.off('drain', done).off('close', done);
          resolve();
        };
        stream.on('drain', done).on('close', done);
      });
    },
    get pendingBytes() {
      return stream.writableLength;
    },
    get closed() {
      return stream.destroyed;
    },
    onClose(callback) {
      if (stream.destroyed) callback();
      else stream.once('close', callback);
    },
  };
}

/** For bodies that have no reader: the client is gone, or asked for the headers alone. What made the body ends with it. */
const unreadBodyWriter: BodyWriter = {
  write: () => true,
  drained: () => Promise.resolve(),
  pendingBytes: 0,
  closed: true,
  onClose: (callback) => callback(),
};

/**
 * Lets go of an answer that nobody reads: a streamed body is run to its end without a reader, since what it holds (a
 * place in flow control, a connection to a node) is given back there.
 */
export async function discardBody({ body }: ApiResponse): Promise<void> {
  if (typeof body !== 'function') return;
  try {
    await body(unreadBodyWriter);
  } catch {
    // The handler chain has reported the fault, and nobody is left to tell.
  }
}
