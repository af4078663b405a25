/**
 * Reads a request's body into memory, up to the server's limit. A client that sends more, or stops in the middle, costs
 * no more than the limit and is not waited for longer than the deadline.
 */
import type { Readable } from 'node:stream';
import { bodyTimeout, bodyTooLarge, clientGone } from '../request/body-errors.ts';
import type { BodyDeadlines, Timed } from './body-deadlines.ts';

/** How one protocol's bodies are read. */
export interface BodyReading {
  readonly maxBytes: number;
  readonly deadlines: BodyDeadlines;
  /** Called when all the bytes that the client has announced are there, before the stream's end. */
  readonly onComplete?: (stream: Readable) => void;
}

export class BodyReader implements Timed {
  place = -1;
  began = 0;
  readonly #reading: BodyReading;
  /** Bytes that the client has announced; undefined when it hasn't. */
  readonly #announced: number | undefined;
  readonly #chunks: Uint8Array[] = [];
  #length = 0;
  #settled = false;
  #resolve: (body: Uint8Array) => void = () => undefined;
  #reject: (error: Error) => void = () => undefined;

  /** @param declaredLength the header Content-Length */
  constructor(reading: BodyReading, declaredLength: string | undefined) {
    this.#reading = reading;
    this.#announced = declaredLength === undefined ? undefined : Number(declaredLength);
  }

  /** @throws StatusError 413 when the body is longer than `maxBytes`, 504 when it doesn't arrive in time. */
  read(stream: Readable): Promise<Uint8Array> {
    const { maxBytes, deadlines, onComplete } = this.#reading;
    const announced = this.#announced;
    if (announced !== undefined && announced > maxBytes) return Promise.reject(bodyTooLarge(maxBytes));
    return new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
      deadlines.add(this);
      // No listener is taken away again: the stream lives no longer than the request, and taking one costs as much as
      // adding it.
      if (onComplete === undefined || announced === undefined) {
        stream.on('data', (chunk: Uint8Array) => this.#take(chunk)).on('end', () => this.#succeed());
        return;
      }
      stream.on('data', (chunk: Uint8Array) => {
        this.#take(chunk);
        if (this.#length !== announced || this.#settled) return;
        onComplete(stream);
        this.#succeed();
      });
    });
  }

  /** The client is gone, which is no loss when all of the body is there. */
  leave(): void {
    if (!this.#settled) this.#fail(clientGone());
  }

  /** Its time is over. */
  giveUp(): void {
    this.#fail(bodyTimeout());
  }

  #take(chunk: Uint8Array): void {
    if (this.#settled) return;
    const { maxBytes } = this.#reading;
    this.#length += chunk.byteLength;
    if (this.#length > maxBytes) this.#fail(bodyTooLarge(maxBytes));
    else this.#chunks.push(chunk);
  }

  #succeed(): void {
    if (this.#settled) return;
    this.#settle();
    const [first = nothing] = this.#chunks;
    this.#resolve(this.#chunks.length < 2 ? first : Buffer.concat(this.#chunks));
  }

  #fail(error: Error): void {
    this.#settle();
    this.#chunks.length = 0;
    this.#reject(error);
  }

  #settle(): void {
    this.#settled = true;
    this.#reading.deadlines.delete(this);
  }
}

const nothing: Uint8Array = Buffer.alloc(0);
