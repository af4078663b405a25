/** Waiting times between attempts: doubled from a base to a cap, with jitter, reset after a healthy while (client-go's reflector). */
import type { Clock } from '@kindred/machinery';
import type { Random } from '../random.ts';

export interface BackoffOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly baseMilliseconds?: number;
  readonly capMilliseconds?: number;
  /** An attempt that comes this long after the one before starts from the base again. */
  readonly resetAfterMilliseconds?: number;
}

/** Returns a function that gives the milliseconds to wait before the next attempt. */
export function createBackoff({
  clock,
  random,
  baseMilliseconds = 800,
  capMilliseconds = 30_000,
  resetAfterMilliseconds = 120_000,
}: BackoffOptions): () => number {
  let next = baseMilliseconds;
  let last = Number.NEGATIVE_INFINITY;
  return () => {
    const now = clock.now();
    if (now - last > resetAfterMilliseconds) next = baseMilliseconds;
    const delay = next * (1 + random());
    next = Math.min(next * 2, capMilliseconds);
    // Counted from the end of the wait, or a long wait alone would look like health.
    last = now + delay;
    return delay;
  };
}
