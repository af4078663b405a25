/** How long to wait before something that failed is tried again: twice as long each time, until it works. */
import type { Clock } from '@kindred/machinery';

const FIRST = 500;
const LONGEST = 5 * 60_000;

interface Pause {
  readonly failures: number;
  readonly until: number;
}

export class BackOff {
  readonly #clock: Clock;
  readonly #pauses = new Map<string, Pause>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Notes a failure. Milliseconds until the next attempt: `fixed`, or more each time. */
  next(key: string, fixed?: number): number {
    const failures = (this.#pauses.get(key)?.failures ?? 0) + 1;
    const pause = fixed ?? Math.min(FIRST * 2 ** (failures - 1), LONGEST);
    this.#pauses.set(key, { failures, until: this.#clock.now() + pause });
    return pause;
  }

  /** Milliseconds that are left of the pause; 0 when there is none. */
  remaining(key: string): number {
    return Math.max(0, (this.#pauses.get(key)?.until ?? 0) - this.#clock.now());
  }

  forget(key: string): void {
    this.#pauses.delete(key);
  }
}
