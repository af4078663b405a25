/** Timers of granted leases: when one runs out without having been kept alive, its owner is told to revoke it. */
import type { Clock } from '@kindred/machinery';

/** Owns one timer a lease; `close` cancels them all. */
export class LeaseTimers {
  readonly #clock: Clock;
  readonly #onExpired: (id: number) => void;
  readonly #leases = new Map<number, { ttlSeconds: number; cancel: () => void }>();

  constructor(clock: Clock, onExpired: (id: number) => void) {
    this.#clock = clock;
    this.#onExpired = onExpired;
  }

  has(id: number): boolean {
    return this.#leases.has(id);
  }

  /** Starts the lease's time, or starts it anew. */
  start(id: number, ttlSeconds: number): void {
    this.#leases.get(id)?.cancel();
    const cancel = this.#clock.after(ttlSeconds * 1000, () => this.#onExpired(id));
    this.#leases.set(id, { ttlSeconds, cancel });
  }

  /** Starts the lease's time anew; undefined when there is no such lease. */
  renew(id: number): { ttlSeconds: number } | undefined {
    const lease = this.#leases.get(id);
    if (lease === undefined) return undefined;
    this.start(id, lease.ttlSeconds);
    return { ttlSeconds: lease.ttlSeconds };
  }

  remove(id: number): void {
    this.#leases.get(id)?.cancel();
    this.#leases.delete(id);
  }

  close(): void {
    for (const lease of this.#leases.values()) lease.cancel();
    this.#leases.clear();
  }
}
