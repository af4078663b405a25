/**
 * Reads a request's body into memory, up to the server's limit. A client that sends more, or stops in the middle, costs
 * no more than the limit and is not waited for longer than the timeout.
 */
import type { Readable } from 'node:stream';
import type { Clock } from '@kindred/machinery';
import { bodyTimeout, bodyTooLarge, clientGone } from '../request/body-errors.ts';

export interface BodyLimits {
  readonly maxBytes: number;
  readonly timeoutMilliseconds: number;
  readonly clock: Clock;
}

/** @throws StatusError 413 when the body is longer than `maxBytes`, 504 when it doesn't arrive in time. */
export function readBody(
  stream: Readable,
  declaredLength: string | undefined,
  limits: BodyLimits,
): Promise<Uint8Array> {
  if (declaredLength !== undefined && Number(declaredLength) > limits.maxBytes) {
    return Promise.reject(bodyTooLarge(limits.maxBytes));
  }
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const cancelTimer = limits.clock.after(limits.timeoutMilliseconds, () => finish(() => reject(bodyTimeout())));
    const onData = (chunk: Buffer): void => {
      length += chunk.length;
      if (length > limits.maxBytes) finish(() => reject(bodyTooLarge(limits.maxBytes)));
      else chunks.push(chunk);
    };
    const onEnd = (): void => finish(() => resolve(chunks.length === 1 ? (chunks[0] ?? empty) : Buffer.concat(chunks)));
    const onGone = (): void => finish(() => reject(clientGone()));
    const finish = (settle: () => void): void => {
      cancelTimer();
      stream.off('data', onData).off('end', onEnd).off('close', onGone);
      settle();
    };
    stream.on('data', onData).on('end', onEnd).on('close', onGone);
  });
}

const empty: Uint8Array = Buffer.alloc(0);
