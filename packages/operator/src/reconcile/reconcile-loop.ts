/**
 * The loop under every controller: takes keys from the queue, waits for the controller's own writes to be visible, calls
 * reconcile, and does with its answer what controller-runtime does (success, requeue after, error, terminal error).
 */
import { setMaxListeners } from 'node:events';
import { type Clock, isStatusError, type Logger } from '@kindred/machinery';
import type { OwnWrites } from '../own-writes/own-writes.ts';
import type { WorkItem, WorkQueue } from '../queue/work-queue.ts';
import { isTerminalError, type ReconcileResult } from './reconcile-result.ts';

export type ReconcileOutcome = 'success' | 'requeue_after' | 'error' | 'terminal';

export interface ReconcileLoopOptions {
  readonly queue: WorkQueue;
  readonly ownWrites: OwnWrites;
  readonly concurrency: number;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Milliseconds that one reconcile may take before its signal is aborted; no limit when not given. */
  readonly timeoutMilliseconds?: number | undefined;
  readonly reconcile: (key: string, signal: AbortSignal) => Promise<ReconcileResult | undefined>;
  readonly onOutcome?: ((outcome: ReconcileOutcome, milliseconds: number) => void) | undefined;
}

export class ReconcileLoop {
  readonly #options: ReconcileLoopOptions;
  readonly #stopping = new AbortController();
  #workers: Promise<void>[] = [];
  readonly #waits = new Set<Promise<void>>();

  constructor(options: ReconcileLoopOptions) {
    this.#options = options;
    // Every request of every reconcile may listen to it.
    setMaxListeners(0, this.#stopping.signal);
  }

  start(): void {
    this.#workers = Array.from({ length: this.#options.concurrency }, () => this.#work());
  }

  /** Lets reconciles that run finish; `signal` aborts them. */
  async stop(signal: AbortSignal): Promise<void> {
    const abort = (): void => this.#stopping.abort(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    const drained = this.#options.queue.shutDown();
    // Keys that only wait for their own writes to be seen have nothing to finish.
    if (this.#waits.size > 0 && this.#options.queue.processingLength === this.#waits.size) abort();
    await Promise.all([drained, ...this.#workers]);
    await Promise.all(this.#waits);
    signal.removeEventListener('abort', abort);
  }

  async #work(): Promise<void> {
    const { queue } = this.#options;
    for (let item = await queue.take(); item !== undefined; item = await queue.take()) {
      if (this.#waitsForOwnWrites(item)) continue;
      await this.#process(item);
      queue.done(item.key);
    }
  }

  /** True when the key was put aside: the worker is free for others, and the key comes back by itself. */
  #waitsForOwnWrites({ key, priority }: WorkItem): boolean {
    const { queue, ownWrites, logger } = this.#options;
    const settled = ownWrites.settled(key, this.#stopping.signal);
    if (settled === undefined) return false;
    const wait = settled
      .catch((error: unknown) => logger.error('Waiting for own writes failed', error, { key }))
      .then(() => {
        this.#waits.delete(wait);
        queue.add(key, { priority });
        queue.done(key);
      });
    this.#waits.add(wait);
    return true;
  }

  async #process({ key, priority }: WorkItem): Promise<void> {
    const { queue, clock, logger, onOutcome } = this.#options;
    const started = clock.now();
    const outcome = (result: ReconcileOutcome): void => onOutcome?.(result, clock.now() - started);
    try {
      const result = await this.#reconcile(key);
      queue.forget(key);
      if (result?.requeueAfter === undefined) return outcome('success');
      queue.add(key, { after: Math.max(1, result.requeueAfter), priority: result.priority ?? 0 });
      outcome('requeue_after');
    } catch (error) {
      if (this.#stopping.signal.aborted) return;
      if (isTerminalError(error)) {
        logger.error('Reconcile failed for good', error, { key });
        queue.forget(key);
        return outcome('terminal');
      }
      // Somebody else has written in between: what they wrote is on its way here, and nothing is wrong.
      if (isStatusError(error, 'Conflict')) logger.debug('Reconcile met a newer object and starts over', { key });
      else logger.error('Reconcile failed', error, { key, failures: queue.failures(key) + 1 });
      queue.addRateLimited(key, { priority });
      outcome('error');
    }
  }

  async #reconcile(key: string): Promise<ReconcileResult | undefined> {
    const { clock, reconcile, timeoutMilliseconds } = this.#options;
    if (timeoutMilliseconds === undefined) return reconcile(key, this.#stopping.signal);
    const limit = new AbortController();
    const cancel = clock.after(timeoutMilliseconds, () =>
      limit.abort(new Error(`Reconcile took over ${timeoutMilliseconds} ms`)),
    );
    try {
      return await reconcile(key, AbortSignal.any([limit.signal, this.#stopping.signal]));
    } finally {
      cancel();
    }
  }
}
