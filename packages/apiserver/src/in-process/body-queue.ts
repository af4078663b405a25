/**
 * A streamed body between two parties in one process: the server writes, the caller iterates. Bytes, or the messages of
 * a watch, wait in a bounded queue; a writer that is told to wait resumes when the reader has caught up.
 */
import type { BodyWriter, WatchMessage } from '../request/api-response.ts';

/** Bytes that may wait before the writer is asked to pause. */
const highWaterMark = 256 * 1024;

/** What a message counts for, about. */
const messageBytes = 512;

class StreamQueue<Chunk> implements AsyncIterable<Chunk> {
  readonly #sizeOf: (chunk: Chunk) => number;
  readonly #chunks: Chunk[] = [];
  #pendingBytes = 0;
  #ended = false;
  #closed = false;
  #failure: unknown;
  #readable: (() => void) | undefined;
  readonly #drained: (() => void)[] = [];
  readonly #onClose: (() => void)[] = [];

  constructor(sizeOf: (chunk: Chunk) => number) {
    this.#sizeOf = sizeOf;
  }

  get pendingBytes(): number {
    return this.#pendingBytes;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** False when the reader is behind. */
  protected push(chunk: Chunk): boolean {
    if (this.#closed || this.#ended) return true;
    this.#chunks.push(chunk);
    this.#pendingBytes += this.#sizeOf(chunk);
    this.#wakeReader();
    return this.#pendingBytes < highWaterMark;
  }

  drained(): Promise<void> {
    if (this.#closed || this.#pendingBytes < highWaterMark) return Promise.resolve();
    return new Promise((resolve) => this.#drained.push(resolve));
  }

  onClose(callback: () => void): void {
    if (this.#closed) callback();
    else this.#onClose.push(callback);
  }

  /** The body is complete; the reader gets what is left and then the end. */
  end(): void {
    this.#ended = true;
    this.#wakeReader();
  }

  /** The body breaks off: the reader gets `reason` as an error. */
  abort(reason: unknown): void {
    if (this.#closed || this.#ended) return;
    this.#failure = reason ?? new Error('the body broke off');
    this.#chunks.length = 0;
    this.#close();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Chunk> {
    try {
      for (;;) {
        const chunk = this.#chunks.shift();
        if (chunk !== undefined) {
          this.#pendingBytes -= this.#sizeOf(chunk);
          if (this.#pendingBytes < highWaterMark) this.#release();
          yield chunk;
        } else if (this.#failure !== undefined) {
          throw this.#failure;
        } else if (this.#ended || this.#closed) {
          return;
        } else {
          await new Promise<void>((resolve) => (this.#readable = resolve));
        }
      }
    } finally {
      this.#close();
    }
  }

  #close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#wakeReader();
    this.#release();
    for (const callback of this.#onClose.splice(0)) callback();
  }

  #wakeReader(): void {
    const wake = this.#readable;
    this.#readable = undefined;
    wake?.();
  }

  #release(): void {
    for (const resolve of this.#drained.splice(0)) resolve();
  }
}

export class BodyQueue extends StreamQueue<Uint8Array> implements BodyWriter {
  constructor() {
    super((chunk) => chunk.byteLength);
  }

  write(chunk: Uint8Array): boolean {
    return this.push(chunk);
  }
}

/** For answers with `hasMessages`: bytes never come here. */
export class MessageQueue extends StreamQueue<readonly WatchMessage[]> implements BodyWriter {
  constructor() {
    super((messages) => messages.length * messageBytes);
  }

  write(): never {
    throw new TypeError('this reader takes messages, not bytes');
  }

  writeMessages(messages: readonly WatchMessage[]): boolean {
    return this.push(messages);
  }
}
