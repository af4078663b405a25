/**
 * Operations that requests have begun. They belong to the server, not to their requests: whoever stops waiting doesn't leave
 * a release half changed. The end of the server stops them, and waits until their releases say so.
 */
import { type Clock, type Logger, serviceUnavailable } from '@kindred/machinery';

/** How an operation stands when its request must be answered. */
export type Outcome<T> = { readonly isOver: true; readonly result: T } | { readonly isOver: false };

export class RunningOperations {
  readonly #clock: Clock;
  readonly #closing = new AbortController();
  readonly #running = new Set<Promise<unknown>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Begins an operation and waits for its end, but no longer than `limit` milliseconds.
   *
   * @throws what the operation throws in that time; what it throws later is logged. StatusError 503 at the end of the server
   */
  async run<T>(
    operation: (signal: AbortSignal) => Promise<T>,
    { limit, what, logger }: { readonly limit: number; readonly what: string; readonly logger: Logger },
  ): Promise<Outcome<T>> {
    this.#closing.signal.throwIfAborted();
    const done: Promise<T> = operation(this.#closing.signal).finally(() => this.#running.delete(done));
    this.#running.add(done);
    let cancel = (): void => undefined;
    const late = new Promise<Outcome<T>>((resolve) => {
      cancel = this.#clock.after(limit, () => resolve({ isOver: false }));
    });
    try {
      const outcome = await Promise.race([done.then((result) => ({ isOver: true, result }) as const), late]);
      if (!outcome.isOver) done.catch((error: unknown) => logger.error(`${what} failed`, error));
      return outcome;
    } finally {
      cancel();
    }
  }

  /** Stops them; resolves when their records say that they were stopped. */
  async close(): Promise<void> {
    this.#closing.abort(serviceUnavailable('the server that did it was stopped'));
    await Promise.allSettled(this.#running);
  }
}
