/**
 * Waits for a condition: calls `probe` until it gives something other than undefined, or the time is over.
 * The last error or value is in the message, so a failure says what was seen.
 */
import { setTimeout as delay } from 'node:timers/promises';

export async function eventually<T>(
  what: string,
  probe: () => T | undefined | Promise<T | undefined>,
  { timeout = 30_000, interval = 50 }: { timeout?: number; interval?: number } = {},
): Promise<T> {
  const end = performance.now() + timeout;
  let last: unknown;
  for (;;) {
    try {
      const value = await probe();
      if (value !== undefined) return value;
      last = undefined;
    } catch (error) {
      last = error;
    }
    if (performance.now() > end) throw new Error(`Waited ${timeout} ms for ${what}`, { cause: last });
    await delay(interval);
  }
}
