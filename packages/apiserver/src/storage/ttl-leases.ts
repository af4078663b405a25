/**
 * Leases for objects that go away by themselves (Events). Objects written within the same minute share one, so that
 * thousands of events cost a few leases; such an object lives up to a minute longer than asked.
 */
import type { Clock } from '@kindred/machinery';
import type { Store } from '@kindred/store';

const shareMilliseconds = 60_000;

/** Grants leases, one a minute for each time to live. */
export class TtlLeases {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #current = new Map<number, { readonly until: number; readonly id: Promise<number> }>();

  constructor(store: Store, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** A lease that ends not before `ttlSeconds` from now. */
  lease(ttlSeconds: number): Promise<number> {
    const now = this.#clock.now();
    const known = this.#current.get(ttlSeconds);
    if (known !== undefined && now < known.until) return known.id;
    const id = this.#store.grantLease(ttlSeconds + shareMilliseconds / 1000);
    const granted = { until: now + shareMilliseconds, id };
    this.#current.set(ttlSeconds, granted);
    // The next write after a failure asks again.
    id.catch(() => {
      if (this.#current.get(ttlSeconds) === granted) this.#current.delete(ttlSeconds);
    });
    return id;
  }
}
