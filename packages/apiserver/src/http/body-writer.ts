/**
 * The BodyWriter over a Node stream: an HTTP/2 stream or an HTTP/1.1 response.
 */
import type { Writable } from 'node:stream';
import type { BodyWriter } from '../request/api-response.ts';

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
