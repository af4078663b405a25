/**
 * Makes many objects without flooding the server with requests that all fail alike: 1, 2, 4, 8 … at a time, and no more
 * after a failure (upstream's `slowStartBatch`).
 */

/** Calls `create` up to `count` times; answers the first error, or undefined when all went well. */
export async function slowStart(count: number, create: () => Promise<void>): Promise<Error | undefined> {
  let remaining = count;
  for (let batch = 1; remaining > 0; batch *= 2) {
    const size = Math.min(batch, remaining);
    const results = await Promise.allSettled(Array.from({ length: size }, create));
    const failed = results.find((result) => result.status === 'rejected');
    if (failed !== undefined) {
      const reason: unknown = failed.reason;
      return reason instanceof Error ? reason : new Error(String(reason));
    }
    remaining -= size;
  }
  return undefined;
}
