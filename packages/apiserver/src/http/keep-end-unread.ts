/**
 * Leaves the end of a request's HTTP/2 stream unread until its answer is written.
 *
 * Node destroys a stream that both sides have ended as soon as the answer's last frame is made, which is before its bytes
 * are written. It then makes an error, stack and all, for a write that succeeds: about a tenth of what a small write costs
 * over HTTP/2 and TLS at the least. A stream whose end nobody has read yet is not destroyed before the write is done.
 */
import type { Readable } from 'node:stream';

/** Stands before the end. Who has read the body already passes it over. */
const unread = Buffer.alloc(1);

/** @param stream a duplex stream, of which all but the end has been read. */
export function keepEndUnread(stream: Readable): void {
  stream.pause();
  stream.unshift(unread);
  stream.on('finish', readToEnd);
}

function readToEnd(this: Readable): void {
  this.resume();
}
