/**
 * Waits for the end: SIGINT (Ctrl-C), SIGTERM, or `ending` being aborted from within. A second signal ends the process at
 * once, and so does a stop that takes longer than it may.
 */

/** A stop must be over within 5 s; what is acknowledged is on disk at any moment, so a hard end loses nothing. */
const longestStop = 4_900;

export function waitForEnd(ending: AbortController): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      setTimeout(() => process.exit(1), longestStop).unref();
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1));
      resolve();
    };
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => ending.abort(new Error(`Received ${signal}`)));
    }
    ending.signal.addEventListener('abort', end, { once: true });
  });
}
