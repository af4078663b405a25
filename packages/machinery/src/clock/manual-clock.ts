/** A clock that stands still until it is told to go on: for tests and simulation. */
import type { Clock } from './clock.ts';

interface Timer {
  readonly due: number;
  readonly order: number;
  readonly callback: () => void;
}

/**
 * @example
 * const clock = new ManualClock(0);
 * clock.after(100, () => fired.push('a'));
 * clock.advance(100); // fired: ['a']
 */
export class ManualClock implements Clock {
  #now: number;
  #order = 0;
  readonly #timers = new Set<Timer>();

  constructor(startMilliseconds = 0) {
    this.#now = startMilliseconds;
  }

  now(): number {
    return this.#now;
  }

  after(milliseconds: number, callback: () => void): () => void {
    const timer = { due: this.#now + Math.max(0, milliseconds), order: this.#order++, callback };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** When the next timer is due, in milliseconds since the epoch; undefined when none waits. */
  nextDue(): number | undefined {
    return this.#next()?.due;
  }

  /** Goes on by this many milliseconds and calls, in order, every timer that becomes due, new ones included. */
  advance(milliseconds: number): void {
    const end = this.#now + milliseconds;
    for (let timer = this.#next(); timer !== undefined && timer.due <= end; timer = this.#next()) {
      this.#timers.delete(timer);
      this.#now = Math.max(this.#now, timer.due);
      timer.callback();
    }
    this.#now = end;
  }

  #next(): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of this.#timers) {
      if (next === undefined || timer.due < next.due || (timer.due === next.due && timer.order < next.order))
        next = timer;
    }
    return next;
  }
}
